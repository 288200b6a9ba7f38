//! The derivatives of a filter's output, sample by sample, without numbers that carry them.
//!
//! ```text
//! tuned ─► filters, weights ─► Sensitivities
//! ```

mod filters;
mod tuned;
mod weights;

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use filterbank_core::{
    Bank, Cascade, DesignError, Dual, Section, SectionState, SectionStore, ShapeError,
};

use crate::jacobian::Number;
use crate::sensitivity::filters::{Filters, only_poles};
pub(crate) use crate::sensitivity::tuned::{TunedSection, retune, tuned_sections};
use crate::sensitivity::tuned::{by_coefficients, by_tangents};
use crate::sensitivity::weights::Pair;
use crate::tunable::Tunable;

/// Samples that are worked on together.
const CHUNK: usize = 1_024;

/// A filter that gives the exact derivatives of its output with the output.
///
/// A derivative of a linear filter is another filter. Let section `k` of a cascade have the input
/// `u`, the output `v` and the polynomials `B` and `A`, and let `G` be the sections behind it.
/// From `A v = B u` follows, for the output `y` of the cascade,
///
/// ```text
/// ∂y/∂b_j = z⁻ʲ G (1/A) u        ∂y/∂a_j = −z⁻ʲ G (1/A) v
/// ```
///
/// So two filters, `1/A` in the place of the section or behind it, give the derivatives by all
/// five coefficients, however many parameters these depend on; and all those filters together are
/// a [`Bank`] on the one input. The derivatives by parameters are weighted by how the design
/// depends on them. A parameter of one band of a bank costs nothing in the others.
///
/// The derivatives are what dual numbers give in the plain loop, up to rounding: from rest, and
/// from any state with [`resume`](Sensitivities::resume). (The shorter form in which `1/A` filters
/// the output of the whole cascade holds only from rest.) After a
/// [`retune`](Sensitivities::retune) the output is that of what was run, but its derivatives are
/// those of the new filter for samples that it has filtered itself: what was before counts with
/// the new weights until the filter has forgotten it. That is what recursive identification
/// uses.
///
/// Memory does not depend on the length of the signal, and nothing is allocated once it is made.
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
    /// Where the sections of each output end.
    ends: Vec<usize>,
    columns: Vec<Column>,
    /// Columns of parameters that change nothing.
    empty: Vec<usize>,
    /// The sections that are tuned.
    ways: Vec<Way>,
    outputs: Filters,
    /// For each way one with `1/A` in the place of its section, and one with `1/A` behind it.
    derivatives: Filters,
    /// What comes out of all filters, `[filters, time]`.
    rows: Vec<f64>,
    /// Room for a design: one for each parameter.
    scratch: Vec<Number>,
}

/// What a row of derivatives is: an output's, by a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The number of the output: of the band, in a bank.
    pub output: usize,
    /// The number of the parameter. Where these are coefficients, section after section has five:
    /// `b0`, `b1`, `b2`, `a1` and `a2`.
    pub param: usize,
}

/// How the two filters of a section become derivatives.
#[derive(Clone, Debug)]
struct Way {
    section: usize,
    output: usize,
    /// What each slope of the section adds to.
    entries: Vec<Entry>,
    /// The last two samples of both filters.
    history: [[f64; 2]; 2],
}

/// A column, and whether nothing has been added to it before.
#[derive(Clone, Copy, Debug)]
struct Entry {
    column: usize,
    is_first: bool,
}

impl Sensitivities {
    /// Derivatives by the coefficients of a cascade.
    pub fn of_cascade<A: AsRef<[Section<f64>]>>(cascade: &Cascade<f64, A>) -> Self {
        let sections = cascade.sections();
        Self::new(by_coefficients(sections, 0), &[sections.len()], 5 * sections.len())
    }

    /// Derivatives by the coefficients of a bank. Each is a derivative of one output: see
    /// [`columns`](Sensitivities::columns).
    pub fn of_bank<A: SectionStore<f64>, E: AsRef<[usize]>>(bank: &Bank<f64, A, E>) -> Self {
        let (mut sections, mut ends) = (Vec::new(), Vec::new());
        for band in bank.bands() {
            sections.extend(by_coefficients(band.sections(), sections.len()));
            ends.push(sections.len());
        }
        let params = 5 * sections.len();
        Self::new(sections, &ends, params)
    }

    /// Derivatives by whatever the tangents of sections are by: the `N` tangents are the
    /// parameters. `ends` are a bank's, see [`Bank::ends`]; a cascade has none. (Ends that do not
    /// rise to the number of sections are cut to fit.)
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

    /// No `ends` are those of a cascade.
    pub(crate) fn new(mut sections: Vec<TunedSection>, ends: &[usize], params: usize) -> Self {
        let mut last = 0;
        let mut rising = |end: &usize| {
            last = (*end).clamp(last, sections.len());
            last
        };
        let ends: Vec<usize> = match ends {
            [] => alloc::vec![sections.len()],
            ends => ends.iter().map(&mut rising).collect(),
        };
        sections.truncate(ends.last().copied().unwrap_or_default());
        let mut columns = Vec::new();
        let mut ways: Vec<Way> = Vec::new();
        for param in 0..params {
            let before = columns.len();
            for (output, range) in ranges(&ends).enumerate() {
                let mut touched = sections[range].iter().flat_map(|section| &section.slopes);
                if touched.any(|(index, _)| *index == param) {
                    columns.push(Column { output, param });
                }
            }
            // A parameter that changes nothing has a row all the same.
            if columns.len() == before {
                columns.push(Column { output: 0, param });
            }
        }
        let mut filled = alloc::vec![false; columns.len()];
        for (output, range) in ranges(&ends).enumerate() {
            for section in range {
                let entry = |(param, _): &(usize, [f64; 5])| {
                    let param = *param;
                    let column = columns.iter().position(|c| *c == Column { output, param })?;
                    let is_first = !mem::replace(&mut filled[column], true);
                    Some(Entry { column, is_first })
                };
                let slopes = &sections[section].slopes;
                if !slopes.is_empty() {
                    let entries = slopes.iter().filter_map(entry).collect();
                    ways.push(Way { section, output, entries, history: [[0.0; 2]; 2] });
                }
            }
        }
        let filters = ends.len() + 2 * ways.len();
        let mut all = Self {
            empty: (0..columns.len()).filter(|column| !filled[*column]).collect(),
            rows: alloc::vec![0.0; filters * CHUNK],
            scratch: alloc::vec![Number::default(); params],
            outputs: Filters::default(),
            derivatives: Filters::default(),
            sections,
            ends,
            columns,
            ways,
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

    /// What the rows of derivatives are. For a cascade, one for each parameter, in order. In a bank
    /// a parameter has a row for each output that depends on it, which is one if it belongs to one
    /// band; and where none does, one row of zeros.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Filters a block: `input` is `[time]`, `output` becomes `[outputs, time]` and `derivatives`
    /// `[columns, time]`. The next block goes on where this one ended.
    ///
    /// # Errors
    ///
    /// If a length is not what it must be. Nothing has been filtered then.
    pub fn process(
        &mut self,
        input: &[f64],
        output: &mut [f64],
        derivatives: &mut [f64],
    ) -> Result<(), ShapeError> {
        let time = input.len();
        ShapeError::check("output", self.outputs() * time, output.len())?;
        ShapeError::check("derivatives", self.columns.len() * time, derivatives.len())?;
        for (index, chunk) in input.chunks(CHUNK).enumerate() {
            let place = index * CHUNK..index * CHUNK + chunk.len();
            let rows = self.filter(chunk, output, place.clone(), time)?;
            for column in &self.empty {
                derivatives[column * time..][place.clone()].fill(0.0);
            }
            let pairs = self.rows[rows].chunks_exact(2 * chunk.len());
            for (way, rows) in self.ways.iter_mut().zip(pairs) {
                let pair = way.pair(rows);
                let slopes = &self.sections[way.section].slopes;
                for (entry, (_, slopes)) in way.entries.iter().zip(slopes) {
                    let row = &mut derivatives[entry.column * time..][place.clone()];
                    pair.weigh(row, !entry.is_first, slopes);
                }
                way.history = pair.last();
            }
        }
        Ok(())
    }

    /// Filters a block, and adds to `gradient` the derivative of a loss by every parameter: its
    /// sum over the block. `slope` gives the derivative of the loss by one sample of the output;
    /// it gets the number of the output, the position in the block, and the sample.
    ///
    /// That costs less than all derivatives of the output: it does not depend on the number of
    /// parameters, only on that of sections.
    ///
    /// # Errors
    ///
    /// If `output` has not the length of `input` for each output, or `gradient` not one number for
    /// each parameter. Nothing has been filtered then.
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
            // In place of the outputs, how the loss depends on them.
            let (losses, rows) = self.rows[..rows.end].split_at_mut(rows.start);
            for (output, row) in losses.chunks_exact_mut(chunk.len()).enumerate() {
                for (value, time) in row.iter_mut().zip(place.clone()) {
                    *value = slope(output, time, *value);
                }
            }
            for (way, rows) in self.ways.iter_mut().zip(rows.chunks_exact(2 * chunk.len())) {
                let pair = way.pair(rows);
                let by_coefficients =
                    pair.products(&losses[way.output * chunk.len()..][..chunk.len()]);
                for (param, slopes) in &self.sections[way.section].slopes {
                    let products = slopes.iter().zip(by_coefficients).map(|(a, b)| a * b);
                    gradient[*param] += products.sum::<f64>();
                }
                way.history = pair.last();
            }
        }
        Ok(())
    }

    /// Filters a chunk, which lies at `place` of the rows of length `time`. Where the rows of the
    /// derivatives' filters are then.
    fn filter(
        &mut self,
        chunk: &[f64],
        output: &mut [f64],
        place: Range<usize>,
        time: usize,
    ) -> Result<Range<usize>, ShapeError> {
        let (own, others) = self.rows.split_at_mut(self.ends.len() * chunk.len());
        let others = &mut others[..2 * self.ways.len() * chunk.len()];
        self.outputs.process(chunk, own)?;
        self.derivatives.process(chunk, others)?;
        for (to, from) in output.chunks_exact_mut(time).zip(own.chunks_exact(chunk.len())) {
            to[place.clone()].copy_from_slice(from);
        }
        Ok(own.len()..own.len() + others.len())
    }

    /// Back to rest.
    pub fn reset(&mut self) {
        self.outputs.reset();
        self.derivatives.reset();
        for way in &mut self.ways {
            way.history = [[0.0; 2]; 2];
        }
    }

    /// Goes on from the state of a filter that has been running, which is taken for a constant:
    /// the derivatives start at 0. One state for each section, band after band, as
    /// [`CascadeState::sections`](crate::CascadeState::sections) and
    /// [`BankState::sections`](crate::BankState::sections) give them.
    ///
    /// # Errors
    ///
    /// If there is not one state for each section. Nothing has changed then.
    pub fn resume(&mut self, states: &[SectionState<f64>]) -> Result<(), ShapeError> {
        ShapeError::check("states", self.sections.len(), states.len())?;
        self.reset();
        self.outputs.states_mut().copy_from_slice(states);
        let mut places = self.derivatives.states_mut();
        let mut ways = self.ways.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            while let Some(way) = ways.next_if(|way| way.output == output) {
                // Both filters start with sections that have been running.
                for (behind, more) in [(way.section, 0), (way.section + 1, 1)] {
                    let (filter, others) = places.split_at_mut(range.len() + more);
                    let running = &states[range.start..behind];
                    filter[..running.len()].copy_from_slice(running);
                    places = others;
                }
            }
        }
        Ok(())
    }

    /// Changes the parameters of a filter that these are the [derivatives
    /// of](Sensitivities::of_params); the signals go on. Derivatives are exact again when the
    /// filter has forgotten what was before. For structs that
    /// [`filterbank!`](crate::filterbank!) makes, nothing is allocated.
    ///
    /// # Errors
    ///
    /// As [`Tunable::tuned`]. Nothing has changed then.
    pub fn retune<T: Tunable>(&mut self, filter: &T, params: &[f64]) -> Result<(), DesignError> {
        retune(filter, params, |_| 1.0, &mut self.scratch, &mut self.sections)?;
        self.rebuild();
        Ok(())
    }

    /// The sections, band after band.
    #[cfg(feature = "fit")]
    pub(crate) fn sections(&self) -> &[TunedSection] {
        &self.sections
    }

    /// The sections, to be changed; then [`rebuild`](Sensitivities::rebuild).
    #[cfg(feature = "fit")]
    pub(crate) fn sections_mut(&mut self) -> &mut [TunedSection] {
        &mut self.sections
    }

    /// Makes the filters of the sections.
    pub(crate) fn rebuild(&mut self) {
        self.outputs.clear();
        self.derivatives.clear();
        let mut ways = self.ways.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            let plain = |range: Range<usize>| self.sections[range].iter().map(|t| t.section);
            self.outputs.push(plain(range.clone()));
            while let Some(way) = ways.next_if(|way| way.output == output) {
                let poles = only_poles(&self.sections[way.section].section);
                for before in [way.section, way.section + 1] {
                    let behind = plain(way.section + 1..range.end);
                    self.derivatives.push(plain(range.start..before).chain([poles]).chain(behind));
                }
            }
        }
    }
}

impl Way {
    /// The rows of both filters, one after the other, with what came before.
    fn pair<'a>(&self, rows: &'a [f64]) -> Pair<'a> {
        let (v, w) = rows.split_at(rows.len() / 2);
        Pair { before: self.history, rows: [v, w] }
    }
}

/// Where the sections of each output lie.
fn ranges(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = core::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(start, end)| *start..*end)
}
