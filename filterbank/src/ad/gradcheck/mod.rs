//! Exact derivatives against differences, as a report.
//!
//! ```text
//! values on a ladder of steps ─► difference and its error ─► verdict ─► report
//! ```

mod difference;
mod report;
mod verdict;

use alloc::string::ToString;
use alloc::vec::Vec;

pub use report::{GradientReport, GradientRow};
pub use verdict::Verdict;

use crate::ad::gradcheck::difference::{Difference, Ladder, Sample};
use crate::ad::gradcheck::verdict::{Comparison, Judgement, Measure};
use crate::ad::jacobian::{Jacobian, jacobian};
use crate::ad::number::{Number, Outputs, ParamList};

/// Compares the derivatives that dual numbers carry through `f` with differences of its values: a
/// [`GradientCheck`] with the default options.
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
pub fn gradcheck<P, F, R>(params: &P, f: F) -> Result<GradientReport, R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers<Number>) -> R,
    R: Outputs,
{
    GradientCheck::new().run(params, f)
}

/// A comparison of exact derivatives with differences, and its options.
///
/// # Differences
///
/// Each parameter is moved by steps that grow from 2⁻⁴⁴ of its scale to four times its scale (or to
/// 4, if that is more), as far as `f` accepts them: an error, an output that is not finite, or
/// another number of outputs ends the ladder. That takes about 110 runs of `f` for each parameter.
/// The central differences are extrapolated to step 0 from every step and in every order (Ridders
/// 1982; *Numerical Recipes* §5.7), and the estimate with the smallest bound on its error is taken.
/// So the step finds the scale on which the function varies, and none has to be given.
///
/// The bound is the sum of the truncation, as Ridders estimates it; the noise of the outputs,
/// measured by how estimates from smaller steps scatter; and the rounding of the outputs. Where
/// differences of the two sides do not meet at step 0, there is a kink, and half the jump of the
/// slope is added. Where steps of another size agree on another derivative, nothing is called
/// wrong unless it is farther away than that.
///
/// # Verdicts
///
/// Each output is measured by its own derivative:
///
/// | verdict | the distance of the two derivatives |
/// |---|---|
/// | [`Agrees`](Verdict::Agrees) | and the bound together are within the tolerance |
/// | [`Differs`](Verdict::Differs) | exceeds the tolerance by more than four times the bound |
/// | [`Untrusted`](Verdict::Untrusted) | neither: differences cannot decide |
///
/// Rounding hides derivatives that hardly change an output. Where the noise of an output is below
/// 10⁻¹⁰ of the largest output, the two also agree if neither can be told from the other or from
/// 0, or if what is uncertain is within the tolerance of the parameter's largest derivative. So
/// even the wrong sign of a sine on top of 10¹⁶, whose doubles are 2 apart, agrees.
///
/// At a kink, any slope from one side's to the other's is `Untrusted`: `|x|` at 0 is, with an
/// uncertainty of 1. A slope outside is wrong. A check without outputs is `Untrusted`, and so is a
/// parameter that cannot be moved to both sides, as at the end of its range.
///
/// The check judges the function that is computed. Where rounding on the way changes its slope,
/// the exact derivative of the formula may be called wrong: `ln(1 + p²)` for `p` below 10⁻⁸ is 0.
///
/// # Beside other checks
///
/// False verdicts on 139 functions: 78 with right derivatives, 43 with wrong ones, and 18 that
/// values do not decide.
///
/// | | this check | torch | JAX | numdifftools | Ceres |
/// |---|---|---|---|---|---|
/// | right, but failed | 0 | 24 (7) | 20 (16) | 17 | 20 |
/// | wrong, but passed | 0 | 4 (22) | 5 (17) | 1 | 0 |
/// | undecidable, but passed | 0 | 5 (5) | 3 (3) | 7 | 3 |
/// | false, of 139 | 0 | 33 (34) | 28 (36) | 25 | 23 |
///
/// All at a tolerance of 5e-7, and in parentheses at the check's own. The catalogue is
/// `tests/gradcheck/catalogue.rs`; the first column is asserted by `cargo test --test gradcheck`,
/// the others are printed by `python tests/golden/gradcheck_peers.py` (torch 2.15.0, JAX 0.10.2,
/// numdifftools 0.11.2, Ceres' algorithm in Python).
///
/// # Example
///
/// ```
/// use filterbank::ad::{GradientCheck, Verdict};
/// use filterbank::Scalar;
///
/// let check = GradientCheck::new().tolerance(1e-9).step(0.1);
/// let Ok(report) = check.run(&[0.5, 2.0], |[x, y]| [x.exp() * *y, (*x * *y).detach()]);
/// let row = &report.rows()[0];
/// assert_eq!((row.verdict(), row.output), (Verdict::Differs, 1));
/// assert_eq!(row.exact, 0.0);
/// assert!((row.difference - 2.0).abs() < 1e-9);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GradientCheck {
    tolerance: f64,
    /// Widest step, as a fraction of a parameter's scale.
    step: f64,
    /// Of each parameter; its own size where there is none.
    scale: Vec<f64>,
}

impl Default for GradientCheck {
    fn default() -> Self {
        Self::new()
    }
}

impl GradientCheck {
    /// A tolerance of 5e-7, steps up to four times a parameter's scale, and each parameter's own
    /// size as its scale.
    ///
    /// The tolerance is half of one part in a million, so that a derivative off by one part in a
    /// million differs.
    pub const fn new() -> Self {
        Self { tolerance: 5e-7, step: 4.0, scale: Vec::new() }
    }

    /// Largest relative error that counts as agreement, above 0. Where differences are less
    /// accurate than this, a derivative is [`Untrusted`](Verdict::Untrusted); they rarely are
    /// below 1e-9. Nothing passes with a tolerance that is not positive and finite.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        let valid = tolerance > 0.0 && tolerance.is_finite();
        Self { tolerance: if valid { tolerance } else { f64::NAN }, ..self }
    }

    /// Widest step, as a fraction of each parameter's scale, above 2⁻⁴⁰. It keeps the check away
    /// from where `f` panics, is slow, or is another function. Nothing passes with a step that is
    /// too small or not finite.
    #[must_use]
    pub fn step(self, step: f64) -> Self {
        Self { step: if step.is_finite() { step } else { f64::NAN }, ..self }
    }

    /// The sizes of the parameters, in their own units, in order: how far a parameter is moved to
    /// find out how the function varies. Parameters without a positive finite scale keep the
    /// default: their own size, and at least 1 for the widest step; 1 for a parameter of 0.
    #[must_use]
    pub fn scale(self, scale: &[f64]) -> Self {
        Self { scale: scale.to_vec(), ..self }
    }

    /// Checks `f` at `params`.
    ///
    /// # Errors
    ///
    /// What `f` returns at the parameters themselves.
    pub fn run<P, F, R>(&self, params: &P, mut f: F) -> Result<GradientReport, R::Error>
    where
        P: ParamList + ?Sized,
        F: FnMut(&P::Numbers<Number>) -> R,
        R: Outputs,
    {
        let (values, exact) = jacobian(params, &mut f)?;
        let mut largest = 0.0_f64;
        let mut columns = Vec::new();
        for (index, &param) in params.values().iter().enumerate() {
            let moved = |to: f64| {
                let number = |i, value| {
                    if i == index { Number::variable(to, 0) } else { Number::constant(value) }
                };
                let outputs = params.with_numbers(number, &mut f).numbers().ok()?;
                let sample = |y: &Number| Sample { value: y.value(), slope: y.tangent()[0] };
                let moved: Vec<Sample> = outputs.iter().map(sample).collect();
                let valid =
                    moved.len() == values.len() && moved.iter().all(|y| y.value.is_finite());
                valid.then_some(moved)
            };
            let (scale, widest) = self.reach(index, param);
            let ladder = Ladder::climb(param, scale, widest, moved);
            largest = largest.max(ladder.magnitude(scale));
            columns.push(compare(&values, &exact, index, &ladder));
        }
        let measure = Measure { tolerance: self.tolerance, output: largest, slope: 0.0 };
        let rows = columns.iter().zip(params.values()).enumerate();
        let rows = rows.map(|(index, (column, &param))| worst(index, param, column, measure));
        Ok(GradientReport { outputs: values.len(), rows: rows.collect() })
    }

    /// The scale of a parameter, and its widest step.
    fn reach(&self, index: usize, param: f64) -> (f64, f64) {
        match self.scale.get(index) {
            Some(&scale) if scale > 0.0 && scale.is_finite() => (scale, self.step * scale),
            _ if param == 0.0 => (1.0, self.step),
            _ => (param.abs(), self.step * param.abs().max(1.0)),
        }
    }
}

/// Every output's derivative by one parameter.
fn compare(values: &[f64], exact: &Jacobian, param: usize, ladder: &Ladder) -> Vec<Comparison> {
    let compare = |(output, &value): (usize, &f64)| {
        let slope = exact[(output, param)];
        let difference = if value.is_finite() {
            ladder.difference(output, Sample { value, slope })
        } else {
            Difference::UNKNOWN
        };
        Comparison { exact: slope, difference }
    };
    values.iter().enumerate().map(compare).collect()
}

/// The row of one parameter: the output that agrees worst.
fn worst(index: usize, value: f64, comparisons: &[Comparison], measure: Measure) -> GradientRow {
    let agreeing = comparisons
        .iter()
        .filter(|comparison| comparison.decide(measure.tolerance) == Some(Verdict::Agrees));
    let slope = agreeing.fold(0.0, |slope, comparison| comparison.size().max(slope));
    let measure = Measure { slope, ..measure };
    let rows = comparisons.iter().enumerate().map(|(output, comparison)| {
        let Judgement { verdict, size } = comparison.judge(measure);
        // Two zeros: what is uncertain is all there is.
        let size = if size == 0.0 { comparison.uncertainty() } else { size };
        let relative = |x: f64| if x == 0.0 { 0.0 } else { x / size };
        GradientRow {
            name: index.to_string(),
            value,
            output,
            output_name: output.to_string(),
            exact: comparison.exact,
            difference: comparison.difference.value,
            error: relative(comparison.distance()),
            uncertainty: relative(comparison.uncertainty()),
            verdict,
        }
    });
    // NaN is the worst of all.
    let rank = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
    let worse = |a: &GradientRow, b: &GradientRow| {
        a.verdict.cmp(&b.verdict).then(rank(a.error).total_cmp(&rank(b.error)))
    };
    rows.max_by(worse).unwrap_or_else(|| GradientRow {
        name: index.to_string(),
        value,
        output: 0,
        output_name: "none".to_string(),
        exact: f64::NAN,
        difference: f64::NAN,
        error: f64::NAN,
        uncertainty: f64::INFINITY,
        verdict: Verdict::Untrusted,
    })
}
