//! What designs promise, over random specifications.
//!
//! Where coefficients held in `f64` cannot carry a promise exactly, what is allowed is a small
//! multiple of what rounding does: of the root-mean-square change of the level when every
//! coefficient moves by one unit in the last place. Each test prints its largest errors as
//! fractions of what is allowed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::f64::consts::{LN_2, LN_10, PI, TAU};

use filterbank::{
    Band, Bank, BesselNorm, Cascade, Complex, Dual, Method, Requirement, Root, Scalar, Section,
    SectionState, Width,
};
use proptest::array::uniform5;
use proptest::collection;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq, prop_assume};
use strategies::Spec;

/// Random specifications.
mod strategies {
    use filterbank::{Band, BesselNorm, Method, Section, Width};
    use proptest::num::f64::ANY;
    use proptest::prop_oneof;
    use proptest::sample::select;
    use proptest::strategy::{Just, Strategy};

    /// A band and the rate it is designed for.
    #[derive(Clone, Copy, Debug)]
    pub struct Spec {
        pub band: Band<f64>,
        pub sample_rate: f64,
    }

    /// What bands are made of.
    #[derive(Clone, Copy, Debug)]
    struct Parts {
        method: Method<f64>,
        width: Width<f64>,
        low: f64,
        high: f64,
        gain_db: f64,
        sample_rate: f64,
    }

    /// A variant of [`Band`].
    type Kind = fn(Parts) -> Band<f64>;

    const KINDS: [Kind; 13] = [
        |p| Band::lowpass(p.method, p.low),
        |p| Band::highpass(p.method, p.low),
        |p| Band::bandpass(p.method, p.low, p.high),
        |p| Band::bandstop(p.method, p.low, p.high),
        |p| Band::ResonantLowpass { cutoff: p.low, width: p.width },
        |p| Band::ResonantHighpass { cutoff: p.low, width: p.width },
        |p| Band::BandpassConstantSkirt { center: p.low, width: p.width },
        |p| Band::BandpassConstantPeak { center: p.low, width: p.width },
        |p| Band::notch(p.low, p.width),
        |p| Band::Allpass { center: p.low, width: p.width },
        |p| Band::peak(p.low, p.width, p.gain_db),
        |p| Band::low_shelf(p.low, p.width, p.gain_db),
        |p| Band::high_shelf(p.low, p.width, p.gain_db),
    ];

    /// A number spread evenly over the decades.
    fn log_uniform(low: f64, high: f64) -> impl Strategy<Value = f64> + Clone {
        (0.0..=1.0).prop_map(move |t| (low * (high / low).powf(t)).clamp(low, high))
    }

    fn sample_rate() -> impl Strategy<Value = f64> + Clone {
        prop_oneof![
            select(vec![48_000.0, 44_100.0, 1.0, 2.0, 8_000.0, 96_000.0, 192_000.0]),
            log_uniform(1e-6, 1e9),
        ]
    }

    /// A frequency, as a fraction of the Nyquist frequency.
    fn edge() -> impl Strategy<Value = f64> + Clone {
        prop_oneof![log_uniform(1e-4, 0.98), log_uniform(0.02, 0.9).prop_map(|rest| 1.0 - rest)]
    }

    fn norm() -> impl Strategy<Value = BesselNorm> + Clone {
        select(vec![BesselNorm::Phase, BesselNorm::Delay, BesselNorm::Magnitude])
    }

    /// A method with these parameters.
    fn method(
        order: impl Strategy<Value = usize> + Clone,
        ripple_db: impl Strategy<Value = f64> + Clone,
        stop_db: impl Strategy<Value = f64> + Clone,
    ) -> impl Strategy<Value = Method<f64>> + Clone {
        (0..5, order, ripple_db, stop_db, norm()).prop_map(
            |(kind, order, ripple_db, stop_db, norm)| match kind {
                0 => Method::Butterworth { order },
                1 => Method::Chebyshev1 { order, ripple_db },
                2 => Method::Chebyshev2 { order, stop_db },
                3 => Method::Elliptic { order, ripple_db, stop_db },
                _ => Method::Bessel { order, norm },
            },
        )
    }

    fn parts() -> impl Strategy<Value = Parts> + Clone {
        let method = method(1..=24_usize, log_uniform(0.01, 1.0), 30.0..=120.0);
        let width = prop_oneof![
            log_uniform(0.1, 50.0).prop_map(Width::Q),
            log_uniform(0.01, 4.0).prop_map(Width::Bandwidth),
        ];
        let octaves = log_uniform(0.05, 6.0);
        (edge(), octaves, method, width, -40.0..=40.0, sample_rate()).prop_map(
            |(edge, octaves, method, width, gain_db, sample_rate)| {
                let ratio = octaves.exp2();
                let low = edge.min(0.98 / ratio) * (sample_rate / 2.0);
                Parts { method, width, low, high: low * ratio, gain_db, sample_rate }
            },
        )
    }

    fn spec(kinds: &'static [Kind]) -> impl Strategy<Value = Spec> + Clone {
        let build = |(kind, p): (Kind, Parts)| Spec { band: kind(p), sample_rate: p.sample_rate };
        (select(kinds), parts()).prop_map(build)
    }

    /// The four bands that take a method.
    pub fn method_bands() -> impl Strategy<Value = Spec> + Clone {
        spec(&KINDS[..4])
    }

    /// The shapes that are not shelves.
    pub fn shapes() -> impl Strategy<Value = Spec> + Clone {
        spec(&KINDS[4..11])
    }

    pub fn allpasses() -> impl Strategy<Value = Spec> + Clone {
        spec(&KINDS[9..10])
    }

    pub fn peaks_and_shelves() -> impl Strategy<Value = Spec> + Clone {
        prop_oneof![spec(&KINDS[10..11]), shelves()]
    }

    /// Shelves, half of them with a slope.
    pub fn shelves() -> impl Strategy<Value = Spec> + Clone {
        let slope = prop_oneof![(0.05..=0.95).prop_map(Some), Just(None)];
        (spec(&KINDS[11..]), slope).prop_map(|(mut spec, slope)| {
            if let (
                Some(slope),
                Band::LowShelf { width, gain_db, .. } | Band::HighShelf { width, gain_db, .. },
            ) = (slope, &mut spec.band)
            {
                // (A + 1/A)(1/S − 1) + 2 must be above 0.
                let sum = 2.0 * (*gain_db * (std::f64::consts::LN_10 / 40.0)).cosh();
                let limit = if sum > 2.0 { sum / (sum - 2.0) } else { f64::INFINITY };
                *width = Width::Slope(slope * limit.min(4.0));
            }
            spec
        })
    }

    /// Any of the 13.
    pub fn bands() -> impl Strategy<Value = Spec> + Clone {
        prop_oneof![5 => method_bands(), 7 => shapes(), 2 => shelves()]
    }

    /// Any `f64`, good ones as often as bad ones.
    pub fn wild() -> impl Strategy<Value = f64> + Clone {
        let special = vec![
            0.0,
            -0.0,
            1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::EPSILON,
            5e-324,
        ];
        prop_oneof![
            4 => log_uniform(1e-4, 1e5),
            2 => log_uniform(1e-300, 1e300),
            1 => -100.0..=100.0,
            1 => ANY,
            1 => select(special),
        ]
    }

    /// Any band of anything.
    pub fn wild_bands() -> impl Strategy<Value = Spec> + Clone {
        let order = prop_oneof![9 => 0..=26_usize, 1 => proptest::num::usize::ANY];
        let width = (select(vec![Width::Q, Width::Bandwidth, Width::Slope]), wild());
        let width = width.prop_map(|(width, value)| width(value));
        (select(&KINDS), method(order, wild(), wild()), width, [wild(), wild(), wild(), wild()])
            .prop_map(|(kind, method, width, [low, high, gain_db, sample_rate])| {
                let parts = Parts { method, width, low, high, gain_db, sample_rate };
                Spec { band: kind(parts), sample_rate }
            })
    }

    /// Any coefficients, stable or not, some of them zero and some of them nearly unstable.
    pub fn sections() -> impl Strategy<Value = Section<f64>> + Clone {
        let coefficient = |max: f64| prop_oneof![4 => -max..=max, 1 => Just(0.0)];
        let anywhere = (coefficient(2.5), coefficient(1.3));
        // A pole so far from the unit circle, and the other one.
        let near = (-12.0..=12.0, 0.0..=1.0, -1.0..=1.0).prop_map(
            |(decade, kind, position): (f64, f64, f64)| {
                let pole = 1.0 - decade.signum() * 10.0_f64.powf(-4.0 - decade.abs());
                if kind < 0.5 {
                    (-2.0 * pole * position, pole * pole)
                } else {
                    (-pole.mul_add(position.signum(), position), pole * position.abs())
                }
            },
        );
        let b = coefficient(3.0);
        ([b.clone(), b.clone(), b], prop_oneof![4 => anywhere, 1 => near])
            .prop_map(|([b0, b1, b2], (a1, a2))| Section::from_coefficients([b0, b1, b2, a1, a2]))
    }
}

type Outcome = Result<(), TestCaseError>;

/// At most so many times the effect of one unit in the last place.
const SMALL_FACTOR: f64 = 8.0;
/// The Landen steps round an elliptic filter's zeros some more.
const LANDEN_FACTOR: f64 = 4.0;
/// Where rounding may do more, its estimate is not trusted and nothing is promised.
const UNSURE_DB: f64 = 1e-3;
/// −3.01 dB.
const HALF_POWER_DB: f64 = -3.010_299_956_639_812;

/// The largest errors of one test, as fractions of what is allowed.
#[derive(Default)]
struct Tally(RefCell<BTreeMap<&'static str, f64>>);

impl Tally {
    /// `found` is `expected`, or off by no more than `allowed`.
    fn near(&self, what: &'static str, found: f64, expected: f64, allowed: f64) -> Outcome {
        let error = (found - expected).abs();
        prop_assert!(error <= allowed, "{what}: {found} is not {expected} ± {allowed:.1e}");
        let mut worst = self.0.borrow_mut();
        let worst = worst.entry(what).or_default();
        *worst = worst.max(error / allowed);
        Ok(())
    }

    /// `found` is at most `limit`, or above it by no more than `allowed`.
    fn at_most(&self, what: &'static str, found: f64, limit: f64, allowed: f64) -> Outcome {
        if found <= limit { Ok(()) } else { self.near(what, found, limit, allowed) }
    }
}

/// Tries `property` on so many random values. The seed is fixed; `PROPTEST_RNG_SEED` and
/// `PROPTEST_CASES` (of 256 for the usual number) go on a longer hunt.
fn for_all<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(&Tally, S::Value) -> Outcome) {
    let config = Config::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    let cases = cases * config.cases / 256;
    let max_global_rejects = 10 * cases;
    let config =
        Config { rng_seed, cases, max_global_rejects, failure_persistence: None, ..config };
    let tally = Tally::default();
    if let Err(error) = TestRunner::new(config).run(strategy, |value| property(&tally, value)) {
        panic!("{error}");
    }
    for (what, worst) in tally.0.into_inner() {
        println!("{what}: at worst {worst:.3} of what is allowed");
    }
}

/// A designed specification.
struct Designed {
    cascade: Cascade<f64>,
    spec: Spec,
}

impl Designed {
    fn new(spec: Spec) -> Result<Self, TestCaseError> {
        let cascade = spec.band.design(spec.sample_rate);
        let cascade = cascade.map_err(|error| TestCaseError::fail(error.to_string()))?;
        Ok(Self { cascade, spec })
    }

    fn nyquist(&self) -> f64 {
        self.spec.sample_rate / 2.0
    }

    fn sections(&self) -> &[Section<f64>] {
        self.cascade.sections()
    }

    /// Level and allowed error at a frequency, both in dB.
    fn level(&self, frequency: f64) -> (f64, f64) {
        let omega = self.omega(frequency);
        (self.cascade.magnitude_db(frequency), SMALL_FACTOR * rounding_db(self.sections(), omega))
    }

    fn omega(&self, frequency: f64) -> f64 {
        TAU * (frequency / self.spec.sample_rate)
    }

    /// The level at a frequency is this.
    fn level_is(&self, tally: &Tally, what: &'static str, frequency: f64, db: f64) -> Outcome {
        let (level, allowed) = self.level(frequency);
        prop_assume!(allowed < UNSURE_DB);
        tally.near(what, level, db, allowed)
    }

    /// The prewarped frequency in rad/s.
    fn warped(&self, frequency: f64) -> f64 {
        (PI * (frequency / self.spec.sample_rate)).tan()
    }

    /// The frequency in Hz that is prewarped to `warped`.
    fn unwarped(&self, warped: f64) -> f64 {
        self.spec.sample_rate / PI * warped.atan()
    }

    /// Where the prototype's frequency `x` comes to lie; for a bandpass or bandstop, above or
    /// below the centre.
    fn place(&self, x: f64, above: bool) -> f64 {
        let warped = match self.spec.band {
            Band::Lowpass { cutoff, .. } => self.warped(cutoff) * x,
            Band::Highpass { cutoff, .. } => self.warped(cutoff) / x,
            Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => {
                let (low, high) = (self.warped(low), self.warped(high));
                let x = if matches!(self.spec.band, Band::Bandpass { .. }) { x } else { 1.0 / x };
                let half = (high - low) / 2.0 * x;
                let upper = half + half.hypot((low * high).sqrt());
                if above { upper } else { low * high / upper }
            }
            shape => unreachable!("{shape:?} has no method"),
        };
        self.unwarped(warped)
    }

    /// The edges in Hz.
    fn edges(&self) -> Vec<f64> {
        match self.spec.band {
            Band::Lowpass { cutoff, .. } | Band::Highpass { cutoff, .. } => vec![cutoff],
            Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => vec![low, high],
            shape => unreachable!("{shape:?} has no method"),
        }
    }

    fn method(&self) -> Method<f64> {
        match self.spec.band {
            Band::Lowpass { method, .. }
            | Band::Highpass { method, .. }
            | Band::Bandpass { method, .. }
            | Band::Bandstop { method, .. } => method,
            shape => unreachable!("{shape:?} has no method"),
        }
    }

    /// Where the gain is that of the prototype at 0: one frequency, two for a bandstop.
    fn references(&self) -> Vec<f64> {
        match self.spec.band {
            Band::Lowpass { .. } => vec![0.0],
            Band::Highpass { .. } => vec![self.nyquist()],
            Band::Bandpass { low, high, .. } => {
                vec![self.unwarped((self.warped(low) * self.warped(high)).sqrt())]
            }
            _ => vec![0.0, self.nyquist()],
        }
    }
}

/// The root-mean-square change of the level in dB when every coefficient, the frequency, and
/// the level of every section move by one unit in the last place. What is exact by construction,
/// zeros at z = ±1 and on the unit circle, stays.
fn rounding_db(sections: &[Section<f64>], omega: f64) -> f64 {
    let (mut sum, mut slope, mut levels) = (0.0, 0.0, 0.0);
    for section in sections {
        let [b0, b1, b2, a1, a2] = section.coefficients();
        let (numerator, denominator) = ([b0, b1, b2], [1.0, a1, a2]);
        // `b1` and `a1` are differences: small ones are no more exact than large ones.
        let outer = if b0.abs() == b2.abs() || b2 == 0.0 { 0.0 } else { ulp(b0).hypot(ulp(b2)) };
        let exact = b1 == 0.0 || b1.abs() == b0.abs() || b1.abs() == 2.0 * b0.abs();
        let inner = if exact { 0.0 } else { ulp(b1.abs().max(b0.abs())) };
        sum += outer.hypot(inner).powi(2) / polynomial(numerator, omega).norm_sqr();
        let poles = ulp(a1.abs().max(1.0)).hypot(ulp(a2));
        sum += poles.powi(2) / polynomial(denominator, omega).norm_sqr();
        slope += log_slope(numerator, omega) - log_slope(denominator, omega);
        let level = section.response(omega).norm().ln().abs();
        // Numerator and denominator are rounded, and their logarithms.
        sum += (2.0 * f64::EPSILON).powi(2);
        levels += level.min(1e3);
    }
    sum += (slope * omega * f64::EPSILON).powi(2) + (levels * f64::EPSILON).powi(2);
    20.0 / LN_10 * sum.sqrt()
}

fn ulp(x: f64) -> f64 {
    x.abs().next_up() - x.abs()
}

fn polynomial([c0, c1, c2]: [f64; 3], omega: f64) -> Complex<f64> {
    let z = Complex::new(omega.cos(), -omega.sin());
    Complex::from_real(c0) + z.scale(c1) + (z * z).scale(c2)
}

/// The derivative of the logarithm of a polynomial's magnitude by `omega`.
fn log_slope([c0, c1, c2]: [f64; 3], omega: f64) -> f64 {
    let derivative = polynomial([0.0, c1, 2.0 * c2], omega) * Complex::new(0.0, -1.0);
    (derivative / polynomial([c0, c1, c2], omega)).re
}

fn decibels(gain: f64) -> f64 {
    20.0 * gain.log10()
}

/// From 0 to 1, dense towards 1, where the ripples are.
fn prototype_grid() -> impl Iterator<Item = f64> {
    (0..=60).map(|i| (f64::from(i) * PI / 120.0).sin())
}

#[test]
fn every_section_is_stable_and_there_are_as_many_as_the_order_needs() {
    for_all(2_000, &strategies::bands(), |_, spec| {
        let designed = Designed::new(spec)?;
        for section in designed.sections() {
            prop_assert!(section.is_stable(), "{section:?}");
            prop_assert!(section.coefficients().iter().all(|c| c.is_finite()), "{section:?}");
        }
        prop_assert!(radius(&designed.cascade) < 1.0);
        let (count, poles) = match spec.band {
            Band::Lowpass { method, .. } | Band::Highpass { method, .. } => {
                (method.order().div_ceil(2), method.order())
            }
            Band::Bandpass { method, .. } | Band::Bandstop { method, .. } => {
                (method.order(), 2 * method.order())
            }
            _ => (1, 2),
        };
        prop_assert_eq!(designed.sections().len(), count);
        let zpk = designed.cascade.zpk();
        let roots = |roots: &[Root<f64>]| -> usize {
            roots.iter().map(|root| if matches!(root, Root::Pair(_)) { 2 } else { 1 }).sum()
        };
        prop_assert_eq!(roots(&zpk.poles), poles);
        prop_assert_eq!(roots(&zpk.zeros), poles);
        Ok(())
    });
}

#[test]
fn the_level_at_the_edges_is_what_the_method_promises() {
    for_all(2_000, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let (what, db) = match designed.method() {
            Method::Butterworth { .. } => ("Butterworth", HALF_POWER_DB),
            Method::Chebyshev1 { ripple_db, .. } => ("Chebyshev I", -ripple_db),
            Method::Chebyshev2 { stop_db, .. } => ("Chebyshev II", -stop_db),
            Method::Elliptic { ripple_db, .. } => ("elliptic", -ripple_db),
            Method::Bessel { norm: BesselNorm::Magnitude, .. } => ("Bessel", HALF_POWER_DB),
            Method::Bessel { .. } => return Ok(()),
        };
        for edge in designed.edges() {
            designed.level_is(tally, what, edge, db)?;
        }
        Ok(())
    });
}

#[test]
fn the_level_at_the_reference_is_0_db_or_the_trough_of_the_ripple() {
    for_all(2_000, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let db = match designed.method() {
            Method::Chebyshev1 { order, ripple_db } | Method::Elliptic { order, ripple_db, .. }
                if order % 2 == 0 =>
            {
                -ripple_db
            }
            _ => 0.0,
        };
        for frequency in designed.references() {
            designed.level_is(tally, "whole", frequency, db)?;
        }
        // The first section carries the trough; otherwise each has gain 1.
        for (index, section) in designed.sections().iter().enumerate() {
            let expected = if index == 0 { db } else { 0.0 };
            let mut level = 0.0;
            let mut allowed = 0.0;
            let references = designed.references();
            for frequency in &references {
                let omega = designed.omega(*frequency);
                level += decibels(section.response(omega).norm()) / references.len() as f64;
                allowed += SMALL_FACTOR * rounding_db(&[*section], omega);
            }
            tally.near("section", level, expected, allowed)?;
        }
        Ok(())
    });
}

#[test]
fn the_passband_keeps_its_ripple_and_the_stopband_its_attenuation() {
    for_all(500, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let (ripple_db, stop_db) = match designed.method() {
            Method::Chebyshev1 { ripple_db, .. } => (Some(ripple_db), None),
            Method::Chebyshev2 { stop_db, .. } => (None, Some(stop_db)),
            Method::Elliptic { ripple_db, stop_db, .. } => (Some(ripple_db), Some(stop_db)),
            Method::Butterworth { .. } | Method::Bessel { .. } => return Ok(()),
        };
        let stop_edge = |above| match (ripple_db, stop_db) {
            (Some(_), Some(stop_db)) => stop_edge(&designed, stop_db, above),
            _ => 1.0,
        };
        let stop_edges = [stop_edge(false), stop_edge(true)];
        for (x, above) in prototype_grid().flat_map(|x| [(x, false), (x, true)]) {
            let (level, allowed) = designed.level(designed.place(x, above));
            prop_assume!(allowed < UNSURE_DB);
            tally.at_most("passband's peaks", level, 0.0, allowed)?;
            if let Some(ripple_db) = ripple_db {
                tally.at_most("passband's troughs", -level, ripple_db, allowed)?;
                let (level, allowed) = designed.level(designed.place(x.recip(), above));
                tally.at_most("beyond the passband", level, -ripple_db, allowed)?;
            }
            if let Some(stop_db) = stop_db {
                tally.at_most("before the stopband", -level, stop_db, allowed)?;
                let x = stop_edges[usize::from(above)] / x;
                let (level, allowed) = designed.level(designed.place(x, above));
                let landen = if ripple_db.is_some() { LANDEN_FACTOR } else { 1.0 };
                tally.at_most("stopband", level, -stop_db, landen * allowed)?;
            }
        }
        Ok(())
    });
}

/// The frequency of an elliptic prototype from which it attenuates by `stop_db`: beyond the
/// passband it falls, until there.
fn stop_edge(designed: &Designed, stop_db: f64, above: bool) -> f64 {
    let attenuated =
        |log: f64| designed.level(designed.place(1.0 + log.exp(), above)).0 <= -stop_db;
    let mut low = f64::EPSILON.ln();
    let mut high = low;
    while !attenuated(high) {
        low = high;
        high += 0.1;
        if high > 100.0 {
            // Order 1: the only zero is at infinity.
            break;
        }
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if attenuated(middle) { high = middle } else { low = middle }
    }
    1.0 + high.exp()
}

#[test]
fn stopbands_of_even_orders_end_at_the_attenuation_they_promise() {
    for_all(1_000, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let (what, order, stop_db, factor) = match designed.method() {
            Method::Chebyshev2 { order, stop_db } => ("Chebyshev II", order, stop_db, 1.0),
            Method::Elliptic { order, stop_db, .. } => ("elliptic", order, stop_db, LANDEN_FACTOR),
            _ => return Err(TestCaseError::reject("no ripple in the stopband")),
        };
        prop_assume!(order % 2 == 0);
        for above in [false, true] {
            let (level, allowed) = designed.level(designed.place(f64::INFINITY, above));
            prop_assume!(allowed < UNSURE_DB);
            tally.near(what, level, -stop_db, factor * allowed)?;
        }
        Ok(())
    });
}

#[test]
fn butterworth_filters_never_rise_away_from_their_reference() {
    for_all(500, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        prop_assume!(matches!(designed.method(), Method::Butterworth { .. }));
        for above in [false, true] {
            let rising: Vec<f64> = prototype_grid().collect();
            let beyond = rising.iter().rev().map(|x| x.recip());
            let (mut last, mut last_allowed) = (0.0, 0.0);
            for x in rising.iter().copied().chain(beyond) {
                let (level, allowed) = designed.level(designed.place(x, above));
                prop_assume!(allowed < UNSURE_DB || level < -100.0);
                tally.at_most("next level", level, last, allowed + last_allowed)?;
                (last, last_allowed) = (level, allowed);
            }
        }
        Ok(())
    });
}

#[test]
fn zeros_of_methods_lie_exactly_on_the_unit_circle() {
    for_all(1_000, &strategies::method_bands(), |_, spec| {
        let designed = Designed::new(spec)?;
        let all_pole =
            !matches!(designed.method(), Method::Chebyshev2 { .. } | Method::Elliptic { .. });
        // Zeros at z = 1 and at z = −1.
        let mut at_ends = [0, 0];
        for section in designed.sections() {
            let [b0, b1, b2] = [section.b0, section.b1, section.b2];
            let ends = match (b1 / b0, b2 / b0) {
                (-1.0, 0.0) => [1, 0],
                (1.0, 0.0) => [0, 1],
                (0.0, -1.0) => [1, 1],
                (-2.0, 1.0) => [2, 0],
                (2.0, 1.0) => [0, 2],
                (_, 1.0) => {
                    prop_assert!(b1.abs() < 2.0 * b0.abs(), "{section:?}");
                    [0, 0]
                }
                _ => return Err(TestCaseError::fail(format!("{section:?}"))),
            };
            at_ends = [at_ends[0] + ends[0], at_ends[1] + ends[1]];
        }
        let order = designed.method().order();
        let expected = match spec.band {
            Band::Lowpass { .. } if all_pole => [0, order],
            Band::Highpass { .. } if all_pole => [order, 0],
            Band::Bandpass { .. } if all_pole => [order, order],
            // The zero of the real pole is at infinity; the others are too far from there.
            Band::Lowpass { .. } => [0, order % 2],
            Band::Highpass { .. } => [order % 2, 0],
            Band::Bandpass { .. } => [order % 2, order % 2],
            _ => [0, 0],
        };
        prop_assert_eq!(at_ends, expected);
        Ok(())
    });
}

#[test]
fn sections_run_from_the_lowest_q_to_the_highest_and_the_lower_edge_comes_first() {
    for_all(1_000, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let sections = designed.sections();
        let pairs_of_sections = matches!(spec.band, Band::Bandpass { .. } | Band::Bandstop { .. });
        let first_order = designed.method().order() % 2;
        let resonances: Vec<_> = sections[first_order..].iter().map(resonance).collect();
        if pairs_of_sections {
            for pair in resonances.chunks(2) {
                let [(lower, lower_q, lower_allowed), (upper, upper_q, upper_allowed)] = *pair
                else {
                    return Err(TestCaseError::fail("a pole pair makes two sections"));
                };
                prop_assert!(lower <= upper, "{pair:?}");
                let allowed = lower_allowed + upper_allowed;
                tally.near("Q of both edges", lower_q / upper_q, 1.0, allowed)?;
            }
        }
        for pair in resonances.windows(2) {
            let [(_, before, before_allowed), (_, after, after_allowed)] = *pair else {
                return Err(TestCaseError::fail("a window of two is a pair"));
            };
            let allowed = before_allowed + after_allowed;
            tally.at_most("Q before", before / after, 1.0, allowed)?;
        }
        Ok(())
    });
}

/// The analog frequency (in rad/s) and Q of a section's poles, and the relative error of Q when
/// `a2` moves by some units in the last place.
fn resonance(section: &Section<f64>) -> (f64, f64, f64) {
    let Section { a1, a2, .. } = *section;
    // In units of the leading coefficient of the analog denominator.
    let (d2, d1, d0) = ((1.0 - a1) + a2, 2.0 * (1.0 - a2), (1.0 + a1) + a2);
    let allowed = f64::EPSILON * (d2.recip() + d1.recip() + d0.recip());
    ((d0 / d2).sqrt(), (d0 * d2).sqrt() / d1, 2.0 * allowed)
}

#[test]
fn a_highpass_is_the_mirror_of_a_lowpass_and_a_band_that_of_its_mirrored_band() {
    let positions = (1..65_000_u32, 1..65_000_u32, 1..200_000_u32);
    let strategy = (strategies::method_bands(), positions);
    for_all(1_000, &strategy, |tally, (spec, (first, second, sample_rate))| {
        // Frequencies whose distance to the Nyquist frequency is exact.
        let sample_rate = f64::from(sample_rate);
        let nyquist = sample_rate / 2.0;
        let frequency = |position: u32| nyquist * (f64::from(position) / 65_536.0);
        prop_assume!(first != second);
        let (low, high) = (frequency(first.min(second)), frequency(first.max(second)));
        let (band, mirrored) = match spec.band {
            Band::Lowpass { method, .. } => {
                (Band::lowpass(method, low), Band::highpass(method, nyquist - low))
            }
            Band::Highpass { method, .. } => {
                (Band::highpass(method, low), Band::lowpass(method, nyquist - low))
            }
            Band::Bandpass { method, .. } => {
                let mirrored = Band::bandpass(method, nyquist - high, nyquist - low);
                (Band::bandpass(method, low, high), mirrored)
            }
            Band::Bandstop { method, .. } => {
                let mirrored = Band::bandstop(method, nyquist - high, nyquist - low);
                (Band::bandstop(method, low, high), mirrored)
            }
            shape => unreachable!("{shape:?} has no method"),
        };
        let mirrored = mirrored.design(sample_rate);
        let mirrored = mirrored.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let designed = Designed::new(Spec { band, sample_rate })?;
        for x in prototype_grid() {
            let frequency = nyquist * (x * 65_536.0).round() / 65_536.0;
            let (level, allowed) = designed.level(frequency);
            // At a zero nothing is promised.
            if allowed < UNSURE_DB {
                let other = mirrored.magnitude_db(nyquist - frequency);
                tally.near("level", other, level, allowed)?;
            }
        }
        Ok(())
    });
}

#[test]
fn bessel_filters_keep_what_their_norm_promises() {
    for_all(1_000, &strategies::method_bands(), |tally, spec| {
        let Method::Bessel { order, norm } = Designed::new(spec)?.method() else {
            return Err(TestCaseError::reject("no Bessel filter"));
        };
        let (Band::Lowpass { cutoff, .. } | Band::Highpass { cutoff, .. }) = spec.band else {
            return Err(TestCaseError::reject("not one edge"));
        };
        let lowpass = |method| {
            Designed::new(Spec {
                band: Band::lowpass(method, cutoff),
                sample_rate: spec.sample_rate,
            })
        };
        let bessel = lowpass(Method::Bessel { order, norm })?;
        let warped = bessel.warped(cutoff);
        match norm {
            BesselNorm::Magnitude => bessel.level_is(tally, "magnitude", cutoff, HALF_POWER_DB)?,
            BesselNorm::Delay => {
                let delay = bessel.cascade.group_delay(0.0);
                let scale = 0.5 / warped;
                // The sum of the feedback coefficients is about the square of the prewarped edge.
                let rounding = order as f64 + warped + 1.0 / (warped * warped);
                let allowed = SMALL_FACTOR * f64::EPSILON * rounding;
                tally.near("delay", delay / scale, 1.0, allowed)?;
            }
            BesselNorm::Phase => {
                // At the Nyquist frequency both have a zero of the same order; what is left is
                // the ratio of the far asymptotes.
                let far = |sections: &[Section<f64>]| -> f64 {
                    sections.iter().map(|s| s.b0 / ((1.0 - s.a1) + s.a2)).product()
                };
                let butterworth = lowpass(Method::Butterworth { order })?;
                let ratio = far(bessel.sections()) / far(butterworth.sections());
                tally.near("asymptote", ratio, 1.0, 1e-13)?;
            }
        }
        Ok(())
    });
}

/// Q from any width of a shape that is not a shelf, at `omega` rad/sample: the cookbook's formula.
fn q_of(width: Width<f64>, omega: f64) -> f64 {
    match width {
        Width::Q(q) => q,
        Width::Bandwidth(octaves) => 0.5 / (LN_2 / 2.0 * octaves * omega / omega.sin()).sinh(),
        Width::Slope(_) => unreachable!("only shelves have a slope"),
    }
}

#[test]
fn cookbook_shapes_have_their_gains_at_the_ends_and_at_the_center() {
    for_all(4_000, &strategies::shapes(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let section = designed.sections()[0];
        let nyquist = designed.nyquist();
        // The level in dB at 0 Hz, the centre and the Nyquist frequency; −∞ is an exact zero.
        let q_db = |at: f64, width| decibels(q_of(width, designed.omega(at)));
        let infinite = f64::NEG_INFINITY;
        let (what, center, [low, middle, high]) = match spec.band {
            Band::ResonantLowpass { cutoff, width } => {
                ("lowpass", cutoff, [0.0, q_db(cutoff, width), infinite])
            }
            Band::ResonantHighpass { cutoff, width } => {
                ("highpass", cutoff, [infinite, q_db(cutoff, width), 0.0])
            }
            Band::BandpassConstantSkirt { center, width } => {
                ("constant skirt", center, [infinite, q_db(center, width), infinite])
            }
            Band::BandpassConstantPeak { center, .. } => {
                ("constant peak", center, [infinite, 0.0, infinite])
            }
            Band::Notch { center, .. } => ("notch", center, [0.0, infinite, 0.0]),
            Band::Allpass { center, .. } => ("allpass", center, [0.0; 3]),
            Band::Peak { center, gain_db, .. } => ("peak", center, [0.0, gain_db, 0.0]),
            shape => unreachable!("{shape:?} is no such shape"),
        };
        for (frequency, expected) in [(0.0, low), (nyquist, high)] {
            if expected == infinite {
                let b1 = if frequency == 0.0 { section.b1 } else { -section.b1 };
                prop_assert_eq!((section.b0 + b1) + section.b2, 0.0);
            } else {
                designed.level_is(tally, what, frequency, expected)?;
            }
        }
        if let Band::Notch { .. } = spec.band {
            prop_assert_eq!(section.b0, section.b2);
            // The zero is at the centre, as far as `b1` can say.
            let cos = -section.b1 / (2.0 * section.b0);
            tally.near("notch", cos, designed.omega(center).cos(), SMALL_FACTOR * f64::EPSILON)?;
        } else {
            let (level, allowed) = designed.level(center);
            // The test has rounded Q, too.
            tally.near(what, level, middle, 2.0 * allowed)?;
        }
        Ok(())
    });
}

#[test]
fn an_allpass_passes_everything_and_turns_the_phase_by_pi_at_its_center() {
    for_all(4_000, &(strategies::allpasses(), 0.0..=1.0), |tally, (spec, position)| {
        let Band::Allpass { center, .. } = spec.band else { unreachable!("all are allpasses") };
        let designed = Designed::new(spec)?;
        designed.level_is(tally, "level", position * designed.nyquist(), 0.0)?;
        let from_minus_1 = designed.cascade.response(center) + Complex::from_real(1.0);
        let allowed = |frequency| 2.0 * designed.level(frequency).1 * LN_10 / 20.0;
        tally.near("response at the centre", from_minus_1.norm(), 0.0, allowed(center))?;
        // The phase falls all the way, by 2π: it is below −π only above the centre.
        let below = position * center;
        let above = center + position * (designed.nyquist() - center);
        let [h, j] = [below, above].map(|frequency| designed.cascade.response(frequency));
        tally.at_most("imaginary part below the centre", h.im, 0.0, allowed(below))?;
        tally.at_most("imaginary part above the centre", -j.im, 0.0, allowed(above))?;
        prop_assert!(designed.cascade.group_delay(below) > 0.0);
        prop_assert!(designed.cascade.group_delay(above) > 0.0);
        Ok(())
    });
}

#[test]
fn a_peak_is_highest_at_its_center_and_its_opposite_undoes_it() {
    for_all(4_000, &(strategies::peaks_and_shelves(), 0.0..=1.0), |tally, (spec, position)| {
        let (opposite, gain) = match spec.band {
            Band::Peak { center, width, gain_db } => {
                (Band::Peak { center, width, gain_db: -gain_db }, gain_db)
            }
            Band::LowShelf { cutoff, width, gain_db } => {
                (Band::LowShelf { cutoff, width, gain_db: -gain_db }, gain_db)
            }
            Band::HighShelf { cutoff, width, gain_db } => {
                (Band::HighShelf { cutoff, width, gain_db: -gain_db }, gain_db)
            }
            shape => unreachable!("{shape:?} has no gain"),
        };
        let designed = Designed::new(spec)?;
        let undone = Designed::new(Spec { band: opposite, ..spec })?;
        let frequency = position * designed.nyquist();
        let (level, allowed) = designed.level(frequency);
        let (opposite, opposite_allowed) = undone.level(frequency);
        let together = designed.cascade.response(frequency) * undone.cascade.response(frequency);
        let allowed = allowed + opposite_allowed;
        tally.near("level of both", level + opposite, 0.0, allowed)?;
        let ratio = LN_10 / 20.0;
        let error = (together - Complex::from_real(1.0)).norm();
        tally.near("response of both", error, 0.0, ratio * allowed)?;
        if let Band::Peak { .. } = spec.band {
            tally.at_most("above the peak", level * gain.signum(), gain.abs(), allowed)?;
            tally.at_most("below 0 dB", -level * gain.signum(), 0.0, allowed)?;
        }
        Ok(())
    });
}

#[test]
fn bandwidths_lie_between_the_points_of_half_the_level() {
    for_all(4_000, &strategies::shapes(), |tally, spec| {
        // The level at the ends of the bandwidth.
        let (what, center, width, db) = match spec.band {
            Band::BandpassConstantSkirt { center, width } => {
                let q = q_of(width, TAU * (center / spec.sample_rate));
                ("constant skirt", center, width, decibels(q) + HALF_POWER_DB)
            }
            Band::BandpassConstantPeak { center, width } => {
                ("constant peak", center, width, HALF_POWER_DB)
            }
            Band::Notch { center, width } => ("notch", center, width, HALF_POWER_DB),
            Band::Peak { center, width, gain_db } => ("peak", center, width, gain_db / 2.0),
            _ => return Err(TestCaseError::reject("no bandwidth")),
        };
        let designed = Designed::new(spec)?;
        let q = q_of(width, designed.omega(center));
        // Ω/Ω₀ − Ω₀/Ω = ±1/Q there: an octave is one of analog frequencies.
        let half = 0.5 / q;
        let ratio = half + half.hypot(1.0);
        let warped = designed.warped(center);
        let ends = [warped * ratio, warped / ratio].map(|warped| designed.unwarped(warped));
        for end in ends {
            // Near its end, the frequency axis itself is too coarse.
            prop_assume!((1e-6..0.999).contains(&(end / designed.nyquist())));
            let (level, allowed) = designed.level(end);
            // The test has rounded the bandwidth and both ends, too.
            tally.near(what, level, db, 3.0 * allowed)?;
        }
        if let Width::Bandwidth(octaves) = width {
            // In digital frequencies the bandwidth is exact only while it is narrow: the next
            // term of the expansion is of third order.
            let omega = designed.omega(center);
            let found = (ends[0] / ends[1]).log2();
            let warping = octaves * (omega / omega.sin());
            tally.near("octaves", found / octaves, 1.0, 0.04 * warping * warping)?;
        }
        Ok(())
    });
}

#[test]
fn shelves_have_their_gains_at_the_ends_and_half_of_it_at_the_cutoff() {
    for_all(4_000, &(strategies::shelves(), 0.0..=1.0), |tally, (spec, position)| {
        let (cutoff, width, gain_db, ends) = match spec.band {
            Band::LowShelf { cutoff, width, gain_db } => (cutoff, width, gain_db, [gain_db, 0.0]),
            Band::HighShelf { cutoff, width, gain_db } => (cutoff, width, gain_db, [0.0, gain_db]),
            shape => unreachable!("{shape:?} is no shelf"),
        };
        let designed = Designed::new(spec)?;
        let nyquist = designed.nyquist();
        for (frequency, db) in [(0.0, ends[0]), (cutoff, gain_db / 2.0), (nyquist, ends[1])] {
            designed.level_is(tally, "level", frequency, db)?;
        }
        let Width::Slope(slope) = width else { return Ok(()) };

        // At the cutoff the level changes by this much for each unit of ln Ω: in proportion to
        // the slope.
        let amplitude = (gain_db * (LN_10 / 40.0)).exp();
        let steepness = (amplitude - 1.0 / amplitude) / (amplitude + 1.0 / amplitude);
        let expected = 40.0 / LN_10 * slope * steepness;
        let at = |step: f64| {
            let frequency = designed.unwarped(designed.warped(cutoff) * step.exp());
            designed.cascade.magnitude_db(frequency)
        };
        let damping = ((amplitude + 1.0 / amplitude) * (1.0 / slope - 1.0) + 2.0).sqrt();
        let step = 0.002 * damping.min(1.0);
        let difference = 8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step));
        let sign = if ends[0] == 0.0 { 1.0 } else { -1.0 };
        let (_, allowed) = designed.level(cutoff);
        let allowed = allowed / step + 2e-9 * expected.abs();
        tally.near("slope", sign * difference / (12.0 * step), expected, allowed)?;

        // A slope of at most 1 is without a bump.
        if slope <= 1.0 {
            let (level, allowed) = designed.level(position * nyquist);
            tally.at_most("above the shelf", level * gain_db.signum(), gain_db.abs(), allowed)?;
            tally.at_most("below 0 dB", -level * gain_db.signum(), 0.0, allowed)?;
        }
        Ok(())
    });
}

/// A root and, for a pair, its conjugate.
fn both(root: &Root<f64>) -> impl Iterator<Item = Complex<f64>> {
    let (first, second) = match *root {
        Root::Real(x) => (Complex::from_real(x), None),
        Root::Pair(z) => (z, Some(z.conj())),
    };
    std::iter::once(first).chain(second)
}

/// The largest magnitude of a pole.
fn radius(cascade: &Cascade<f64>) -> f64 {
    cascade.zpk().poles.iter().flat_map(both).map(Complex::norm).fold(0.0, f64::max)
}

#[test]
fn group_delay_is_the_slope_of_the_phase() {
    for_all(1_000, &(strategies::bands(), 0.0..=1.0), |tally, (spec, position)| {
        let Designed { cascade, .. } = Designed::new(spec)?;
        let at = |omega: f64| {
            let h = cascade.sections().iter().map(|section| section.response(omega));
            h.fold(Complex::from_real(1.0), |product, h| product * h)
        };
        // How fast anything can change here: each root by the reciprocal of its distance.
        let omega: f64 = PI * position;
        let point = Complex::new(omega.cos(), omega.sin());
        let zpk = cascade.zpk();
        let roots = zpk.zeros.iter().chain(&zpk.poles).flat_map(both);
        let rate: f64 = roots.map(|root| (point - root).norm().recip()).sum();
        prop_assume!(rate < 1e6);
        // Sixth-order central differences, at points that are exact.
        let step = (0.01 / rate).log2().floor().exp2();
        let omega = (omega / step).round() * step;
        let turn = |steps: f64| (at(omega + steps * step) / at(omega - steps * step)).arg();
        let slope = (45.0 * turn(1.0) - 9.0 * turn(2.0) + turn(3.0)) / (60.0 * step);
        let delay = cascade.group_delay(omega / TAU * spec.sample_rate);
        // The responses are rounded, by more where roots are near.
        let allowed = rate * (3e-12 + 100.0 * f64::EPSILON * rate);
        tally.near("group delay", delay, -slope, allowed)
    });
}

#[test]
fn the_response_is_the_transform_of_the_impulse_response() {
    for_all(200, &(strategies::bands(), 0.0..=0.5), |tally, (spec, position)| {
        // At a sample rate of 1 and a position of few digits, no angle is rounded.
        let cascade = Cascade::new(Designed::new(spec)?.cascade.sections().to_vec(), 1.0);
        let cascade = cascade.expect("the sample rate is valid");
        let position = f64::round(position * 65_536.0) / 65_536.0;
        // Long enough for the rest to be nothing.
        let length = (40.0 / (1.0 - radius(&cascade))).clamp(64.0, 1e9);
        prop_assume!(length < 4_000.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is short")]
        let length = (length as usize).next_power_of_two();
        let impulse_response = cascade.impulse_response(length);
        let sum: f64 = impulse_response.iter().map(|h| h.abs()).sum();
        let noise = 10.0 * f64::EPSILON * (rounding_gain(&cascade, length) + sum);

        let transform = impulse_response.iter().enumerate().map(|(n, &h)| {
            let angle: f64 = TAU * (position * n as f64).fract();
            Complex::new(h * angle.cos(), -h * angle.sin())
        });
        let transform = transform.fold(Complex::from_real(0.0), |sum, term| sum + term);
        let response = cascade.response(position);
        tally.near("transform", (transform - response).norm(), 0.0, noise)?;

        let energy: f64 = impulse_response.iter().map(|h| h * h).sum();
        let power = (0..length).map(|k| cascade.response(k as f64 / length as f64).norm_sqr());
        let mean = power.sum::<f64>() / length as f64;
        tally.near("energy", energy, mean, noise * sum)
    });
}

/// How much rounding errors of sections grow, as random ones do: each is as large as what is
/// added up in the section, and goes through the section's poles and the sections that follow.
fn rounding_gain(cascade: &Cascade<f64>, length: usize) -> f64 {
    let sections = cascade.sections();
    let impulse_response = |sections: &[Section<f64>]| {
        let part = Cascade::new(sections.iter().copied(), 1.0).expect("the sample rate is valid");
        part.impulse_response(length).into_iter()
    };
    let strength =
        |sections: &[Section<f64>]| impulse_response(sections).map(|h| h * h).sum::<f64>().sqrt();
    let gain = |index: usize| {
        let [b0, b1, b2, a1, a2] = sections[index].coefficients();
        let (input, output) = (strength(&sections[..index]), strength(&sections[..=index]));
        let terms = [b0 * input, b1 * input, b2 * input, output, a1 * output, a2 * output];
        let mut after = sections[index..].to_vec();
        after[0] = Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]);
        largest(&terms) * impulse_response(&after).map(f64::abs).sum::<f64>()
    };
    (0..sections.len()).map(gain).sum()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |max, x| max.max(x.abs()))
}

#[test]
fn the_response_is_the_product_of_its_sections_and_conjugate_at_negative_frequencies() {
    for_all(1_000, &(strategies::bands(), -0.5..=0.5), |tally, (spec, position)| {
        let Designed { cascade, .. } = Designed::new(spec)?;
        let frequency = position * spec.sample_rate;
        let h = cascade.response(frequency);
        prop_assert_eq!(cascade.response(-frequency), h.conj());
        prop_assert_eq!(cascade.magnitude_db(-frequency), cascade.magnitude_db(frequency));
        prop_assert_eq!(cascade.group_delay(-frequency), cascade.group_delay(frequency));
        prop_assert_eq!(cascade.phase(frequency), h.arg());

        let alone = |section| Cascade::new([section], spec.sample_rate).expect("a valid rate");
        let sections = cascade.sections().iter().map(|s| alone(*s).response(frequency));
        let product = sections.clone().fold(Complex::from_real(1.0), |product, h| product * h);
        prop_assert_eq!(product, h);
        let levels: f64 = sections.map(|h| decibels(h.norm()).abs()).sum();
        let (level, allowed) = (cascade.magnitude_db(frequency), 2e-14 * (1.0 + levels));
        if level == f64::NEG_INFINITY {
            prop_assert_eq!(h.norm(), 0.0);
        } else {
            tally.near("level", level, decibels(h.norm()), allowed)?;
        }
        Ok(())
    });
}

#[test]
fn roots_multiply_out_to_the_sections_they_came_from() {
    for_all(4_000, &strategies::sections(), |tally, section| {
        let cascade = Cascade::new([section], 1.0).expect("the sample rate is valid");
        let zpk = cascade.zpk();
        for pair in zpk.zeros.iter().chain(&zpk.poles) {
            if let Root::Pair(root) = pair {
                prop_assert!(root.im > 0.0, "{root:?}");
            }
        }
        let expand = |roots: &[Root<f64>]| {
            let mut polynomial = vec![1.0];
            for root in roots {
                let factor = match *root {
                    Root::Real(x) => vec![1.0, -x],
                    Root::Pair(z) => vec![1.0, -2.0 * z.re, z.norm_sqr()],
                };
                polynomial = multiply(&polynomial, &factor);
            }
            polynomial
        };
        // Highest power first; a numerator of lower degree starts later.
        let [b0, b1, b2, a1, a2] = section.coefficients();
        let first_order = b2 == 0.0 && a2 == 0.0;
        let denominator = if first_order { vec![1.0, a1] } else { vec![1.0, a1, a2] };
        let numerator = if first_order { vec![b0, b1] } else { vec![b0, b1, b2] };
        let mut zeros: Vec<f64> = expand(&zpk.zeros).iter().map(|c| c * zpk.gain).collect();
        while zeros.len() < numerator.len() {
            zeros.insert(0, 0.0);
        }
        let poles = expand(&zpk.poles);
        for (what, found, expected) in [("zeros", zeros, numerator), ("poles", poles, denominator)]
        {
            prop_assert_eq!(found.len(), expected.len());
            let scale = largest(&expected);
            for (found, expected) in found.iter().zip(expected) {
                tally.near(what, *found, expected, 4.0 * f64::EPSILON * scale)?;
            }
        }

        // Stable means that every pole lies inside the unit circle, as far as one can tell.
        let radius = radius(&cascade);
        if (radius - 1.0).abs() > 1e-15 {
            prop_assert_eq!(section.is_stable(), radius < 1.0, "radius {}", radius);
        }
        Ok(())
    });
}

fn multiply(p: &[f64], q: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; p.len() + q.len() - 1];
    for (i, a) in p.iter().enumerate() {
        for (j, b) in q.iter().enumerate() {
            product[i + j] += a * b;
        }
    }
    product
}

#[test]
fn real_roots_near_0_are_found_to_full_precision() {
    let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-15 * expected.abs();
    let root = |roots: &[Root<f64>]| match *roots {
        [Root::Real(far), Root::Real(near)] => [far, near],
        _ => panic!("{roots:?} are not two real roots"),
    };
    // (1 + r/z)(1 + 0/z), and (1 + r/z)(1 + 2r/z): the coefficients are exact.
    for r in [0.0157, 1e-3, 1e-6, 1e-9, 1e-12] {
        let r = f64::from(f32::from_f64(r));
        let section = Section::from_coefficients([1.0, r, 0.0, 3.0 * r, 2.0 * r * r]);
        let zpk = Cascade::new([section], 1.0).expect("the sample rate is valid").zpk();
        let [far, near] = root(&zpk.zeros);
        assert!(close(far, -r) && near == 0.0, "{zpk:?}");
        let [far, near] = root(&zpk.poles);
        assert!(close(far, -2.0 * r) && close(near, -r), "{zpk:?}");
    }
}

#[test]
fn any_band_whatever_is_designed_stable_and_finite_or_refused() {
    let strategy = (strategies::wild_bands(), [strategies::wild(), strategies::wild()]);
    for_all(20_000, &strategy, |_, (spec, [frequency, sample])| {
        let Spec { band, sample_rate } = spec;
        try_everything(band, sample_rate, frequency, sample)?;
        try_everything(band.map(|_, value| f32::from_f64(value)), sample_rate, frequency, sample)?;
        let mut index = 0..;
        let seeded =
            band.map(|_, value| Dual::<f64, 4>::variable(value, index.next().unwrap_or(0)));
        try_everything(seeded, sample_rate, frequency, sample)
    });
}

fn try_everything<S: Scalar>(
    band: Band<S>,
    sample_rate: f64,
    frequency: f64,
    sample: f64,
) -> Outcome {
    let mut mistakes = Vec::new();
    band.check(sample_rate, |mistake| mistakes.push(mistake));
    for mistake in &mistakes {
        prop_assert!(mistake.to_string().contains(mistake.parameter()));
    }
    let sections = match band.sections(sample_rate) {
        Ok(sections) => sections,
        Err(error) => {
            prop_assert!(!error.to_string().is_empty());
            if let Some(first) = mistakes.first() {
                prop_assert_eq!(format!("{first:?}"), format!("{error:?}"));
            } else {
                prop_assert_eq!(error.requirement(), Requirement::Representable);
            }
            prop_assert!(band.design(sample_rate).is_err());
            prop_assert!(Cascade::from_bands(&[band], sample_rate).is_err());
            prop_assert!(Bank::from_bands(&[band], sample_rate).is_err());
            return Ok(());
        }
    };
    prop_assert!(mistakes.is_empty());
    for section in sections.iter() {
        prop_assert!(section.is_stable(), "{section:?}");
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()), "{section:?}");
    }
    let bank = Bank::from_bands(&[band, band], sample_rate).expect("one was designed");
    let cascade = bank.band(0).expect("there are two");
    prop_assert_eq!(cascade.sections(), &sections[..]);

    // Whatever comes out: without panic, and as finite as what goes in.
    let h = cascade.response(frequency);
    let _ = (cascade.magnitude_db(frequency), cascade.phase(frequency));
    let _ = (cascade.group_delay(frequency), cascade.zpk());
    let h = Complex::new(h.re.primal(), h.im.primal());
    let somewhere = (frequency / sample_rate).abs() < 1e300;
    prop_assert!(!somewhere || h.norm().is_finite(), "{h:?}");
    let mut state = bank.state();
    let mut output = [S::zero(); 6];
    let input = [1.0, sample, -1.0].map(S::from_f64);
    prop_assert!(bank.process(&mut state, &input, &mut output).is_ok());
    let largest = sections.iter().flat_map(Section::coefficients).map(|c| c.primal().abs());
    let modest = sample.abs() <= 1.0 && largest.fold(0.0, f64::max) < 1e30;
    prop_assert!(!modest || output.iter().all(|y| y.primal().is_finite()), "{output:?}");
    Ok(())
}

#[test]
fn sections_run_with_anything_in_them_without_panic() {
    let numbers = || collection::vec(strategies::wild(), 1..200);
    let coefficients = collection::vec(uniform5(strategies::wild()), 0..4);
    let strategy = (coefficients, numbers(), numbers(), strategies::wild());
    for_all(1_000, &strategy, |_, (coefficients, mut block, states, frequency)| {
        let sections: Vec<_> = coefficients.into_iter().map(Section::from_coefficients).collect();
        let cascade = Cascade::new(sections, 48_000.0).expect("the sample rate is valid");
        let mut state = cascade.state();
        for (state, values) in state.sections_mut().iter_mut().zip(states.chunks_exact(2)) {
            *state = SectionState { s1: values[0], s2: values[1] };
        }
        cascade.process(&mut state, &mut block);
        for sample in block {
            let _ = cascade.tick(&mut state, sample);
        }
        let finite = |state: &SectionState<f64>| state.s1.is_finite() && state.s2.is_finite();
        prop_assert!(state.sections().iter().all(finite), "{state:?}");
        let _ = (cascade.response(frequency), cascade.magnitude_db(frequency));
        let _ = (cascade.phase(frequency), cascade.group_delay(frequency));
        let _ = (cascade.zpk(), cascade.is_stable(), cascade.cast::<f32>());
        Ok(())
    });
}

#[test]
fn banks_take_blocks_that_fit_and_refuse_all_others() {
    let strategy = [0..4_usize, 0..5, 0..12, 0..40, 0..4];
    for_all(10_000, &strategy, |_, [bands, time, input, output, batch]| {
        let peak = Band::peak(1_000.0, 1.0, 6.0);
        let bank = Bank::from_bands(&vec![peak; bands], 48_000.0).expect("a peak is designed");
        let (input, mut output) = (vec![1.0; input], vec![2.0; output]);
        // Often enough the right length.
        let input = if time == 0 { input } else { vec![1.0; batch * time] };
        if time > 2 {
            output.resize(bands * input.len(), 2.0);
        }

        let mut state = bank.state();
        let fits = output.len() == bands * input.len();
        prop_assert_eq!(bank.process(&mut state, &input, &mut output).is_ok(), fits);
        prop_assert_eq!(output.contains(&2.0), !fits && !output.is_empty());
        output.fill(2.0);

        let mut states = vec![bank.state(); batch];
        let cut = if batch == 0 { input.is_empty() } else { input.len() % batch == 0 };
        let batched = bank.process_batch(&mut states, &input, &mut output).is_ok();
        prop_assert_eq!(batched, cut && fits);
        prop_assert_eq!(output.contains(&2.0), !batched && !output.is_empty());
        output.fill(2.0);

        let ticked = bank.tick(&mut state, 1.0, &mut output).is_ok();
        prop_assert_eq!(ticked, output.len() == bands);
        Ok(())
    });
}

#[test]
fn the_response_of_a_stable_section_is_finite_in_single_precision() {
    // Poles next to z = 1 and z = −1.
    let width = Width::Bandwidth(42.107_565_252_869_584_f64);
    let band = Band::ResonantLowpass { cutoff: 0.170_106_358_223_759_63, width };
    let cascade = band.map(|_, value| f32::from_f64(value)).design(1.126_833_023_390_350_7);
    let cascade = cascade.expect("it is stable");
    assert!(cascade.is_stable());
    let h = cascade.response(0.0);
    assert!(h.re.is_finite() && h.im.is_finite(), "{h:?}");
}
