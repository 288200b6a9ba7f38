//! Fits of a ten-band equaliser, and training steps of a bank of three bands.

use std::error::Error;
use std::hint::black_box;

use filterbank::fit::{LeastSquares, MagnitudeTarget, fit_magnitude, fit_recording};
use filterbank::{Cascade, DesignError, Tunable};
use filterbank_benches::filters::{SAMPLE_RATE, noise, tunable_equaliser};
use filterbank_benches::report::{Contender, Report, Work};
use filterbank_benches::training::models::{Coefficients, Design};
use filterbank_benches::training::{SAMPLES, Training, samples};

/// Peaks of the equaliser.
const PEAKS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("fitting");
    recording(&mut report)?;
    curve(&mut report)?;

    let (design, coefficients) = (Design::new(SAMPLE_RATE)?, Coefficients::new(SAMPLE_RATE)?);
    let samples = samples();
    let mut training = Training::new(&design, 1e-3);
    let contender = Contender::new("filterbank", || training.step(&samples));
    report.compare(work("training step, 7 numbers of the design", SAMPLES), vec![contender]);
    let mut training = Training::new(&coefficients, 1e-3);
    let contender = Contender::new("filterbank", || training.step(&samples));
    report.compare(work("training step, 20 coefficients", SAMPLES), vec![contender]);

    report.finish("ns per sample (of each iteration), or per fit");
    Ok(())
}

fn work(name: &str, elements: usize) -> Work {
    Work { name: name.into(), elements, sections: 0 }
}

/// The parameters to find: the equaliser, detuned.
fn wanted() -> Result<Cascade<f64>, DesignError> {
    let eq = tunable_equaliser(PEAKS)?;
    let params: Vec<f64> = eq.params().map(|param| 1.1 * param.value).collect();
    eq.tuned(&params)
}

/// Three iterations over a second of audio: four passes with derivatives, three without.
fn recording(report: &mut Report) -> Result<(), Box<dyn Error>> {
    let eq = tunable_equaliser(PEAKS)?;
    let input = noise::<f64>(48_000);
    let mut output = input.clone();
    let wanted = wanted()?;
    wanted.process(&mut wanted.state(), &mut output);
    let method = LeastSquares::new().max_iterations(3);
    let fit = fit_recording(&eq, &input, &output, &method)?;
    let run = || fit_recording(&eq, black_box(&input), &output, &method);
    let name = "fit_recording, 10 peaks, an iteration";
    let work = work(name, fit.iterations * input.len());
    report.compare(work, vec![Contender::new("filterbank", run)]);
    Ok(())
}

/// A whole fit to 240 points.
fn curve(report: &mut Report) -> Result<(), Box<dyn Error>> {
    let eq = tunable_equaliser(PEAKS)?;
    let wanted = wanted()?;
    let frequencies: Vec<f64> = (0..240).map(|i| 20.0 * 1.029_f64.powi(i)).collect();
    let decibels: Vec<f64> = frequencies.iter().map(|f| wanted.magnitude_db(*f)).collect();
    let target = MagnitudeTarget::new(&frequencies, &decibels)?;
    let method = LeastSquares::new();
    let fit = fit_magnitude(&eq, &target, &method)?;
    let name = format!("fit_magnitude, 10 peaks, {} iterations, a fit", fit.iterations);
    let run = || fit_magnitude(&eq, black_box(&target), &method);
    report.compare(work(&name, 1), vec![Contender::new("filterbank", run)]);
    Ok(())
}
