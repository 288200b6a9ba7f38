//! Equalizers that start flat: at 0 dB the level does not depend on centers and widths, and the
//! columns of their derivatives are rounding noise.

use filterbank::fit::{Fit, LeastSquares, MagnitudeTarget, fit_magnitude, fit_magnitude_from};
use filterbank::{Band, TunableCascade, Tune};

use crate::common::noise::uniform;
use crate::curves::{RATE, cascade, curve, frequencies, levels};

/// Problems of each kind.
const PROBLEMS: u64 = 1_000;

/// Peaks that start at a gain, to be fitted to a noisy curve of as many peaks.
struct Problem {
    model: TunableCascade,
    target: MagnitudeTarget,
}

impl Problem {
    fn random(seed: u64, start_db: f64, bounded: bool) -> Self {
        let mut random = uniform(seed);
        let mut between = |low: f64, high: f64| {
            low + (high - low) * (0.5 + 0.5 * random.next().expect("it is endless"))
        };
        let frequencies = frequencies(60);
        let tune = |start, low, high| {
            if bounded { Tune::within(start, low..=high) } else { Tune::free(start) }
        };
        let (mut wanted, mut bands) = (Vec::new(), Vec::new());
        for index in 0..=seed % 3 {
            let center = between(100.0_f64.ln(), 8_000.0_f64.ln()).exp();
            let q = between(0.5_f64.ln(), 4.0_f64.ln()).exp();
            wanted.push(Band::peak(center, q, between(-12.0, 12.0)));
            let near = center * between(-0.7, 0.7).exp();
            bands.push((
                format!("peak{index}"),
                Band::peak(
                    tune(near, 20.0, 20e3),
                    tune(1.0, 0.1, 10.0),
                    tune(start_db, -20.0, 20.0),
                ),
            ));
        }
        let mut levels = levels(&cascade(&wanted), &frequencies);
        for level in &mut levels {
            *level += between(-0.1, 0.1);
        }
        Self {
            model: TunableCascade::new(bands, RATE).expect("a design"),
            target: MagnitudeTarget::new(&frequencies, &levels).expect("a curve"),
        }
    }

    fn fit(&self) -> Fit {
        fit_magnitude(&self.model, &self.target, &LeastSquares::new()).expect("it starts")
    }

    /// Whether the cost still falls, by a millionth, when a fit is continued from beside its end:
    /// by a factor of 1.0001, in gains by 1e-4 dB.
    fn falls_from(&self, fit: &Fit) -> bool {
        [0.999_9, 1.000_1].iter().any(|factor| {
            let moved =
                fit.params.iter().zip(&fit.at_bound).enumerate().map(|(index, (x, held))| {
                    match (held, index % 3) {
                        (true, _) => *x,
                        (false, 2) => x + factor - 1.0,
                        (false, _) => x * factor,
                    }
                });
            let start: Vec<f64> = moved.collect();
            fit_magnitude_from(&self.model, &start, &self.target, &LeastSquares::new())
                .is_ok_and(|again| again.cost < (1.0 - 1e-6) * fit.cost)
        })
    }
}

/// Whether a fit has found what is there: little more than the noise of 0.1 dB is left.
fn is_solved(fit: &Fit) -> bool {
    fit.rms < 0.08
}

#[test]
fn a_flat_peak_is_fitted() {
    let target = curve(&cascade(&[Band::peak(1_500.0, 2.0, 6.0)]), 60);
    let flat = Band::peak(
        Tune::within(1_000.0, 20.0..=20e3),
        Tune::within(1.0, 0.1..=10.0),
        Tune::within(0.0, -20.0..=20.0),
    );
    let model = TunableCascade::new([("peak", flat)], RATE).expect("a design");
    let fit = fit_magnitude(&model, &target, &LeastSquares::new()).expect("it starts");
    assert!(fit.stop.converged() && fit.rms < 1e-9, "{fit}");
}

/// No fit says that it has converged where the cost still falls, nearly all say so, and starts at
/// 0 dB are as good as starts beside it.
#[test]
fn flat_starts_end_in_minima() {
    for bounded in [false, true] {
        let (mut converged, mut solved, mut beside) = (0, 0, 0);
        for seed in 0..PROBLEMS {
            let problem = Problem::random(seed, 0.0, bounded);
            let fit = problem.fit();
            if fit.stop.converged() {
                converged += 1;
                assert!(!problem.falls_from(&fit), "seed {seed}, bounded {bounded}: {fit}");
            }
            solved += u64::from(is_solved(&fit));
            beside += u64::from(is_solved(&Problem::random(seed, 0.1, bounded).fit()));
        }
        println!(
            "bounded: {bounded}; of {PROBLEMS} from 0 dB {converged} converge, {solved} are \
             solved; from 0.1 dB {beside}"
        );
        assert!(converged >= PROBLEMS * 95 / 100, "{converged} converge");
        assert!(solved >= beside, "{solved} are solved from 0 dB, {beside} from 0.1 dB");
    }
}
