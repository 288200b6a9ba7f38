//! Exact derivatives against differences, as a report.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use filterbank_core::Dual;

use crate::ad::jacobian::{Jacobian, jacobian};
use crate::ad::number::{Number, Outputs, ParamList};

/// Largest relative error that counts as agreement.
const TOLERANCE: f64 = 1e-6;
/// Differences of falling step that are extrapolated.
const STEPS: usize = 12;
/// Where doubling a parameter changes outputs by no more than this fraction, the derivative may
/// be nothing but rounding; errors are not measured by anything smaller.
const NEGLIGIBLE: f64 = 1e-6;
/// Ratio of one step to the next.
const SHRINK: f64 = 1.6;

/// Compares the derivatives that dual numbers carry through `f` with differences of its values.
///
/// The differences are central, at falling steps, extrapolated to step 0 (Ridders 1982), with an
/// estimate of their own error: usually below 1e-10 of the derivative. Steps that `f` refuses are
/// made smaller.
///
/// The closure is the same that [`jacobian`] takes, so a check is two lines of a test:
///
/// ```
/// use filterbank::{Band, gradcheck};
///
/// let report = gradcheck(&[1_000.0, 2.0, -6.0], |[center, q, gain_db]| {
///     Band::peak(*center, *q, *gain_db).design(48_000.0).map(|eq| eq.magnitude_db(800.0))
/// })?
/// .named(&["center", "q", "gain_db"]);
/// assert!(report.passed(), "{report}");
/// # Ok::<(), filterbank::DesignError>(())
/// ```
///
/// # Errors
///
/// What `f` returns at the parameters themselves.
pub fn gradcheck<P, F, R>(params: &P, mut f: F) -> Result<GradientReport, R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers) -> R,
    R: Outputs,
{
    let (values, exact) = jacobian(params, &mut f)?;
    let reach = reach(&values, &exact, params.values());
    let mut rows = Vec::new();
    for (index, &param) in params.values().iter().enumerate() {
        let mut moved = |offset: f64| {
            let number =
                |i, value| Number::constant(if i == index { value + offset } else { value });
            let outputs = params.with_numbers(number, &mut f).numbers().ok()?;
            let moved: Vec<f64> = outputs.iter().map(Dual::value).collect();
            (moved.len() == values.len() && moved.iter().all(|y| y.is_finite())).then_some(moved)
        };
        let differences = extrapolate(param, &values, &mut moved);
        let column: Vec<f64> = (0..exact.rows()).filter_map(|i| exact.get(i, index)).collect();
        let floor = NEGLIGIBLE * reach / magnitude(param);
        rows.push(compare(&index.to_string(), param, &column, differences.as_deref(), floor));
    }
    Ok(GradientReport { rows })
}

/// The size of a parameter; 1 for 0.
fn magnitude(param: f64) -> f64 {
    if param == 0.0 { 1.0 } else { param.abs() }
}

/// The size of the largest output, or by how much doubling some parameter would change one, if
/// that is more.
fn reach(values: &[f64], exact: &Jacobian, params: &[f64]) -> f64 {
    let rows = (0..exact.rows()).flat_map(|i| exact.row(i).iter().zip(params));
    let changes = rows.map(|(slope, param)| slope * magnitude(*param));
    let sizes = changes.chain(values.iter().copied()).filter(|size| size.is_finite());
    sizes.map(f64::abs).fold(0.0, f64::max)
}

/// A derivative from differences, and an estimate of its error.
#[derive(Clone, Copy)]
struct Difference {
    value: f64,
    error: f64,
}

/// Differences of one step, for every output.
struct Quotients {
    /// Central: the slopes.
    slopes: Vec<f64>,
    /// The slope above less the slope below. It falls with the step, unless there is a kink.
    bends: Vec<f64>,
}

/// Ridders' method for every output at once; `None` if no step is possible.
fn extrapolate(
    param: f64,
    values: &[f64],
    moved: &mut impl FnMut(f64) -> Option<Vec<f64>>,
) -> Option<Vec<Difference>> {
    let mut quotients = |step: f64| {
        // The step that is really made, after rounding.
        let (above, below) = (param + step, param - step);
        let (high, low) = (moved(above - param)?, moved(below - param)?);
        let each = || high.iter().zip(&low);
        Some(Quotients {
            slopes: each().map(|(high, low)| (high - low) / (above - below)).collect(),
            bends: each()
                .zip(values)
                .map(|((high, low), y)| ((high - y) - (y - low)).abs() / step)
                .collect(),
        })
    };
    let mut step = 0.02 * magnitude(param);
    let mut widest = quotients(step);
    while widest.is_none() && step > 1e-9 * magnitude(param) {
        step *= 0.25;
        widest = quotients(step);
    }

    // Each row of the tableau has one entry more than the one before it, and its last entry is
    // the best of its row.
    let Quotients { slopes, bends: widest_bends } = widest?;
    let unknown = |&value: &f64| Difference { value, error: f64::INFINITY };
    let mut best: Vec<Difference> = slopes.iter().map(unknown).collect();
    let mut errors: Vec<f64> = best.iter().map(|best| best.error).collect();
    let mut bends = widest_bends.clone();
    let mut row = alloc::vec![slopes];
    for _ in 1..STEPS {
        step /= SHRINK;
        let Some(quotients) = quotients(step) else { break };
        bends = quotients.bends;
        let mut next = alloc::vec![quotients.slopes];
        let mut factor = 1.0;
        for (column, previous) in row.iter().enumerate() {
            factor *= SHRINK * SHRINK;
            let refine = |(new, old): (&f64, &f64)| (new * factor - old) / (factor - 1.0);
            next.push(next[column].iter().zip(previous).map(refine).collect());
        }
        let [.., unrefined, refined] = next.as_slice() else { break };
        for (output, best) in best.iter_mut().enumerate() {
            let value = refined[output];
            let last = row[row.len() - 1][output];
            let error = (value - unrefined[output]).abs().max((value - last).abs());
            // Two rows in a row: one may agree with its neighbours by chance.
            let lasting = error.max(errors[output]);
            errors[output] = error;
            if lasting <= best.error {
                *best = Difference { value, error: lasting };
            }
        }
        row = next;
    }
    for ((best, bend), widest) in best.iter_mut().zip(bends).zip(widest_bends) {
        if bend > 0.3 * widest {
            best.error = best.error.max(bend);
        }
    }
    Some(best)
}

/// The row of one parameter. Errors are measured by the largest derivative over the outputs:
/// where one output hardly depends on the parameter, rounding is all that its difference has. None
/// is measured by less than `floor`, below which derivatives may be rounding themselves.
fn compare(
    name: &str,
    value: f64,
    exact: &[f64],
    differences: Option<&[Difference]>,
    floor: f64,
) -> GradientRow {
    let unknown = Difference { value: f64::NAN, error: f64::INFINITY };
    let pairs = || {
        let difference = |i: usize| differences.map_or(unknown, |differences| differences[i]);
        exact.iter().enumerate().map(move |(i, exact)| (*exact, difference(i)))
    };
    let scale = pairs().map(|(exact, d)| exact.abs().max(d.value.abs())).fold(floor, f64::max);
    let relative = |x: f64| if x == 0.0 { 0.0 } else { x / scale };
    let rows = pairs().enumerate().map(|(output, (exact, found))| {
        let difference = found.value;
        let distance = (exact - difference).abs();
        let rounding = distance <= found.error && exact.abs().max(difference.abs()) <= floor;
        let error = if rounding { 0.0 } else { relative(distance) };
        let uncertainty = relative(found.error);
        GradientRow { name: name.to_string(), value, output, exact, difference, error, uncertainty }
    });
    // NaN is the worst of all.
    let rank = |row: &GradientRow| if row.error.is_nan() { f64::INFINITY } else { row.error };
    let nothing = GradientRow {
        name: name.to_string(),
        value,
        output: 0,
        exact: 0.0,
        difference: 0.0,
        error: 0.0,
        uncertainty: 0.0,
    };
    rows.max_by(|a, b| rank(a).total_cmp(&rank(b))).unwrap_or(nothing)
}

/// What [`gradcheck`] found: one row for each parameter. Prints as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientReport {
    rows: Vec<GradientRow>,
}

/// One parameter, and the output whose derivative by it agrees worst.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientRow {
    /// The parameter's name, its position if it was given none.
    pub name: String,
    /// The parameter's value.
    pub value: f64,
    /// Which output the row is about, counted from 0: the worst one.
    pub output: usize,
    /// The derivative that dual numbers carry.
    pub exact: f64,
    /// The derivative from differences.
    pub difference: f64,
    /// Their distance, relative to the largest derivative by this parameter; 0 where both are
    /// nothing but rounding.
    pub error: f64,
    /// The estimated error of the differences themselves, likewise relative.
    pub uncertainty: f64,
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The two derivatives agree.
    Agrees,
    /// They do not, and the differences can be trusted: the exact one is wrong.
    Differs,
    /// The differences cannot be trusted: there is a kink or a jump nearby, the function is
    /// noisy, or the parameter cannot be moved.
    Untrusted,
}

impl GradientRow {
    /// Agreement, or not, within a relative 1e-6.
    pub fn verdict(&self) -> Verdict {
        if self.error <= TOLERANCE {
            Verdict::Agrees
        } else if self.uncertainty <= TOLERANCE {
            Verdict::Differs
        } else {
            Verdict::Untrusted
        }
    }
}

impl GradientReport {
    /// The same report with names for the parameters, in order.
    #[must_use]
    pub fn named<N: AsRef<str>>(mut self, names: &[N]) -> Self {
        for (row, name) in self.rows.iter_mut().zip(names) {
            row.name = name.as_ref().to_string();
        }
        self
    }

    /// One row for each parameter.
    pub fn rows(&self) -> &[GradientRow] {
        &self.rows
    }

    /// Whether every derivative agrees. Rows whose differences cannot be trusted do not.
    pub fn passed(&self) -> bool {
        self.rows.iter().all(|row| row.verdict() == Verdict::Agrees)
    }

    /// The largest error of all rows; NaN if there is a NaN among them.
    pub fn max_rel_error(&self) -> f64 {
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        self.rows.iter().map(|row| row.error).fold(0.0, larger)
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).fold(9, usize::max);
        writeln!(
            f,
            "{:width$}  {:>12}  {:>6}  {:>20}  {:>20}  {:>8}  {:>11}",
            "parameter", "value", "output", "exact", "difference", "error", "uncertainty"
        )?;
        for row in &self.rows {
            let GradientRow { name, value, output, exact, difference, error, uncertainty } = row;
            let remark = match row.verdict() {
                Verdict::Agrees => "",
                Verdict::Differs => "  WRONG",
                Verdict::Untrusted => "  (differences cannot be trusted)",
            };
            writeln!(
                f,
                "{name:width$}  {value:12.6}  {output:6}  {exact:20.12e}  {difference:20.12e}  \
                 {error:8.1e}  {uncertainty:11.1e}{remark}"
            )?;
        }
        Ok(())
    }
}
