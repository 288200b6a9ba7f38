//! The derivatives of a filter's output, sample by sample, without numbers that carry them.

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use filterbank_core::{
    Bank, BankState, Cascade, DesignError, Section, SectionState, SectionStore, ShapeError,
};

use crate::jacobian::Number;
use crate::tunable::Tunable;
use crate::vectorized::vectorized;

/// Samples that are worked on together.
const CHUNK: usize = 256;
/// Parameters that are differentiated in one design.
const PARAMS: usize = 8;

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
/// Memory does not depend on the length of the signal, and nothing is allocated while it runs.
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
    ways: Vec<Way>,
    filters: Filters,
    /// What comes out of the filters, `[filters, time]`.
    rows: Vec<f64>,
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

/// A section, and how its coefficients depend on parameters.
#[derive(Clone, Debug)]
pub(crate) struct TunedSection {
    pub(crate) section: Section<f64>,
    /// Numbers of parameters, with the derivatives of `[b0, b1, b2, a1, a2]`.
    pub(crate) slopes: Vec<(usize, [f64; 5])>,
}

/// All filters as a bank: for each output that itself, then for each of its sections that is
/// tuned one with `1/A` in its place and one with `1/A` behind it.
#[derive(Clone, Debug, Default)]
struct Filters {
    sections: Vec<Section<f64>>,
    ends: Vec<usize>,
    state: BankState<f64>,
}

/// How the two filters of a section become derivatives.
#[derive(Clone, Debug)]
struct Way {
    section: usize,
    output: usize,
    /// The first of its two filters.
    filter: usize,
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
    pub(crate) fn new(sections: Vec<TunedSection>, ends: &[usize], params: usize) -> Self {
        let ends = if ends.is_empty() { alloc::vec![sections.len()] } else { ends.to_vec() };
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
        let mut filter = 0;
        for (output, range) in ranges(&ends).enumerate() {
            filter += 1;
            for section in range {
                let slopes = &sections[section].slopes;
                if !slopes.is_empty() {
                    let entry = |(param, _): &(usize, [f64; 5])| {
                        let param = *param;
                        let column = columns.iter().position(|c| *c == Column { output, param })?;
                        let is_first = !mem::replace(&mut filled[column], true);
                        Some(Entry { column, is_first })
                    };
                    let entries = slopes.iter().filter_map(entry).collect();
                    ways.push(Way { section, output, filter, entries, history: [[0.0; 2]; 2] });
                    filter += 2;
                }
            }
        }
        let empty = (0..columns.len()).filter(|column| !filled[*column]).collect();
        let mut all = Self {
            sections,
            ends,
            columns,
            empty,
            ways,
            filters: Filters::default(),
            rows: alloc::vec![0.0; filter * CHUNK],
            scratch: alloc::vec![Number::default(); params],
        };
        all.rebuild();
        all.filters.state = all.filters.bank().state();
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
            let start = index * CHUNK;
            let rows = &mut self.rows[..self.filters.ends.len() * chunk.len()];
            self.filters.process(chunk, rows)?;
            let mut filter = 0;
            for (output, row) in output.chunks_exact_mut(time).enumerate() {
                let from = &rows[filter * chunk.len()..][..chunk.len()];
                row[start..][..chunk.len()].copy_from_slice(from);
                filter += 1 + 2 * self.ways.iter().filter(|way| way.output == output).count();
            }
            for column in &self.empty {
                derivatives[column * time + start..][..chunk.len()].fill(0.0);
            }
            vectorized(
                #[inline(always)]
                || {
                    for way in &mut self.ways {
                        let slopes = &self.sections[way.section].slopes;
                        way.weigh(slopes, rows, derivatives, start..start + chunk.len(), time);
                    }
                },
            );
        }
        Ok(())
    }

    /// Back to rest.
    pub fn reset(&mut self) {
        self.filters.state.reset();
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
        let mut places = self.filters.state.sections_mut();
        // Each filter starts with a few of the sections that run.
        let mut start = |running: &[SectionState<f64>], length: usize| {
            let (filter, others) = mem::take(&mut places).split_at_mut(length);
            filter[..running.len()].copy_from_slice(running);
            places = others;
        };
        let mut ways = self.ways.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            let (all, length) = (&states[range.clone()], range.len());
            start(all, length);
            while let Some(way) = ways.next_if(|way| way.output == output) {
                let index = way.section - range.start;
                start(&all[..index], length);
                start(&all[..=index], length + 1);
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
    pub(crate) fn sections(&self) -> &[TunedSection] {
        &self.sections
    }

    /// The sections, to be changed; then [`rebuild`](Sensitivities::rebuild).
    pub(crate) fn sections_mut(&mut self) -> &mut [TunedSection] {
        &mut self.sections
    }

    /// Makes the filters of the sections.
    pub(crate) fn rebuild(&mut self) {
        let Filters { sections: all, ends, .. } = &mut self.filters;
        all.clear();
        ends.clear();
        let mut ways = self.ways.iter().peekable();
        for (output, range) in ranges(&self.ends).enumerate() {
            let series = &self.sections[range.clone()];
            all.extend(series.iter().map(|tuned| tuned.section));
            ends.push(all.len());
            while let Some(way) = ways.next_if(|way| way.output == output) {
                let index = way.section - range.start;
                let poles = only_poles(&series[index].section);
                for before in [index, index + 1] {
                    all.extend(series[..before].iter().map(|tuned| tuned.section));
                    all.push(poles);
                    all.extend(series[index + 1..].iter().map(|tuned| tuned.section));
                    ends.push(all.len());
                }
            }
        }
    }
}

impl Filters {
    fn bank(&self) -> Bank<f64, &[Section<f64>], &[usize]> {
        Bank::from_store(&self.sections, &self.ends, 0.0)
    }

    fn process(&mut self, input: &[f64], rows: &mut [f64]) -> Result<(), ShapeError> {
        let bank = Bank::from_store(&*self.sections, &*self.ends, 0.0);
        bank.process(&mut self.state, input, rows)
    }
}

impl Way {
    /// Makes derivatives of a chunk, which lies at `place` of the rows of length `time`.
    #[inline(always)]
    fn weigh(
        &mut self,
        slopes: &[(usize, [f64; 5])],
        rows: &[f64],
        derivatives: &mut [f64],
        place: Range<usize>,
        time: usize,
    ) {
        let length = place.len();
        let row = |which: usize| &rows[(self.filter + which) * length..][..length];
        let signals = [row(0), row(1)];
        for (entry, (_, slopes)) in self.entries.iter().zip(slopes) {
            let row = &mut derivatives[entry.column * time..][place.clone()];
            if entry.is_first {
                weigh::<false>(row, slopes, signals, self.history);
            } else {
                weigh::<true>(row, slopes, signals, self.history);
            }
        }
        for (history, signal) in self.history.iter_mut().zip(signals) {
            let before = *history;
            for (back, sample) in history.iter_mut().rev().enumerate() {
                *sample = nth_last(signal, before, back);
            }
        }
    }
}

/// The last sample but `back` of a signal with a history of two.
fn nth_last(signal: &[f64], history: [f64; 2], back: usize) -> f64 {
    match signal.len().checked_sub(1 + back) {
        Some(index) => signal[index],
        None => history[1 + signal.len() - back],
    }
}

/// What a change of five coefficients makes of the outputs of both filters; added to the row, or
/// in its place.
#[inline(always)]
fn weigh<const ADD: bool>(
    row: &mut [f64],
    [b0, b1, b2, a1, a2]: &[f64; 5],
    [v, w]: [&[f64]; 2],
    [v_before, w_before]: [[f64; 2]; 2],
) {
    let sum =
        |v: [f64; 3], w: [f64; 2]| (b0 * v[2] + (b1 * v[1] + b2 * v[0])) - (a1 * w[1] + a2 * w[0]);
    let length = row.len();
    let (head, tail) = row.split_at_mut(length.min(2));
    let ([v0, v1], [w0, w1]) = (v_before, w_before);
    if let Some(first) = head.first_mut() {
        *first = sum([v0, v1, v[0]], [w0, w1]) + if ADD { *first } else { 0.0 };
    }
    if let Some(second) = head.get_mut(1) {
        *second = sum([v1, v[0], v[1]], [w1, w[0]]) + if ADD { *second } else { 0.0 };
    }
    let length = tail.len();
    let v = [&v[..length], &v[1..][..length.min(v.len() - 1)], &v[v.len() - length..]];
    let w = [&w[..length], &w[1..][..length.min(w.len() - 1)]];
    for n in 0..length {
        let new = sum([v[0][n], v[1][n], v[2][n]], [w[0][n], w[1][n]]);
        tail[n] = if ADD { tail[n] + new } else { new };
    }
}

fn only_poles(section: &Section<f64>) -> Section<f64> {
    Section { b0: 1.0, b1: 0.0, b2: 0.0, ..*section }
}

/// Where the sections of each output lie.
fn ranges(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = core::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(start, end)| *start..*end)
}

/// Every coefficient a parameter of its own, the first section being number `first`.
fn by_coefficients(sections: &[Section<f64>], first: usize) -> Vec<TunedSection> {
    let tuned = |(index, section): (usize, &Section<f64>)| {
        let slope = |place: usize| {
            let mut slope = [0.0; 5];
            slope[place] = 1.0;
            (5 * (first + index) + place, slope)
        };
        TunedSection { section: *section, slopes: (0..5).map(slope).collect() }
    };
    sections.iter().enumerate().map(tuned).collect()
}

/// A filter's sections with their derivatives, each multiplied by the `factor` of its parameter.
/// Designed once for each eight parameters; only the tangents are kept that are not zero.
pub(crate) fn tuned_sections<T: Tunable>(
    filter: &T,
    params: &[f64],
    factor: impl Fn(usize) -> f64,
) -> Result<Vec<TunedSection>, DesignError> {
    let mut tuned: Vec<TunedSection> = Vec::new();
    let mut numbers = alloc::vec![Number::default(); params.len()];
    for start in (0..params.len().max(1)).step_by(PARAMS) {
        seed(&mut numbers, params, start);
        let designed = filter.tuned(&numbers)?;
        let sections: &[Section<Number>] = designed.as_ref();
        if start == 0 {
            let plain = |section: &Section<Number>| section.map(|c| c.value());
            let whole = |section| TunedSection { section: plain(section), slopes: Vec::new() };
            tuned = sections.iter().map(whole).collect();
        }
        for (tuned, section) in tuned.iter_mut().zip(sections) {
            for (offset, param) in (start..params.len().min(start + PARAMS)).enumerate() {
                let slopes = section.coefficients().map(|c| c.tangent()[offset]);
                if slopes.iter().any(|slope| *slope != 0.0) {
                    tuned.slopes.push((param, slopes.map(|slope| slope * factor(param))));
                }
            }
        }
    }
    Ok(tuned)
}

/// Designs a filter again, in place: which tangents are not zero stays as in [`tuned_sections`].
/// `numbers` has room for as many as there are parameters.
pub(crate) fn retune<T: Tunable>(
    filter: &T,
    params: &[f64],
    factor: impl Fn(usize) -> f64,
    numbers: &mut [Number],
    tuned: &mut [TunedSection],
) -> Result<(), DesignError> {
    // A number of parameters that is not the filter's is for the filter to refuse.
    if params.len() != numbers.len() {
        return filter.tuned(params).map(|_| ());
    }
    for start in (0..params.len().max(1)).step_by(PARAMS) {
        seed(numbers, params, start);
        let designed = filter.tuned(numbers)?;
        for (tuned, section) in tuned.iter_mut().zip(designed.as_ref()) {
            tuned.section = section.map(|c| c.value());
            for (param, slopes) in &mut tuned.slopes {
                if (start..start + PARAMS).contains(param) {
                    let tangent = |c: Number| c.tangent()[*param - start] * factor(*param);
                    *slopes = section.coefficients().map(tangent);
                }
            }
        }
    }
    Ok(())
}

/// Parameters of which eight, from `start` on, carry a tangent.
fn seed(numbers: &mut [Number], params: &[f64], start: usize) {
    for (index, (number, &value)) in numbers.iter_mut().zip(params).enumerate() {
        *number = Number::variable(value, index.wrapping_sub(start));
    }
}
