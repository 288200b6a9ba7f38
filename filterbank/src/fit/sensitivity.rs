//! The derivatives of a cascade's output, sample by sample.

use filterbank_core::{Section, SectionState};

use crate::fit::scale::TunedSection;

/// A cascade that filters together with the derivatives of its output.
///
/// A linear filter's derivative by its own coefficients is another filter. Let section `k` have
/// the input `x`, the output `y` and the polynomials `B` and `A`, and let `B'` and `A'` be their
/// derivatives by some variable. Differentiating `A y = B x` gives
///
/// ```text
/// A dy = B' x − A' y
/// ```
///
/// for the derivative `dy` of the section's output, and the sections behind it take it to the
/// output of the cascade. So a variable costs its own section and those behind.
pub(super) struct Sensitivities {
    sections: Vec<TunedSection>,
    states: Vec<SectionState<f64>>,
    /// For each variable of each section, the way of its derivative to the output.
    branches: Vec<Vec<Branch>>,
    slopes: Vec<f64>,
}

/// A derivative on its way from its section to the output.
#[derive(Clone)]
struct Branch {
    /// The section's input one and two samples ago, its output, and the output's derivative.
    history: [f64; 6],
    behind: Vec<SectionState<f64>>,
}

impl Sensitivities {
    pub(super) fn new(sections: Vec<TunedSection>, variables: usize) -> Self {
        let count = sections.len();
        let branch = |index: usize| Branch {
            history: [0.0; 6],
            behind: vec![SectionState::default(); count - index - 1],
        };
        let branches = sections
            .iter()
            .enumerate()
            .map(|(index, tuned)| vec![branch(index); tuned.slopes.len()])
            .collect();
        let states = vec![SectionState::default(); count];
        Self { sections, states, branches, slopes: vec![0.0; variables] }
    }

    /// The derivatives of the last result.
    pub(super) fn slopes(&self) -> &[f64] {
        &self.slopes
    }

    /// The sections, to be changed between samples.
    pub(super) fn sections_mut(&mut self) -> &mut [TunedSection] {
        &mut self.sections
    }

    /// Sets to rest what is no longer finite or has decayed to nothing.
    pub(super) fn settle(&mut self) {
        self.states.iter_mut().for_each(SectionState::settle);
        for branch in self.branches.iter_mut().flatten() {
            branch.behind.iter_mut().for_each(SectionState::settle);
            let history = &mut branch.history;
            let finite = history.iter().all(|x| x.is_finite());
            if !finite || history.iter().all(|x| x.abs() < 10.0 * f64::MIN_POSITIVE) {
                history.fill(0.0);
            }
        }
    }

    /// Filters one sample; the derivatives of the result are then in `slopes`.
    pub(super) fn tick(&mut self, x: f64) -> f64 {
        self.slopes.fill(0.0);
        let mut signal = x;
        for (index, tuned) in self.sections.iter().enumerate() {
            let (section, input) = (&tuned.section, signal);
            signal = section.tick(&mut self.states[index], input);
            for ((variable, by), branch) in tuned.slopes.iter().zip(&mut self.branches[index]) {
                let slope = branch.tick(section, by, input, signal);
                let behind = self.sections[index + 1..].iter().zip(&mut branch.behind);
                let slope = behind.fold(slope, |x, (tuned, state)| tuned.section.tick(state, x));
                self.slopes[*variable] += slope;
            }
        }
        signal
    }
}

impl Branch {
    /// The derivative of the section's own output.
    #[inline]
    fn tick(&mut self, section: &Section<f64>, by: &[f64; 5], x: f64, y: f64) -> f64 {
        let [x1, x2, y1, y2, d1, d2] = self.history;
        let [b0, b1, b2, a1, a2] = by;
        let d =
            b0 * x + b1 * x1 + b2 * x2 - (a1 * y1 + a2 * y2) - (section.a1 * d1 + section.a2 * d2);
        self.history = [x, x1, y, y1, d, d1];
        d
    }
}
