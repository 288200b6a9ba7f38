//! The rounding bound: no design is further from the exact one than it says, and what it condemns
//! is wrong.

use filterbank::{Band, Cascade, Method, Scalar, Width};

use crate::common::bands::catalogue;
use crate::common::golden::{self, Specification};
use crate::common::worst::Worst;

/// The bound is for coefficients rounded once. A design in `f64` adds what its own arithmetic and
/// the evaluation of the level leave, at most this many times the bound, or [`FLOOR_DB`].
const DESIGN_FACTOR: f64 = 4.0;
const FLOOR_DB: f64 = 1e-9;

/// The levels of many cascades beside the exact ones.
#[derive(Default)]
struct Levels {
    /// Errors as multiples of the bound.
    worst: Worst,
    /// Levels whose bound is below a millionth of a dB, above 1 dB, infinite.
    accurate: usize,
    doubtful: usize,
    undetermined: usize,
}

impl Levels {
    /// Compares a cascade, evaluated in `f64`, with a specification.
    fn see<S: Scalar>(&mut self, cascade: &Cascade<S>, exact: &Specification) {
        let evaluated = cascade.cast::<f64>();
        for (&frequency, response) in exact.frequencies.iter().zip(&exact.response) {
            let bound = cascade.rounding_db(frequency);
            let here = || format!("{frequency} Hz, {:?} at {} Hz", exact.band, exact.sample_rate);
            assert!(bound > 0.0, "{bound} dB: {}", here());
            self.accurate += usize::from(bound < 1e-6);
            self.doubtful += usize::from(bound > 1.0);
            self.undetermined += usize::from(bound == f64::INFINITY);
            let level = 20.0 * response.norm().log10();
            if level == f64::NEG_INFINITY {
                assert!(bound > 1.0, "a zero within {bound} dB: {}", here());
            } else if bound < f64::INFINITY {
                let error = (evaluated.magnitude_db(frequency) - level).abs();
                let error = if error <= FLOOR_DB { 0.0 } else { error };
                self.worst.see(error / bound, || format!("{error} dB at {}", here()));
            }
        }
    }

    /// Asserts the factor, and that there was something of each kind to see.
    fn assert_within(&self, factor: f64, what: &str) {
        let Self { accurate, doubtful, undetermined, .. } = self;
        println!("{what}: {accurate} accurate, {doubtful} doubtful, {undetermined} undetermined");
        self.worst.assert_at_most(factor, what);
        assert!(*doubtful > 100 && *undetermined > 100, "{what}");
    }
}

/// The levels of the designs of a golden file, in `f64` and cast to `f32`.
fn levels(file: &str) -> (Levels, Levels) {
    let (mut double, mut single) = (Levels::default(), Levels::default());
    let mut refused = 0;
    for specification in golden::specifications(file) {
        let Specification { band, sample_rate, .. } = &specification;
        let Ok(cascade) = band.design(*sample_rate) else {
            refused += 1;
            continue;
        };
        double.see(&cascade, &specification);
        single.see(&cascade.cast::<f32>(), &specification);
    }
    assert!(refused <= 150, "{refused} refused");
    (double, single)
}

#[test]
fn no_level_is_further_off_than_the_bound() {
    let (double, single) = levels("rounding.jsonl");
    double.assert_within(DESIGN_FACTOR, "hard designs in f64");
    assert!(double.accurate > 400, "{}", double.accurate);
    single.assert_within(1.0, "hard designs in f32");

    let (double, single) = levels("design.jsonl");
    double.worst.assert_at_most(DESIGN_FACTOR, "ordinary designs in f64");
    assert!(double.accurate > 13_000, "{}", double.accurate);
    single.assert_within(1.0, "ordinary designs in f32");

    let (double, single) = levels("cookbook.jsonl");
    double.worst.assert_at_most(DESIGN_FACTOR, "shapes in f64");
    assert!(double.accurate > 2_800, "{}", double.accurate);
    single.assert_within(1.0, "shapes in f32");
}

#[test]
fn where_the_bound_is_large_levels_are_wrong() {
    // More than one level in three is off by a twentieth of its bound.
    let (mut near, mut all) = (0, 0);
    for specification in golden::specifications("rounding.jsonl") {
        let Ok(cascade) = specification.band.design(specification.sample_rate) else {
            continue;
        };
        for (&frequency, response) in specification.frequencies.iter().zip(&specification.response)
        {
            let bound = cascade.rounding_db(frequency);
            if bound > 1e-6 && bound < f64::INFINITY {
                let level = 20.0 * response.norm().log10();
                near += usize::from((cascade.magnitude_db(frequency) - level).abs() > bound / 20.0);
                all += 1;
            }
        }
    }
    println!("{near} of {all}");
    assert!(near * 3 > all, "{near} of {all}");
}

#[test]
fn a_highpass_that_f64_does_not_carry_is_told() {
    // The edge of a Butterworth filter is at -3 dB.
    let band = Band::highpass(Method::Butterworth { order: 24 }, 1e-4);
    let cascade = band.design(48_000.0).expect("stable, but wrong");
    let error = (cascade.magnitude_db(1e-4) - 10.0 * 0.5_f64.log10()).abs();
    let bound = cascade.rounding_db(1e-4);
    println!("{error} dB of {bound} dB");
    assert!(error > 10.0 && bound > error / DESIGN_FACTOR, "{error} {bound}");
    assert_eq!(band.rounding_db::<f64>(48_000.0), Ok(bound));
}

#[test]
fn the_edges_of_narrow_bandstops_are_right_or_told() {
    // The edges of a Butterworth filter are at -3 dB, however close its zeros are.
    let method = Method::Butterworth { order: 12 };
    for low in [3.0, 1_000.0, 17_000.0] {
        for width in [1e-1, 1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10] {
            let band = Band::bandstop(method, low, low + width);
            let bandstop = band.design(48_000.0).expect("stable, but perhaps wrong");
            for edge in [low, low + width] {
                let bound = bandstop.rounding_db(edge);
                let error = (bandstop.magnitude_db(edge) - 10.0 * 0.5_f64.log10()).abs();
                assert!(error <= DESIGN_FACTOR * bound, "{error} dB, {bound} dB: {band}");
                // No alarm where there is no fire.
                let expected = 1e-5 / (width * low.min(1e3));
                assert!(bound < expected || expected > 10.0, "{bound} dB: {band}");
            }
        }
        let closest = Band::bandstop(method, low, low + 1e-11).rounding_db::<f64>(48_000.0);
        assert_eq!(closest, Ok(f64::INFINITY));
    }
}

#[test]
fn ordinary_bands_are_carried_by_f64() {
    for band in catalogue() {
        let bound = band.rounding_db::<f64>(48_000.0).expect("designs");
        assert!(bound > 0.0 && bound < 1e-3, "{bound} dB: {band:?}");
    }
}

#[test]
fn what_f32_would_make_unstable_is_infinitely_wrong() {
    let narrow = Band::peak(1_000.0, Width::Q(1e9), 6.0);
    assert!(narrow.rounding_db::<f64>(48_000.0).expect("designs") < 1.0);
    assert_eq!(narrow.rounding_db::<f32>(48_000.0), Ok(f64::INFINITY));
}
