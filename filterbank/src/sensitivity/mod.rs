//! Derivatives of a filter's output samples, computed by sensitivity filters instead of dual
//! numbers.
//!
//! ```text
//! tuned ─► rows ─► branch
//!    └────────────────┴── filter_set ─► Sensitivities
//! ```

mod branch;
mod filter_set;
mod rows;
mod tuned;

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use filterbank_core::{
    Bank, Cascade, DesignError, Dual, Section, SectionState, SectionStore, ShapeError,
};

use crate::ad::Number;
use crate::sensitivity::branch::{TunedBranch, tuned_branches, zero_rows};
use crate::sensitivity::filter_set::{FilterSet, all_pole};
pub use crate::sensitivity::rows::DerivativeRow;
pub(crate) use crate::sensitivity::rows::rising_ends;
use crate::sensitivity::rows::{derivative_rows, ranges};
pub(crate) use crate::sensitivity::tuned::{
    TunedSection, by_coefficients, by_tangents, retune, tuned_sections,
};
use crate::tune::Tunable;

/// The number of samples processed at a time.
const CHUNK: usize = 1_024;

/// A filter that computes its output and the exact derivatives of its output.
///
/// The derivative of a linear filter by a coefficient is another linear filter, its sensitivity
/// filter. Let a section of a cascade have the input `u`, the output `v` and the polynomials `B`
/// and `A`, and let `G` be the sections after it. From `A v = B u` follows for the output `y` of
/// the cascade
///
/// ```text
/// ∂y/∂b_j = z⁻ʲ G (1/A) u        ∂y/∂a_j = −z⁻ʲ G (1/A) v
/// ```
///
/// So two filters give the derivatives by all five coefficients: one with `1/A` in place of the
/// section, one with `1/A` after it. The number of filters does not depend on the number of
/// parameters. All sensitivity filters form a [`Bank`] on the shared input. The chain rule gives
/// the derivatives by parameters: a sum over the coefficients, weighted by their derivatives in the
/// design. A parameter of one band of a bank adds no work in the other bands.
///
/// Up to rounding, the derivatives equal the tangents of dual numbers in the plain loop, from rest
/// and, with [`resume`](Sensitivities::resume), from any state. (The shorter form in which `1/A`
/// filters the output of the whole cascade is exact from rest only.) A
/// [`retune`](Sensitivities::retune) keeps all states, which belong to the old coefficients (see
/// [`FilterState`](crate::run::FilterState)), so it suits small steps. The derivatives are exact again
/// once the response to earlier samples has decayed. Recursive identification makes the same
/// approximation.
///
/// Memory use does not depend on the length of the signal. Nothing is allocated after construction,
/// unless a retune makes a section depend on a parameter that it did not depend on before.
///
/// Sources: L. Ljung and T. Söderström, *Theory and Practice of Recursive Identification* (1983),
/// chapter 3, on output-error models; J. J. Shynk, *Adaptive IIR filtering*, IEEE ASSP Magazine
/// 6(2) (1989). They treat one direct-form filter; the form for a cascade and for any initial state
/// is derived above.
///
/// ```
/// use filterbank::{Sensitivities, Tunable, filterbank};
///
/// filterbank! {
///     struct Eq: cascade(sample_rate = 48_000.0) {
///         body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
///         air: high_shelf(cutoff = 10_000.0, q = 0.7, gain_db = tune(1.5)),
///     }
/// }
///
/// let mut eq = Sensitivities::of_params(&Eq::new(), &Eq::PARAMS)?;
/// let input = [1.0, 0.0, 0.0];
/// let mut output = [0.0; 3];
/// let mut derivatives = [0.0; Eq::PARAMS.len() * 3]; // [params, time]
/// eq.process(&input, &mut output, &mut derivatives)?;
///
/// // As by dual numbers: the derivative of the third sample by the last parameter.
/// let (_, by_params) = filterbank::jacobian(&Eq::PARAMS, |p| {
///     Eq::from_params(p).map(|eq| eq.impulse_response(3))
/// })?;
/// assert!((derivatives[3 * 3 + 2] - by_params[(2, 3)]).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sensitivities {
    sections: Vec<TunedSection>,
    /// For each output, the index after its last section.
    ends: Vec<usize>,
    rows: Vec<DerivativeRow>,
    /// The rows of parameters that no output depends on.
    zero_rows: Vec<usize>,
    /// One for each section that depends on a parameter.
    branches: Vec<TunedBranch>,
    outputs: FilterSet,
    /// Two sensitivity filters for each tuned section: one with `1/A` in its place, one with `1/A`
    /// after it.
    derivatives: FilterSet,
    /// The outputs of all filters, `[filters, time]`.
    signals: Vec<f64>,
    /// Scratch buffer for redesigns: one number for each parameter.
    scratch: Vec<Number>,
}

impl Sensitivities {
    /// Derivatives by the coefficients of a cascade.
    pub fn of_cascade<A: AsRef<[Section<f64>]>>(cascade: &Cascade<f64, A>) -> Self {
        let sections = cascade.sections();
        Self::new(by_coefficients(sections, 0), &[sections.len()], 5 * sections.len())
    }

    /// Derivatives by the coefficients of a bank. Each belongs to one output: see
    /// [`rows`](Sensitivities::rows).
    pub fn of_bank<A: SectionStore<f64>, E: AsRef<[usize]>>(bank: &Bank<f64, A, E>) -> Self {
        let (mut sections, mut ends) = (Vec::new(), Vec::new());
        for band in bank.bands() {
            sections.extend(by_coefficients(band.sections(), sections.len()));
            ends.push(sections.len());
        }
        let params = 5 * sections.len();
        Self::new(sections, &ends, params)
    }

    /// Derivatives by the parameters of dual numbers: the `N` tangents of the sections are the
    /// parameters. For a bank pass its `ends`, see [`Bank::ends`]; for a cascade pass none. (Ends
    /// that do not rise, or exceed the number of sections, are clamped.)
    ///
    /// ```
    /// use filterbank::{Band, Dual, Sensitivities};
    ///
    /// let [center, gain_db] = Dual::seed([1_000.0, 3.0]);
    /// let peak = Band::peak(center, Dual::constant(2.0), gain_db).design(48_000.0)?;
    /// let mut filter = Sensitivities::of_tangents(peak.sections(), &[]);
    /// let mut derivatives = [0.0; 2 * 4];
    /// filter.process(&[1.0, 0.0, 0.0, 0.0], &mut [0.0; 4], &mut derivatives)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_tangents<const N: usize>(sections: &[Section<Dual<f64, N>>], ends: &[usize]) -> Self {
        Self::new(by_tangents(sections).collect(), ends, N)
    }

    /// Derivatives by the parameters of a filter, at given values.
    ///
    /// # Errors
    ///
    /// As [`Tunable::tuned`].
    pub fn of_params<T: Tunable>(filter: &T, params: &[f64]) -> Result<Self, DesignError> {
        let sections = tuned_sections(filter, params, |_| 1.0)?;
        Ok(Self::new(sections, filter.ends(), params.len()))
    }

    /// A cascade has no `ends`.
    pub(crate) fn new(mut sections: Vec<TunedSection>, ends: &[usize], params: usize) -> Self {
        let ends = rising_ends(ends, sections.len());
        sections.truncate(ends.last().copied().unwrap_or_default());
        let rows = derivative_rows(&sections, &ends, params);
        let branches = tuned_branches(&sections, &ends, &rows);
        let filters = ends.len() + 2 * branches.len();
        let mut all = Self {
            zero_rows: zero_rows(&rows, &branches),
            signals: alloc::vec![0.0; filters * CHUNK],
            scratch: alloc::vec![Number::default(); params],
            outputs: FilterSet::default(),
            derivatives: FilterSet::default(),
            sections,
            ends,
            rows,
            branches,
        };
        all.rebuild();
        all.outputs.start();
        all.derivatives.start();
        all
    }

    /// The number of outputs: 1 for a cascade, the number of bands for a bank.
    pub fn outputs(&self) -> usize {
        self.ends.len()
    }

    /// The meaning of each row of derivatives. A cascade has one row for each parameter, in order.
    /// In a bank, a parameter has one row for each output that depends on it, so a parameter of one
    /// band has one row. A parameter that no output depends on has one row of zeros.
    pub fn rows(&self) -> &[DerivativeRow] {
        &self.rows
    }

    /// Filters a block: `input` is `[time]`, `output` becomes `[outputs, time]` and `derivatives`
    /// `[rows, time]`. The next block continues where this one ended.
    ///
    /// # Errors
    ///
    /// If a length is wrong. Nothing has been filtered then.
    pub fn process(
        &mut self,
        input: &[f64],
        output: &mut [f64],
        derivatives: &mut [f64],
    ) -> Result<(), ShapeError> {
        let time = input.len();
        ShapeError::check("output", self.outputs() * time, output.len())?;
        ShapeError::check("derivatives", self.rows.len() * time, derivatives.len())?;
        for (index, chunk) in input.chunks(CHUNK).enumerate() {
            let place = index * CHUNK..index * CHUNK + chunk.len();
            let rows = self.filter(chunk, output, place.clone(), time)?;
            for row in &self.zero_rows {
                derivatives[row * time..][place.clone()].fill(0.0);
            }
            let pairs = self.signals[rows].chunks_exact(2 * chunk.len());
            for (branch, rows) in self.branches.iter_mut().zip(pairs) {
                let signals = branch.signals(rows);
                let slopes = &self.sections[branch.section].slopes;
                for (term, (_, slopes)) in branch.terms.iter().zip(slopes) {
                    let row = &mut derivatives[term.row * time..][place.clone()];
                    signals.accumulate(row, !term.overwrites, slopes);
                }
                branch.history = signals.next_history();
            }
        }
        Ok(())
    }

    /// Filters a block, and adds to `gradient` the derivatives of a loss by every parameter, summed
    /// over the block. `slope` returns the derivative of the loss by one sample of the output. Its
    /// arguments are the index of the output, the position in the block, and the sample.
    ///
    /// This costs less than the derivatives of the output: the cost depends on the number of
    /// sections, not on the number of parameters.
    ///
    /// # Errors
    ///
    /// If `output` does not have one row of the length of `input` for each output, or `gradient`
    /// one number for each parameter. Nothing has been filtered then.
    ///
    /// ```
    /// use filterbank::{Band, Method, Sensitivities};
    ///
    /// // By how much does each coefficient change the energy of the output?
    /// let lowpass = Band::lowpass(Method::Butterworth { order: 2 }, 500.0).design(48_000.0)?;
    /// let mut filter = Sensitivities::of_cascade(&lowpass);
    /// let (mut output, mut gradient) = ([0.0; 4], [0.0; 5]);
    /// filter.add_gradient(&[1.0, 0.0, 0.0, 0.0], &mut output, |_, _, y| 2.0 * y, &mut gradient)?;
    /// assert!(gradient[0] > 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_gradient(
        &mut self,
        input: &[f64],
        output: &mut [f64],
        mut slope: impl FnMut(usize, usize, f64) -> f64,
        gradient: &mut [f64],
    ) -> Result<(), ShapeError> {
        let time = input.len();
        ShapeError::check("output", self.outputs() * time, output.len())?;
        ShapeError::check("gradient", self.scratch.len(), gradient.len())?;
        for (index, chunk) in input.chunks(CHUNK).enumerate() {
            let place = index * CHUNK..index * CHUNK + chunk.len();
            let rows = self.filter(chunk, output, place.clone(), time)?;
            // Overwrites the outputs with the derivatives of the loss by them.
            let (losses, rows) = self.signals[..rows.end].split_at_mut(rows.start);
            for (output, row) in losses.chunks_exact_mut(chunk.len()).enumerate() {
                for (value, time) in row.iter_mut().zip(place.clone()) {
                    *value = slope(output, time, *value);
                }
            }
            for (branch, rows) in self.branches.iter_mut().zip(rows.chunks_exact(2 * chunk.len())) {
                let signals = branch.signals(rows);
                let by_coefficients =
                    signals.correlate(&losses[branch.output * chunk.len()..][..chunk.len()]);
                self.sections[branch.section].add_gradient(by_coefficients, gradient);
                branch.history = signals.next_history();
            }
        }
        Ok(())
    }

    /// Filters a chunk and copies the outputs to `place` of rows of length `time`. Returns the
    /// range of the outputs of the sensitivity filters in `rows`.
    fn filter(
        &mut self,
        chunk: &[f64],
        output: &mut [f64],
        place: Range<usize>,
        time: usize,
    ) -> Result<Range<usize>, ShapeError> {
        let (own, others) = self.signals.split_at_mut(self.ends.len() * chunk.len());
        let others = &mut others[..2 * self.branches.len() * chunk.len()];
        self.outputs.process(chunk, own)?;
        self.derivatives.process(chunk, others)?;
        for (to, from) in output.chunks_exact_mut(time).zip(own.chunks_exact(chunk.len())) {
            to[place.clone()].copy_from_slice(from);
        }
        Ok(own.len()..own.len() + others.len())
    }

    /// Sets all states to zero.
    pub fn reset(&mut self) {
        self.outputs.reset();
        self.derivatives.reset();
        for branch in &mut self.branches {
            branch.history = [[0.0; 2]; 2];
        }
    }

    /// Continues from the state of a filter that has been running. The state counts as a constant,
    /// so the derivatives start at 0. There is one state for each section, band after band, as in
    /// [`FilterState::sections`](filterbank_core::FilterState::sections).
    ///
    /// # Errors
    ///
    /// If there is not one state for each section. Nothing has changed then.
    pub fn resume(&mut self, states: &[SectionState<f64>]) -> Result<(), ShapeError> {
        ShapeError::check("states", self.sections.len(), states.len())?;
        self.reset();
        self.outputs.states_mut().copy_from_slice(states);
        let mut places = self.derivatives.states_mut();
        let mut branches = self.branches.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            while let Some(branch) = branches.next_if(|branch| branch.output == output) {
                let (pair, others) = places.split_at_mut(2 * range.len() + 1);
                start_from(states, range.clone(), branch.section, pair);
                places = others;
            }
        }
        Ok(())
    }

    /// Changes the parameters of the filter that was passed to
    /// [`of_params`](Sensitivities::of_params); all states are kept. The derivatives are exact
    /// again once the response to earlier samples has decayed. Move in small steps: after a large one
    /// the output clicks, and may be very loud. Structs of [`filterbank!`](crate::filterbank!)
    /// allocate nothing here.
    ///
    /// A derivative that has been zero for all signals, as that of `p²` at 0, may become another
    /// number. If none of the coefficients of a section depended on a parameter before, filters
    /// for it are allocated; in a bank, the parameter may then have more
    /// [`rows`](Sensitivities::rows).
    ///
    /// # Errors
    ///
    /// As [`Tunable::tuned`]. Nothing has changed then.
    pub fn retune<T: Tunable>(&mut self, filter: &T, params: &[f64]) -> Result<(), DesignError> {
        let grown = retune(filter, params, |_| 1.0, &mut self.scratch, &mut self.sections)?;
        self.redesigned(grown);
        Ok(())
    }

    /// The sections, band after band.
    #[cfg(feature = "fit")]
    pub(crate) fn sections(&self) -> &[TunedSection] {
        &self.sections
    }

    /// The sections, mutable. Call [`redesigned`](Sensitivities::redesigned) after a change.
    #[cfg(feature = "fit")]
    pub(crate) fn sections_mut(&mut self) -> &mut [TunedSection] {
        &mut self.sections
    }

    /// Takes over the sections after a change. `grown` says whether one of them depends on more
    /// parameters than before.
    pub(crate) fn redesigned(&mut self, grown: bool) {
        if grown {
            self.grow();
        }
        self.rebuild();
    }

    /// Makes rows and sensitivity filters for new dependencies, and keeps the states of those that
    /// exist.
    fn grow(&mut self) {
        let before = mem::take(&mut self.branches);
        self.rows = derivative_rows(&self.sections, &self.ends, self.scratch.len());
        self.branches = tuned_branches(&self.sections, &self.ends, &self.rows);
        self.zero_rows = zero_rows(&self.rows, &self.branches);
        let filters = self.ends.len() + 2 * self.branches.len();
        self.signals.resize(filters * CHUNK, 0.0);

        // The pair of filters of a branch has the sections of its output twice, and one more.
        let ranges: Vec<_> = ranges(&self.ends).collect();
        let length = |branch: &TunedBranch| 2 * ranges[branch.output].len() + 1;
        let old_states = self.derivatives.states_mut().to_vec();
        let running = self.outputs.states_mut();
        let (mut old, mut old_start) = (before.iter().peekable(), 0);
        let mut states = Vec::new();
        for branch in &mut self.branches {
            let length = length(branch);
            if let Some(old) = old.next_if(|old| old.section == branch.section) {
                branch.history = old.history;
                states.extend_from_slice(&old_states[old_start..old_start + length]);
                old_start += length;
            } else {
                let range = ranges[branch.output].clone();
                let mut pair = alloc::vec![SectionState::default(); length];
                start_from(running, range, branch.section, &mut pair);
                states.append(&mut pair);
            }
        }
        self.derivatives.continue_from(states);
    }

    /// Builds the output filters and the sensitivity filters from the sections.
    fn rebuild(&mut self) {
        self.outputs.clear();
        self.derivatives.clear();
        let mut branches = self.branches.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            let plain = |range: Range<usize>| self.sections[range].iter().map(|t| t.section);
            self.outputs.push(plain(range.clone()));
            while let Some(branch) = branches.next_if(|branch| branch.output == output) {
                let poles = all_pole(&self.sections[branch.section].section);
                for before in [branch.section, branch.section + 1] {
                    let behind = plain(branch.section + 1..range.end);
                    self.derivatives.push(plain(range.start..before).chain([poles]).chain(behind));
                }
            }
        }
    }
}

/// Starts the pair of sensitivity filters of a section from the states of the running filter: both
/// begin with the sections before it, whose states they share. `range` are the sections of its
/// output.
fn start_from(
    running: &[SectionState<f64>],
    range: Range<usize>,
    section: usize,
    pair: &mut [SectionState<f64>],
) {
    let (first, second) = pair.split_at_mut(range.len());
    for (filter, end) in [(first, section), (second, section + 1)] {
        let before = &running[range.start..end];
        filter[..before.len()].copy_from_slice(before);
    }
}
