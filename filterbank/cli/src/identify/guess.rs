//! Start values: the highest peaks of the spectrum.

use std::f64::consts::PI;

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::model::Mode;
use super::recording::Recording;
use crate::shared::failure::Failure;

/// The modes of the highest peaks in the spectrum of output over input.
pub fn modes(recording: &Recording, count: usize) -> Result<Vec<Mode<f64>>, Failure> {
    let response = response(recording);
    let length = response.len();
    let levels: Vec<f64> = response[..length / 2].iter().map(|h| h.norm()).collect();
    let bin = recording.sample_rate / length as f64;

    let mut taken = vec![false; levels.len()];
    let mut modes = Vec::new();
    while modes.len() < count {
        let free = (1..levels.len()).filter(|index| !taken[*index]);
        let Some(peak) = free.max_by(|a, b| levels[*a].total_cmp(&levels[*b])) else {
            let problem = format!("the spectrum has {} peaks, not {count}", modes.len());
            return Err(Failure::Result(problem));
        };
        let half = levels[peak] / 2.0_f64.sqrt();
        let low = (0..peak).rev().find(|index| levels[*index] < half).unwrap_or(0);
        let high = (peak..levels.len()).find(|index| levels[*index] < half).unwrap_or(peak + 1);
        let decay_rate = PI * (high - low) as f64 * bin;
        // One mode alone has the response (amplitude e^{j phase}) / (2 (1 − r)) at its peak.
        let gain = 2.0 * (1.0 - (-decay_rate / recording.sample_rate).exp());
        modes.push(Mode {
            frequency: peak as f64 * bin,
            decay: 3.0 * std::f64::consts::LN_10 / decay_rate,
            amplitude: gain * levels[peak],
            phase: response[peak].arg(),
        });
        // Peaks within a few widths belong to the same mode.
        let reach = 4 * (high - low);
        let end = (peak + reach).min(levels.len() - 1);
        taken[peak.saturating_sub(reach)..=end].fill(true);
    }
    modes.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
    Ok(modes)
}

/// The spectrum of output over input, smoothed: the impulse response is faded out over the first
/// quarter of the recording; later samples are mostly noise.
fn response(recording: &Recording) -> Vec<Complex<f64>> {
    let length = (2 * recording.output.len()).next_power_of_two();
    let mut planner = FftPlanner::new();
    let (forward, backward) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let spectrum = |signal: &[f64]| {
        let mut buffer: Vec<Complex<f64>> = signal.iter().map(|x| Complex::from(*x)).collect();
        buffer.resize(length, Complex::default());
        forward.process(&mut buffer);
        buffer
    };
    let (input, output) = (spectrum(&recording.input), spectrum(&recording.output));
    // Regularised where the input has little energy.
    let floor = 0.01 * input.iter().map(Complex::norm_sqr).sum::<f64>() / length as f64;
    let ratio = |(y, x): (&Complex<f64>, &Complex<f64>)| y * x.conj() / (x.norm_sqr() + floor);
    let mut response: Vec<Complex<f64>> = output.iter().zip(&input).map(ratio).collect();

    backward.process(&mut response);
    let reach = (recording.output.len() / 4).max(1);
    for (index, sample) in response.iter_mut().enumerate() {
        let fade = (PI * index as f64 / reach as f64).cos().mul_add(0.5, 0.5);
        *sample *= if index < reach { fade / length as f64 } else { 0.0 };
    }
    forward.process(&mut response);
    response
}
