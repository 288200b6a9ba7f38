//! Long runs on signals of every kind.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{MODEL, Model, cascade, online};
use filterbank::fit::OnlineFit;

/// Changes the kind of signal, its level and the system at random. Every output, parameter, level
/// and standard error must be a number.
fn run(samples: u64, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut fit = online(&MODEL, 500.0);
    let mut system = cascade(&MODEL, &Model::PARAMS);
    let mut state = system.state();
    let mut done = 0;
    while done < samples {
        let length = random.random_range(1..8_000_u32);
        let (kind, system_kind) = (random.random_range(0..8), random.random_range(0..6));
        let level = 10.0_f64.powf(random.random_range(-6.0..3.0));
        let frequency: f64 = random.random_range(0.0..3.0);
        if system_kind == 0 {
            let within = Model::BOUNDS.map(|(low, high)| random.random_range(low..high));
            system = cascade(&MODEL, &within);
        }
        for n in 0..length {
            let noise: f64 = random.random_range(-1.0..1.0);
            let x = match kind {
                0 => 0.0,
                1 => level,
                2 => level * (f64::from(n) * frequency).sin(),
                3 if n % 1_000 == 0 => 1e6 * level,
                4 if n % 100 == 0 => f64::NAN,
                5 if n % 500 == 0 => 1e300,
                _ => level * noise,
            };
            let wanted = match system_kind {
                1 => noise,
                2 => 1e9 * noise,
                _ => system.tick(&mut state, x),
            };
            let y = fit.tick(x, wanted);
            assert!(y.is_finite() || x.abs() > 1e100, "seed {seed}: {y}");
        }
        done += u64::from(length);
        check(&fit, seed);
    }
}

fn check(fit: &OnlineFit<'_, Model>, seed: u64) {
    for (value, (low, high)) in fit.params().iter().zip(Model::BOUNDS) {
        assert!((low..=high).contains(value), "seed {seed}: {value}");
    }
    for error in fit.standard_errors().into_iter().flatten() {
        assert!(error >= 0.0, "seed {seed}: {error}");
    }
    assert!(fit.error_db().is_none_or(|level| !level.is_nan()), "seed {seed}");
}

#[test]
fn no_signal_leads_to_anything_but_numbers() {
    for seed in 0..4 {
        run(500_000, seed);
    }
}

#[test]
#[ignore = "250 million samples take a minute"]
fn no_long_signal_leads_to_anything_but_numbers() {
    run(250_000_000, 4);
}
