//! Filtering with twice the digits of `f64`, as the reference for rounding errors.

use filterbank::Cascade;
use filterbank::run::Sample;
use filterbank::section::SectionState;

use super::wide::Wide;

/// The recursion of a cascade, with its rounded coefficients.
#[derive(Clone, Debug)]
pub struct Exact {
    sections: Vec<[f64; 5]>,
    states: Vec<[Wide; 2]>,
}

impl Exact {
    /// At rest.
    pub fn new<S: Sample>(cascade: &Cascade<S>) -> Self {
        let sections = cascade.sections().iter().map(|s| s.coefficients().map(S::primal));
        let sections: Vec<_> = sections.collect();
        Self { states: vec![[Wide::default(); 2]; sections.len()], sections }
    }

    pub fn tick(&mut self, x: f64) -> Wide {
        let mut x = Wide::of(x);
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.sections.iter().zip(&mut self.states) {
            let y = x.times(*b0).plus(*s1);
            *s1 = x.times(*b1).plus(*s2).plus(y.times(-a1));
            *s2 = x.times(*b2).plus(y.times(-a2));
            x = y;
        }
        x
    }

    /// The errors of a state.
    pub fn state_errors<S: Sample>(
        &self,
        found: &[SectionState<S>],
    ) -> impl Iterator<Item = [f64; 2]> {
        assert_eq!(found.len(), self.states.len());
        self.states.iter().zip(found).map(|([s1, s2], found)| {
            [s1.error_of(found.s1.primal()), s2.error_of(found.s2.primal())]
        })
    }
}

/// The exact output for a signal and the state after it, and the error of [`Cascade::tick`], which
/// is the filter's unavoidable rounding noise.
#[derive(Clone, Debug)]
pub struct Standard {
    output: Vec<Wide>,
    end: Exact,
    /// Root mean square of the errors of the samples.
    pub noise: f64,
    /// Root mean square of the errors of both numbers of each state, over all times.
    state_noise: Vec<f64>,
}

impl Standard {
    /// For a cascade that starts at rest.
    pub fn new<S: Sample>(cascade: &Cascade<S>, input: &[S]) -> Self {
        let mut end = Exact::new(cascade);
        let mut state = cascade.state();
        let mut errors = Vec::new();
        let mut squares = vec![0.0; cascade.sections().len()];
        let mut output = Vec::new();
        for &x in input {
            let exact = end.tick(x.primal());
            errors.push(exact.error_of(cascade.tick(&mut state, x).primal()));
            for (sum, [e1, e2]) in squares.iter_mut().zip(end.state_errors(state.sections())) {
                *sum += e1 * e1 + e2 * e2;
            }
            output.push(exact);
        }
        let mean = |sum: f64| (sum / input.len().max(1) as f64).sqrt();
        let state_noise = squares.into_iter().map(mean).collect();
        Self { output, end, noise: root_mean_square(&errors), state_noise }
    }

    /// The root-mean-square error of another output, or of its beginning, as a multiple of the
    /// noise of `tick`.
    pub fn noise_of<S: Sample>(&self, found: &[S]) -> f64 {
        let errors = self.output.iter().zip(found).map(|(exact, y)| exact.error_of(y.primal()));
        root_mean_square(&errors.collect::<Vec<_>>()) / self.noise
    }

    /// Asserts that an output and its final state are right, with at most twice the noise of
    /// `tick`. For short signals chance allows more: a factor of four in the state, which is a
    /// single error, and of two in the output.
    #[track_caller]
    pub fn assert_met<S: Sample>(&self, found: &[S], state: &[SectionState<S>]) {
        let noise = self.noise_of(found);
        assert_eq!(found.len(), self.output.len());
        assert!(noise <= 4.0, "{noise} of the noise of samples");
        for (index, ([e1, e2], noise)) in
            self.end.state_errors(state).zip(&self.state_noise).enumerate()
        {
            let off = e1.hypot(e2) / noise;
            assert!(off <= 8.0, "the state of section {index}: {off} of the noise of samples");
        }
    }
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|x| x * x).sum::<f64>() / values.len().max(1) as f64).sqrt()
}
