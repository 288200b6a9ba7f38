//! Exact derivatives against differences, as a report.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use filterbank_core::Dual;

use crate::jacobian::{Jacobian, Number, Outputs, ParamList, jacobian};

/// Largest relative error that counts as agreement.
const TOLERANCE: f64 = 1e-6;
/// Differences of falling step that are extrapolated.
const STEPS: usize = 12;
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
    let mut rows = Vec::new();
    for (index, &param) in params.values().iter().enumerate() {
        let mut moved = |offset: f64| {
            let number =
                |i, value| Number::constant(if i == index { value + offset } else { value });
            let outputs = params.with_numbers(number, &mut f).numbers().ok()?;
            let moved: Vec<f64> = outputs.iter().map(Dual::value).collect();
            (moved.len() == values.len() && moved.iter().all(|y| y.is_finite())).then_some(moved)
        };
        let differences = extrapolate(param, &mut moved);
        rows.push(compare(index.to_string(), param, &exact, index, differences.as_deref()));
    }
    Ok(GradientReport { rows })
}

/// A derivative from differences, and an estimate of its error.
#[derive(Clone, Copy)]
struct Difference {
    value: f64,
    error: f64,
}

/// Ridders' method for every output at once; `None` if no step is possible.
fn extrapolate(
    param: f64,
    moved: &mut impl FnMut(f64) -> Option<Vec<f64>>,
) -> Option<Vec<Difference>> {
    let mut quotient = |step: f64| {
        // The step that is really made, after rounding.
        let (above, below) = (param + step, param - step);
        let (high, low) = (moved(above - param)?, moved(below - param)?);
        let slope = |(high, low): (f64, f64)| (high - low) / (above - below);
        Some(high.into_iter().zip(low).map(slope).collect::<Vec<f64>>())
    };
    let scale = if param == 0.0 { 1.0 } else { param.abs() };
    let mut step = 0.02 * scale;
    let mut first = quotient(step);
    while first.is_none() && step > 1e-9 * scale {
        step *= 0.25;
        first = quotient(step);
    }

    // Each row of the tableau has one entry more than the one before it.
    let mut row: Vec<Vec<f64>> = alloc::vec![first?];
    let mut best: Vec<Difference> =
        row[0].iter().map(|&value| Difference { value, error: f64::INFINITY }).collect();
    for _ in 1..STEPS {
        step /= SHRINK;
        let Some(slopes) = quotient(step) else { break };
        let mut next = alloc::vec![slopes];
        let mut factor = SHRINK * SHRINK;
        for (column, previous) in row.iter().enumerate() {
            let current = &next[column];
            let refined: Vec<f64> = current
                .iter()
                .zip(previous)
                .map(|(new, old)| (new * factor - old) / (factor - 1.0))
                .collect();
            for (output, &value) in refined.iter().enumerate() {
                let error = (value - current[output]).abs().max((value - previous[output]).abs());
                if error <= best[output].error {
                    best[output] = Difference { value, error };
                }
            }
            next.push(refined);
            factor *= SHRINK * SHRINK;
        }
        row = next;
    }
    Some(best)
}

fn compare(
    name: String,
    value: f64,
    exact: &Jacobian,
    param: usize,
    differences: Option<&[Difference]>,
) -> GradientRow {
    let Some(differences) = differences else {
        let exact = exact.get(0, param).unwrap_or(0.0);
        let nan = f64::NAN;
        return GradientRow {
            name,
            value,
            exact,
            difference: nan,
            error: nan,
            uncertainty: f64::INFINITY,
        };
    };
    let pairs = || (0..exact.rows()).filter_map(|i| Some((exact.get(i, param)?, differences[i])));
    // Errors are measured by the largest derivative over the outputs: where one output hardly
    // depends on the parameter, rounding is all that its difference has.
    let scale = pairs().map(|(exact, d)| exact.abs().max(d.value.abs())).fold(0.0, f64::max);
    let relative = |x: f64| if x == 0.0 { 0.0 } else { x / scale };
    let mut row =
        GradientRow { name, value, exact: 0.0, difference: 0.0, error: 0.0, uncertainty: 0.0 };
    for (exact, Difference { value: difference, error: uncertainty }) in pairs() {
        let error = relative((exact - difference).abs());
        // NaN is the worst of all.
        if error.is_nan() || error > row.error || row.exact == 0.0 {
            row =
                GradientRow { exact, difference, error, uncertainty: relative(uncertainty), ..row };
        }
    }
    row
}

/// What [`gradcheck`] found: one row for each parameter. Prints as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientReport {
    rows: Vec<GradientRow>,
}

/// One parameter: the output whose derivative by it is worst.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientRow {
    /// The parameter's name, its position if it was given none.
    pub name: String,
    /// The parameter's value.
    pub value: f64,
    /// The derivative that dual numbers carry.
    pub exact: f64,
    /// The derivative from differences.
    pub difference: f64,
    /// Their distance, relative to the largest derivative by this parameter.
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
        self.rows.iter().map(|row| row.error).fold(0.0, |a, b| if a >= b { a } else { b })
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).fold(9, usize::max);
        writeln!(
            f,
            "{:width$}  {:>12}  {:>20}  {:>20}  {:>8}  {:>11}",
            "parameter", "value", "exact", "difference", "error", "uncertainty"
        )?;
        for row in &self.rows {
            let GradientRow { name, value, exact, difference, error, uncertainty } = row;
            let remark = match row.verdict() {
                Verdict::Agrees => "",
                Verdict::Differs => "  WRONG",
                Verdict::Untrusted => "  (differences cannot be trusted)",
            };
            writeln!(
                f,
                "{name:width$}  {value:12.6}  {exact:20.12e}  {difference:20.12e}  {error:8.1e}  \
                 {uncertainty:11.1e}{remark}"
            )?;
        }
        Ok(())
    }
}
