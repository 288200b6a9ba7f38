//! Random jumps of a system: each is found again by the search.

use filterbank::spec::Scale;
use filterbank::tune::{SingleOutput, Tune};
use filterbank::{Band, Cascade, Tunable, TunableCascade};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{RATE, cascade, online, system};
use crate::common::noise::uniform;

/// In samples.
const MEMORY: usize = 2_000;
/// The amplitude of the noise at the output.
const NOISE: f64 = 0.003;

/// Random parameters within their bounds, on the scale of a fit.
fn drawn<T: Tunable>(model: &T, random: &mut StdRng) -> Vec<f64> {
    let draw = |param: filterbank::tune::Param<'_>| {
        let ((low, high), place) = (param.bounds, random.random_range(0.02..0.98));
        match param.quantity.scale() {
            Scale::Linear => low + (high - low) * place,
            Scale::Logarithmic => low * (high / low).powf(place),
        }
    };
    model.params().map(draw).collect()
}

/// The root mean square of the difference of two responses, relative to the first.
fn distance(truth: &Cascade<f64>, other: &Cascade<f64>) -> f64 {
    let (mut difference, mut size) = (0.0, 0.0);
    for step in 0..400 {
        let frequency = f64::from(step) * RATE / 800.0;
        let (a, b) = (truth.response(frequency), other.response(frequency));
        difference += (a.re - b.re).powi(2) + (a.im - b.im).powi(2);
        size += a.re * a.re + a.im * a.im;
    }
    (difference / size).sqrt()
}

/// Jumps from the specification of a model to random parameters. Returns after how many memories
/// each was found, if it was within 160.
fn jumps<T: SingleOutput>(model: &T, count: u64) -> Vec<Option<usize>> {
    let start: Vec<f64> = model.params().map(|param| param.value).collect();
    let jump = |seed| {
        let target = drawn(model, &mut StdRng::seed_from_u64(seed));
        let mut fit = online(model, MEMORY as f64);
        let mut system = system(model, &start, NOISE, seed);
        let mut input = uniform(1_000 + seed);
        system.teach(&mut fit, input.by_ref().take(16 * MEMORY));
        assert!(!fit.is_lost(), "before the jump");
        system.becomes(model, &target);
        (0..160).find(|_| {
            system.teach(&mut fit, input.by_ref().take(MEMORY));
            distance(&system.filter, &cascade(model, fit.params())) < 0.03
        })
    };
    (0..count).map(jump).collect()
}

/// Prints how many jumps were found and how fast. Returns how many.
fn summary(name: &str, found: &[Option<usize>]) -> usize {
    let mut times: Vec<usize> = found.iter().flatten().map(|memories| memories + 1).collect();
    times.sort_unstable();
    let quantile = |part: usize| times.get(times.len() * part / 100);
    let (median, most) = (quantile(50), quantile(90));
    println!(
        "{name:10} {:3} of {} found, median {median:?} memories, 90 % within {most:?}",
        times.len(),
        found.len()
    );
    times.len()
}

fn model<const N: usize>(bands: [(&str, Band<Tune>); N]) -> TunableCascade {
    TunableCascade::new(bands.to_vec(), RATE).expect("a model")
}

#[test]
fn random_jumps_are_found_again() {
    let center = || Tune::within(900.0, 100.0..=7_000.0);
    let q = || Tune::within(4.0, 0.5..=20.0);
    let gain = |start| Tune::within(start, -18.0..=18.0);
    let bands = [
        ("peak", Band::peak(center(), q(), gain(9.0))),
        ("bandpass", Band::bandpass_constant_peak(center(), q())),
        ("notch", Band::notch(center(), q())),
        ("lowpass", Band::resonant_lowpass(center(), q())),
        ("high shelf", Band::high_shelf(center(), Tune::within(0.7, 0.3..=2.0), gain(9.0))),
        ("allpass", Band::allpass(center(), q())),
    ];
    let count = 20;
    for (name, band) in bands {
        let found = jumps(&model([("band", band)]), count);
        assert_eq!(summary(name, &found), found.len(), "{name}");
    }
    // All six parameters of two bands jump at once.
    let high = Tune::within(3_000.0, 100.0..=7_000.0);
    let bands =
        [("a", Band::peak(center(), q(), gain(9.0))), ("b", Band::peak(high, q(), gain(-9.0)))];
    let found = jumps(&model(bands), count);
    assert!(10 * summary("two peaks", &found) >= 7 * found.len());
}
