//! Checks the derivatives of every design in the library against differences.
//!
//! ```text
//! cargo run --release --example gradient_check
//! cargo run --release --example gradient_check -- --band shelf
//! cargo run --release --example gradient_check -- --help
//! ```

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use filterbank::{
    Band, BesselNorm, DesignError, GradientReport, MAX_ORDER, Method, Number, Verdict, Width,
    gradcheck,
};

const SAMPLE_RATE: f64 = 48_000.0;
/// In the passbands, on the slopes and in the stopbands of the bands below, in Hz.
const FREQUENCIES: [f64; 6] = [150.0, 620.0, 900.0, 1_130.0, 1_900.0, 7_000.0];

/// Checks every derivative that the library computes against differences.
///
/// Each band is designed with all its parameters as dual numbers. Its level in dB and the real and
/// imaginary part of its response at six frequencies, differentiated by each parameter, are
/// compared with central differences of the same code, extrapolated to step 0.
///
/// There is one line for each parameter:
///   error        the worst disagreement over all outputs, relative to the parameter's largest
///                derivative; up to 1e-6 counts as agreement
///   uncertainty  how far the differences themselves can be trusted
///   verdict      agrees, WRONG, or untrusted: the differences decide nothing, next to a zero of
///                the response, say
///
/// The exit code is 1 if any derivative does not agree, 2 if there is nothing to check.
#[derive(Parser)]
#[command(name = "gradient_check", verbatim_doc_comment)]
struct Args {
    /// Only bands whose description contains this: `peak`, `shelf`, `elliptic`, `slope`
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    band: String,
    /// Order of the lowpass prototypes, 1 to 24
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = order)]
    order: usize,
}

fn order(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(order @ 1..=MAX_ORDER) => Ok(order),
        _ => Err(format!("must be a whole number from 1 to {MAX_ORDER}")),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let bands: Vec<Band<f64>> = every_band(args.order)
        .into_iter()
        .filter(|band| band.to_string().contains(&args.band))
        .collect();
    if bands.is_empty() {
        eprintln!("error: no band's description contains `{}`", args.band);
        return ExitCode::from(2);
    }
    let (text, passed) = match table(&bands) {
        Ok(checked) => checked,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::FAILURE
        }
        _ if passed => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Every band with every method, and with every way to say how wide it is.
fn every_band(order: usize) -> Vec<Band<f64>> {
    let (ripple_db, stop_db) = (0.5, 60.0);
    let mut bands = Vec::new();
    for method in [
        Method::Butterworth { order },
        Method::Chebyshev1 { order, ripple_db },
        Method::Chebyshev2 { order, stop_db },
        Method::Elliptic { order, ripple_db, stop_db },
        Method::Bessel { order, norm: BesselNorm::Phase },
        Method::Bessel { order, norm: BesselNorm::Delay },
        Method::Bessel { order, norm: BesselNorm::Magnitude },
    ] {
        bands.extend([
            Band::lowpass(method, 1_000.0),
            Band::highpass(method, 1_000.0),
            Band::bandpass(method, 800.0, 1_250.0),
            Band::bandstop(method, 800.0, 1_250.0),
        ]);
    }
    for width in [Width::Q(1.4), Width::Bandwidth(1.0)] {
        bands.extend([
            Band::resonant_lowpass(1_000.0, width),
            Band::resonant_highpass(1_000.0, width),
            Band::bandpass_constant_skirt(1_000.0, width),
            Band::bandpass_constant_peak(1_000.0, width),
            Band::notch(1_000.0, width),
            Band::allpass(1_000.0, width),
            Band::peak(1_000.0, width, -6.0),
            Band::low_shelf(1_000.0, width, 4.0),
            Band::high_shelf(1_000.0, width, 4.0),
        ]);
    }
    let slope = Width::Slope(0.8);
    bands.extend([Band::low_shelf(1_000.0, slope, 4.0), Band::high_shelf(1_000.0, slope, 4.0)]);
    bands
}

/// Levels and responses at all frequencies, differentiated by all parameters of the band.
fn check(band: &Band<f64>) -> Result<GradientReport, DesignError> {
    let (names, values): (Vec<_>, Vec<_>) = band.params().into_iter().unzip();
    let outputs = |params: &[Number]| {
        let mut params = params.iter();
        let moved = band.map(|_, value| params.next().copied().unwrap_or(Number::constant(value)));
        let cascade = moved.design(SAMPLE_RATE)?;
        let at = |frequency| {
            let response = cascade.response(frequency);
            [cascade.magnitude_db(frequency), response.re, response.im]
        };
        Ok(FREQUENCIES.map(at))
    };
    Ok(gradcheck(&values, outputs)?.named(&names))
}

/// The table of all derivatives with its summary, and whether all agree.
fn table(bands: &[Band<f64>]) -> Result<(String, bool), DesignError> {
    let mut text = format!("   error  uncertainty  {:9}  {:9}  band\n", "verdict", "parameter");
    let (mut count, mut agreeing, mut worst) = (0, 0, 0.0);
    for band in bands {
        for row in check(band)?.rows() {
            let verdict = match row.verdict() {
                Verdict::Agrees => "agrees",
                Verdict::Differs => "WRONG",
                Verdict::Untrusted => "untrusted",
            };
            let (error, uncertainty, name) = (row.error, row.uncertainty, &row.name);
            let _ =
                writeln!(text, "{error:8.1e}  {uncertainty:11.1e}  {verdict:9}  {name:9}  {band}");
            count += 1;
            agreeing += usize::from(row.verdict() == Verdict::Agrees);
            // What is not a number stays the worst.
            worst = if error <= worst || f64::is_nan(worst) { worst } else { error };
        }
    }
    let _ = writeln!(
        text,
        "\n{agreeing} of {count} derivatives of {} designs agree with differences; \
         the largest error is {worst:.1e}.",
        bands.len()
    );
    Ok((text, agreeing == count))
}
