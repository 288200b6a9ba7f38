//! Notches and peaks beside scipy's, by the relation that [`Band::Notch`] documents.

use std::f64::consts::{PI, TAU};

use filterbank::Band;

const SAMPLE_RATE: f64 = 48_000.0;

/// The cookbook's Q of the filter that scipy designs for a frequency and a Q.
fn cookbook_q(frequency: f64, q: f64) -> f64 {
    let omega = TAU * frequency / SAMPLE_RATE;
    omega.sin() / (2.0 * (omega / (2.0 * q)).tan())
}

#[test]
fn notches_and_peaks_are_scipys_by_the_documented_relation() {
    // Frequency, Q, and b0, b1, a2 of iirnotch(f, Q, fs=48_000) and b0 of iirpeak, by scipy 1.17.1.
    for (frequency, q, [b0, b1, a2], peak_b0) in [
        (
            50.0,
            30.0,
            [0.9998909288191379, -1.9997390256387806, 0.9997818576382758],
            0.0001090711808621192,
        ),
        (
            11_000.0,
            2.0,
            [0.7265470526508776, -0.18966684050244095, 0.4530941053017552],
            0.2734529473491224,
        ),
        (
            15_000.0,
            10.0,
            [0.9103393954143302, 0.696743608908633, 0.8206787908286604],
            0.08966060458566982,
        ),
        (
            23_000.0,
            40.0,
            [0.9637147529351072, 1.9109400792552866, 0.9274295058702144],
            0.03628524706489278,
        ),
    ] {
        let width = cookbook_q(frequency, q);
        let notch = Band::notch(frequency, width).sections(SAMPLE_RATE).expect("designs")[0];
        let peak = Band::bandpass_constant_peak(frequency, width).sections(SAMPLE_RATE);
        let peak = peak.expect("designs")[0];
        let expected = [
            (notch.coefficients(), [b0, b1, b0, b1, a2]),
            (peak.coefficients(), [peak_b0, 0.0, -peak_b0, b1, a2]),
        ];
        for (found, expected) in expected {
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-14, "{found}, {expected} at {frequency} Hz");
            }
        }
    }
}

#[test]
fn the_relation_gives_the_width_in_hertz() {
    for (frequency, q) in [(50.0, 30.0), (5_000.0, 3.0), (20_000.0, 8.0)] {
        let notch = Band::notch(frequency, cookbook_q(frequency, q)).design(SAMPLE_RATE);
        let notch = notch.expect("designs");
        // The edges of equal attenuation: tan(ω₁/2) tan(ω₂/2) = tan²(ω₀/2).
        let (center, width) = (PI * frequency / SAMPLE_RATE, PI * frequency / q / SAMPLE_RATE);
        let sum = (width.cos() * (2.0 * center).cos()).acos();
        for omega in [sum - width, sum + width] {
            let level = notch.magnitude_db(omega / TAU * SAMPLE_RATE);
            assert!((level - 10.0 * 0.5_f64.log10()).abs() < 1e-9, "{level} beside {frequency} Hz");
        }
    }
}
