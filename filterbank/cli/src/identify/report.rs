//! The modes as a table.

use std::fmt::Write as _;

use super::model::PER_MODE;
use super::recording::Recording;
use super::solve::solve;
use crate::shared::failure::Failure;

/// The modes of a recording with their standard errors.
pub fn report(recording: &Recording, modes: usize) -> Result<String, Failure> {
    let fit = solve(recording, modes)?;
    let undetermined = "the recording does not determine the modes: ask for fewer";
    let errors: Option<Vec<f64>> = fit.standard_errors.iter().copied().collect();
    let errors = errors.ok_or_else(|| Failure::Result(undetermined.to_owned()))?;
    let mut text = format!(
        "{:>4}  {:>22}  {:>22}  {:>24}  {:>20}\n",
        "mode", "frequency (Hz)", "decay by 60 dB (s)", "amplitude", "phase (rad)"
    );
    let modes = fit.params.chunks_exact(PER_MODE).zip(errors.chunks_exact(PER_MODE));
    for (index, (values, errors)) in modes.enumerate() {
        let [frequency, decay, amplitude, phase] =
            std::array::from_fn(|i| with_error(values[i], errors[i]));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:>4}  {frequency:>22}  {decay:>22}  {amplitude:>24}  {phase:>20}",
            index + 1
        );
    }
    let _ = writeln!(
        text,
        "rms of the residuals: {:.3e}; {} in {} iterations",
        fit.rms, fit.stop, fit.iterations
    );
    if let Some(warning) = fit.warning() {
        let _ = writeln!(text, "warning: {warning}");
    }
    Ok(text)
}

/// A value with its standard error, both to the second digit of the error.
fn with_error(value: f64, error: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let decimals = (1.0 - error.log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::with_error;

    #[test]
    fn values_end_at_the_second_digit_of_their_error() {
        assert_eq!(with_error(440.123_456, 0.012_3), "440.123 ± 0.012");
        assert_eq!(with_error(0.5, 25.0), "0 ± 25");
    }
}
