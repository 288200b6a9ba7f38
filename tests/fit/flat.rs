//! Equalizers that start flat: at 0 dB the level does not depend on centers and widths, and the
//! columns of their derivatives are rounding noise.

use filterbank::fit::{
    Fit, LeastSquares, MagnitudeTarget, Recording, Recordings, fit_magnitude, fit_magnitude_from,
    fit_recording, fit_response,
};
use filterbank::number::Complex;
use filterbank::{Band, Cascade, TunableCascade, Tune};

use crate::common::noise::{normal, uniform};
use crate::curves::{RATE, cascade, curve, frequencies, levels};

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

    /// Whether the cost still falls, by a millionth, when a fit is continued from beside its end,
    /// on both sides. (On one side, a step may leap over a ridge into another minimum.) Centers
    /// move by 1e-4 of themselves or of the bandwidth, whichever is less, Q by 1e-4 of itself,
    /// gains by 1e-4 dB.
    fn falls_from(&self, fit: &Fit) -> bool {
        [-1e-4, 1e-4].iter().all(|step| {
            let mut start = fit.params.clone();
            for band in start.chunks_exact_mut(3) {
                let [center, q, gain_db] = band else { continue };
                *center *= 1.0 + step / q.max(1.0);
                *q *= 1.0 + step;
                *gain_db += step;
            }
            let ends = start.iter_mut().zip(&fit.params).zip(&fit.at_bound);
            ends.filter(|(_, held)| **held).for_each(|((moved, end), _)| *moved = *end);
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

/// A gain that is held at 0 dB: the other parameters of its band have no effect, and must not be
/// determined by the rounding noise of their derivatives.
#[test]
fn parameters_of_a_band_held_at_0_db_are_not_determined() {
    let boost = || Tune::within(0.0, 0.0..=20.0);
    let method = LeastSquares::new();
    for cutoff in [35.0, 139.0, 720.0, 1_805.0, 7_000.0] {
        let tuned = || Tune::free(cutoff);
        let width = || Tune::from(0.7);
        for (band, cut) in [
            (Band::low_shelf(tuned(), width(), boost()), Band::low_shelf(500.0, 0.7, -6.0)),
            (Band::high_shelf(tuned(), width(), boost()), Band::high_shelf(500.0, 0.7, -6.0)),
            (Band::peak(tuned(), Tune::free(2.0), boost()), Band::peak(500.0, 0.7, -6.0)),
        ] {
            let model = TunableCascade::new([("band", band)], RATE).expect("a design");
            let truth = cut.design(RATE).expect("a design");
            let frequencies = frequencies(60);
            let response: Vec<_> = frequencies.iter().map(|f| truth.response(*f)).collect();
            let level = fit_magnitude(&model, &curve(&truth, 60), &method).expect("it starts");
            let response = fit_response(&model, &frequencies, &response, &method);
            // A peak finds other ways to follow the phase.
            let count = if matches!(band, Band::Peak { .. }) { 1 } else { 2 };
            for fit in [level, response.expect("it starts")].into_iter().take(count) {
                let gain = fit.params.len() - 1;
                assert_eq!((fit.params[gain], fit.at_bound[gain]), (0.0, true), "{band}: {fit}");
                assert!(fit.stop.converged(), "{band}: {fit}");
                assert!(fit.determined[..gain].iter().all(|known| !known), "{band}: {fit}");
            }
        }
    }
}

/// The one bounded problem from whose end a fit leaps into another minimum on both sides. Its end
/// is a minimum: beside it, in center and gain of the weakest peak, the cost is higher by 3e-10 at
/// a distance of 1e-5, by 3e-8 at 1e-4, by 3e-6 at 1e-3.
const LEAPS: u64 = 1_736;

/// What becomes of so many free and bounded problems. No fit says that it has converged where the
/// cost still falls, nearly all say so, and starts at 0 dB are as good as starts beside it.
fn assert_flat_starts_end_in_minima(problems: u64) {
    println!("          of {problems} problems from  0 dB               0.1 dB");
    println!("          converged  falsely  solved    solved");
    for bounded in [false, true] {
        let (mut converged, mut falsely, mut solved, mut beside) = (0, Vec::new(), 0, 0);
        for seed in 0..problems {
            let problem = Problem::random(seed, 0.0, bounded);
            let fit = problem.fit();
            if fit.stop.converged() {
                converged += 1;
                if problem.falls_from(&fit) {
                    falsely.push(seed);
                }
            }
            solved += u64::from(is_solved(&fit));
            beside += u64::from(is_solved(&Problem::random(seed, 0.1, bounded).fit()));
        }
        let kind = if bounded { "bounded" } else { "free" };
        let count = falsely.len();
        println!("{kind:8}  {converged:9}  {count:7}  {solved:6}    {beside:6}");
        let suspects: &[u64] = if bounded { &[LEAPS] } else { &[] };
        assert!(falsely.iter().all(|seed| suspects.contains(seed)), "{kind}: {falsely:?} fall");
        assert!(converged >= problems * 95 / 100, "{kind}: {converged} converge");
        assert!(solved >= beside, "{kind}: {solved} are solved from 0 dB, {beside} from 0.1 dB");
    }
}

#[test]
fn flat_starts_end_in_minima() {
    assert_flat_starts_end_in_minima(1_000);
}

/// Prints the table: `cargo test --release --test fit flat -- --ignored --nocapture`.
#[test]
#[ignore = "the same for four times as many problems"]
fn many_flat_starts_end_in_minima() {
    assert_flat_starts_end_in_minima(4_000);
}

/// Peaks that are flat at first, and the filter that they are fitted to.
struct Flat {
    centers: Vec<f64>,
    wanted: Cascade<f64>,
}

impl Flat {
    fn random(seed: u64) -> Self {
        let mut random = uniform(seed);
        let mut between = |low: f64, high: f64| {
            low + (high - low) * (0.5 + 0.5 * random.next().expect("it is endless"))
        };
        let (mut centers, mut wanted) = (Vec::new(), Vec::new());
        for _ in 0..=seed % 2 {
            let center = between(200.0_f64.ln(), 8_000.0_f64.ln()).exp();
            let q = between(0.5_f64.ln(), 4.0_f64.ln()).exp();
            wanted.push(Band::peak(center, q, between(-12.0, 12.0)));
            centers.push(center * between(-0.4, 0.4).exp());
        }
        Self { centers, wanted: cascade(&wanted) }
    }

    /// The peaks at the start of a fit.
    fn start(&self) -> TunableCascade {
        let flat: Vec<_> = self.centers.iter().flat_map(|center| [*center, 1.0, 0.0]).collect();
        peaks(&flat)
    }
}

/// Peaks with these parameters, all tuned.
fn peaks(params: &[f64]) -> TunableCascade {
    let peak = |(index, params): (usize, &[f64])| {
        let center = Tune::within(params[0], 20.0..=20e3);
        let q = Tune::within(params[1], 0.1..=10.0);
        (format!("peak{index}"), Band::peak(center, q, Tune::within(params[2], -20.0..=20.0)))
    };
    let bands: Vec<_> = params.chunks_exact(3).enumerate().map(peak).collect();
    TunableCascade::new(bands, RATE).expect("a design")
}

/// Parameters beside the end of a fit, by a factor of 1.0001; in gains by 1e-4 dB.
fn beside(fit: &Fit, peaks: usize) -> [Vec<f64>; 2] {
    [0.999_9, 1.000_1].map(|factor| {
        let each = fit.params[..3 * peaks].iter().zip(&fit.at_bound).enumerate();
        let moved = each.map(|(index, (x, held))| match (held, index % 3) {
            (true, _) => *x,
            (false, 2) => x + factor - 1.0,
            (false, _) => x * factor,
        });
        moved.collect()
    })
}

/// Counts fits that converge; asserts that no cost falls from beside their ends.
struct Honest {
    converged: u32,
    total: u32,
}

impl Honest {
    fn see(&mut self, seed: u64, fit: &Fit, peaks: usize, again: impl Fn(&[f64]) -> Fit) {
        self.total += 1;
        if fit.stop.converged() {
            self.converged += 1;
            for start in beside(fit, peaks) {
                let again = again(&start);
                assert!(again.cost > (1.0 - 1e-6) * fit.cost, "seed {seed}: {fit}\n{again}");
            }
        }
    }

    fn assert_most_converge(&self, what: &str) {
        let Self { converged, total } = self;
        println!("{what}: of {total} from 0 dB {converged} converge");
        assert!(*converged >= total * 95 / 100, "{what}: {converged} of {total} converge");
    }
}

#[test]
fn responses_fitted_from_flat_starts_end_in_minima() {
    let mut honest = Honest { converged: 0, total: 0 };
    let frequencies = frequencies(40);
    for seed in 0..300 {
        let problem = Flat::random(seed);
        let mut noise = normal(seed).map(|noise| 0.01 * noise);
        let mut error = || noise.next().expect("it is endless");
        let response = frequencies.iter().map(|f| problem.wanted.response(*f));
        let measured: Vec<_> = response.map(|h| h + Complex::new(error(), error())).collect();
        let fit = |model: &TunableCascade| {
            fit_response(model, &frequencies, &measured, &LeastSquares::new()).expect("it starts")
        };
        let first = fit(&problem.start());
        honest.see(seed, &first, problem.centers.len(), |start| fit(&peaks(start)));
    }
    honest.assert_most_converge("responses");
}

#[test]
fn recordings_fitted_from_flat_starts_end_in_minima() {
    let mut honest = Honest { converged: 0, total: 0 };
    for seed in 0..200 {
        let problem = Flat::random(seed);
        let input: Vec<f64> = normal(seed).take(500).collect();
        let mut output = input.clone();
        problem.wanted.process(&mut problem.wanted.state(), &mut output);
        output.iter_mut().zip(normal(seed + 1_000)).for_each(|(y, noise)| *y += 0.05 * noise);
        let fit = |model: &TunableCascade| {
            fit_recording(model, &input, &output, &LeastSquares::new()).expect("it starts")
        };
        let first = fit(&problem.start());
        honest.see(seed, &first, problem.centers.len(), |start| fit(&peaks(start)));
    }
    honest.assert_most_converge("recordings");
}

#[test]
fn recordings_behind_a_chain_fitted_from_flat_starts_end_in_minima() {
    let mut honest = Honest { converged: 0, total: 0 };
    for seed in 0..100 {
        let problem = Flat::random(seed);
        let input: Vec<f64> = normal(seed).take(500).collect();
        let mut output = [&[0.0; 3], &input[..497]].concat();
        problem.wanted.process(&mut problem.wanted.state(), &mut output);
        for (y, noise) in output.iter_mut().zip(normal(seed + 1_000)) {
            *y = -0.5 * (*y + 0.05 * noise) + 0.1;
        }
        let recording = Recording::new(&input, &output)
            .gain(Tune::free(1.0))
            .delay(Tune::within(0.0, -5.0..=5.0))
            .offset(Tune::free(0.0));
        let model = problem.start();
        let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
        let fit = fit.expect("it starts");
        let count = problem.centers.len();
        let [gain, delay, offset] = [0, 1, 2].map(|index| fit.params[3 * count + index]);
        honest.see(seed, &fit, count, |start| {
            let delay = Tune::within(delay, delay..=delay);
            let recording = Recording::new(&input, &output).gain(gain).delay(delay).offset(offset);
            let model = peaks(start);
            Recordings::new(&model).with(recording).fit(&LeastSquares::new()).expect("it starts")
        });
    }
    honest.assert_most_converge("recordings behind a chain");
}
