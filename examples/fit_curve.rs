//! Fits filters to a level curve: a parametric EQ whose peaks are searched, then a specified EQ
//! whose parameters stay within bounds.
//!
//! ```text
//! cargo run --release --example fit_curve
//! ```

use std::error::Error;

use filterbank::fit::{LeastSquares, MagnitudeTarget, ParametricEq, fit_magnitude};
use filterbank::{Cascade, filterbank};

filterbank! {
    /// Bass and one presence peak.
    struct Simple: cascade(sample_rate = 44_100.0) {
        bass:     low_shelf(cutoff = tune(100.0 in 40.0..=400.0), q = 0.707, gain_db = tune(0.0)),
        presence: peak(
            center = tune(2_000.0 in 500.0..=8_000.0),
            q = tune(1.0 in 0.3..=6.0),
            gain_db = tune(0.0 in -12.0..=12.0),
        ),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let frequencies: Vec<f64> = (0..240).map(|i| 20.0 * 1.029_f64.powi(i)).collect();
    let wanted: Vec<f64> = frequencies.iter().map(|frequency| correction(*frequency)).collect();
    let target = MagnitudeTarget::new(&frequencies, &wanted)?;

    // The search places the peaks by itself.
    let fit = ParametricEq { peaks: 5, ..ParametricEq::default() }.fit(&target)?;
    println!("five peaks and two shelves, {:.3} dB RMS:", fit.rms_db);
    for band in &fit.bands {
        println!("  {band}");
    }
    assert!(fit.rms_db < 0.2);
    let eq = Cascade::from_bands(&fit.bands, 44_100.0)?;
    let squares = frequencies.iter().zip(&wanted).map(|(f, db)| (eq.magnitude_db(*f) - db).powi(2));
    let rms_db = (squares.sum::<f64>() / wanted.len() as f64).sqrt();
    assert!((rms_db - fit.rms_db).abs() < 1e-9, "the EQ does what the fit reports");

    // A specified filter: the fit starts from its values.
    let fit = fit_magnitude(&Simple::new(), &target, &LeastSquares::new())?;
    println!("\na shelf and a peak, {:.3} dB RMS, {}:", fit.rms, fit.stop);
    for (name, value) in Simple::PARAM_NAMES.iter().zip(&fit.params) {
        println!("  {name:<17} {value:9.3}");
    }
    assert!(fit.stop.converged());
    let [bass, presence] = [fit.params[1], fit.params[4]];
    assert!(bass > 4.0 && presence < -3.0, "more bass, less presence");
    Ok(())
}

/// The level wanted at a frequency, in dB: 6 dB more bass, a dip of 4 dB at 3 kHz, a slow tilt.
fn correction(frequency: f64) -> f64 {
    let octaves = |center: f64| (frequency / center).log2();
    let bass = 6.0 / (1.0 + (2.0 * octaves(110.0)).exp());
    let dip = -4.0 * (-octaves(3_000.0).powi(2)).exp();
    bass + dip - 0.2 * octaves(1_000.0)
}
