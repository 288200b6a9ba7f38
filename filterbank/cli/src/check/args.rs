//! The arguments.

use clap::Parser;

use crate::shared::numbers::order;

const EXAMPLE: &str = "\
Example:
  Elliptic filters of order 7:
      filterbank check --band elliptic --order 7";

/// Checks the derivatives of every design against finite differences
///
/// Each band is designed on dual numbers with all its parameters as variables. The derivatives of
/// the level in dB and of the real and imaginary part of the response, at six frequencies, are
/// compared with central differences of the same code, extrapolated to step 0.
///
/// There is one line for each parameter:
///   error        the largest disagreement over all outputs, each relative to its own derivative;
///                up to 5e-7, uncertainty included, counts as agreement
///   uncertainty  bound on the error of the differences themselves
///   verdict      agrees, WRONG, or untrusted: the differences are too inaccurate to decide, as
///                near a zero of the response
///
/// Exit code: 0 if all derivatives agree, 1 if any does not, 2 if there is nothing to check.
#[derive(Parser)]
#[command(verbatim_doc_comment, after_help = EXAMPLE)]
pub struct Args {
    /// Only bands whose description contains NAME, such as peak, shelf, elliptic, slope
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub band: String,
    /// Order of the lowpass prototypes, 1 to 24
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = order)]
    pub order: usize,
}
