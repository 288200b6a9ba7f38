//! What a gradient check found, as a table.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::ad::gradcheck::verdict::Verdict;

/// What [`gradcheck`](crate::gradcheck()) found: one row for each parameter. Prints as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientReport {
    pub(super) outputs: usize,
    pub(super) rows: Vec<GradientRow>,
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
    /// The output's name, its position if it was given none.
    pub output_name: String,
    /// The derivative that dual numbers carry.
    pub exact: f64,
    /// The derivative from differences.
    pub difference: f64,
    /// Their distance, relative to the larger of the two.
    ///
    /// Where rounding of the output hides a derivative that is small beside the parameter's
    /// derivatives of other outputs, it is relative to the largest of those; where neither
    /// derivative is more than rounding, it is 0.
    pub error: f64,
    /// Bound on the error of the difference itself, likewise relative.
    pub uncertainty: f64,
    pub(super) verdict: Verdict,
}

impl GradientRow {
    /// Whether the two derivatives agree within the tolerance of the check.
    pub fn verdict(&self) -> Verdict {
        self.verdict
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

    /// The same report with names for the outputs, in order.
    #[must_use]
    pub fn named_outputs<N: AsRef<str>>(mut self, names: &[N]) -> Self {
        for row in &mut self.rows {
            if let Some(name) = names.get(row.output) {
                row.output_name = name.as_ref().to_string();
            }
        }
        self
    }

    /// One row for each parameter.
    pub fn rows(&self) -> &[GradientRow] {
        &self.rows
    }

    /// Whether there are outputs and every derivative agrees. Rows whose differences cannot be
    /// trusted do not.
    pub fn passed(&self) -> bool {
        self.outputs > 0 && self.rows.iter().all(|row| row.verdict == Verdict::Agrees)
    }

    /// The largest error of all rows; NaN if there is a NaN among them.
    pub fn max_rel_error(&self) -> f64 {
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        self.rows.iter().map(|row| row.error).fold(0.0, larger)
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = |lengths: &mut dyn Iterator<Item = usize>, title: &str| {
            lengths.fold(title.len(), usize::max)
        };
        let names = longest(&mut self.rows.iter().map(|row| row.name.len()), "parameter");
        let outputs = longest(&mut self.rows.iter().map(|row| row.output_name.len()), "output");
        writeln!(
            f,
            "{:names$}  {:>12}  {:>outputs$}  {:>20}  {:>20}  {:>8}  {:>11}",
            "parameter", "value", "output", "exact", "difference", "error", "uncertainty"
        )?;
        for row in &self.rows {
            let remark = match row.verdict {
                Verdict::Agrees => "",
                Verdict::Differs => "  WRONG",
                Verdict::Untrusted => "  (differences cannot be trusted)",
            };
            writeln!(
                f,
                "{:names$}  {:12.6}  {:>outputs$}  {:20.12e}  {:20.12e}  {:8.1e}  {:11.1e}{remark}",
                row.name,
                row.value,
                row.output_name,
                row.exact,
                row.difference,
                row.error,
                row.uncertainty
            )?;
        }
        Ok(())
    }
}
