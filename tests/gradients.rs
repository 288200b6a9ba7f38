//! Gradients of designs, responses and signals: those of [`Dual`] against those of the `dual_num`
//! crate and against central differences extrapolated to step 0, for every band, method and
//! parameter and at the spots where formulas branch or degenerate.
//!
//! Errors are relative to the derivative plus the output's size over the parameter's, which is
//! what rounding of the output alone amounts to. Tolerances are a few times what was measured.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::f64::consts::{PI, TAU};

use common::bits::assert_same_bits;
use filterbank::{
    Band, BesselNorm, Cascade, CascadeState, Dual, Method, Root, Scalar, Section, Width,
};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SAMPLE_RATE: f64 = 48_000.0;
const NYQUIST: f64 = SAMPLE_RATE / 2.0;

/// A value and its derivatives by the parameters of one band.
type Number = Dual<f64, 4>;

// What is compared

/// The outputs of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Coefficient,
    MagnitudeDb,
    Phase,
    GroupDelay,
    Impulse,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Coefficient, Self::MagnitudeDb, Self::Phase, Self::GroupDelay, Self::Impulse];

    /// A typical size: errors are not judged relative to anything much smaller.
    fn unit(self) -> f64 {
        match self {
            Self::Coefficient | Self::Impulse => 1e-3,
            Self::MagnitudeDb | Self::Phase | Self::GroupDelay => 1.0,
        }
    }
}

/// One tolerance, or one error, for each kind of output.
type PerKind = [f64; 5];

/// Everything that a design yields, the response at some `frequencies`.
fn outputs<S: Scalar>(band: &Band<S>, frequencies: &[f64]) -> Vec<(Kind, S)> {
    let cascade = match band.design(SAMPLE_RATE) {
        Ok(cascade) => cascade,
        Err(error) => panic!("{error}: {band:?}"),
    };
    let coefficients = cascade.sections().iter().flat_map(Section::coefficients);
    let mut outputs: Vec<_> = coefficients.map(|c| (Kind::Coefficient, c)).collect();
    for &frequency in frequencies {
        outputs.extend([
            (Kind::MagnitudeDb, cascade.magnitude_db(frequency)),
            (Kind::Phase, cascade.phase(frequency)),
            (Kind::GroupDelay, cascade.group_delay(frequency)),
        ]);
    }
    outputs.extend(cascade.impulse_response(32).into_iter().map(|y| (Kind::Impulse, y)));
    outputs
}

/// Frequencies around the edges of a band, on the scale of the analog prototype, but not so near
/// to a zero of the response that its level has no derivative to speak of.
fn frequencies(band: &Band<f64>) -> Vec<f64> {
    let cascade = band.design(SAMPLE_RATE).expect("the band can be designed");
    let params = band.params();
    let floor = params.iter().find(|(name, _)| *name == "stop_db").map_or(-300.0, |p| -p.1 - 6.0);
    let edges = params.iter().filter(|(name, _)| is_frequency(name)).map(|p| p.1);
    let around = |edge: f64| {
        let warped = (PI * edge / SAMPLE_RATE).tan();
        [0.4, 0.92, 1.08, 1.7].map(|factor| (warped * factor).atan() * SAMPLE_RATE / PI)
    };
    edges.flat_map(around).filter(|&f| cascade.magnitude_db(f) > floor).collect()
}

fn is_frequency(parameter: &str) -> bool {
    matches!(parameter, "cutoff" | "center" | "low" | "high")
}

/// The distance over which a parameter may be expected to change everything.
fn size(band: &Band<f64>, name: &str, value: f64) -> f64 {
    let params = band.params();
    let other = |name: &str| params.iter().find(|p| p.0 == name).map(|p| p.1);
    // How far a shelf is from its steepest slope, as a fraction.
    let headroom = match (other("slope"), other("gain_db")) {
        (Some(slope), Some(gain_db)) => 1.0 - slope / steepest_slope(gain_db),
        _ => 1.0,
    };
    match name {
        "cutoff" | "center" => value.min(NYQUIST - value),
        "low" => value.min(other("high").map_or(0.0, |high| high - value)),
        "high" => (NYQUIST - value).min(value - other("low").unwrap_or(0.0)),
        "gain_db" => 10.0 * headroom,
        "slope" => value * headroom,
        "stop_db" => 10.0_f64.min(value - other("ripple_db").unwrap_or(0.0)),
        _ => value,
    }
}

/// Where the Q of a shelf becomes infinite: `(A + 1/A)(1/S − 1) + 2 = 0`.
fn steepest_slope(gain_db: f64) -> f64 {
    let amplitude = 10.0_f64.powf(gain_db / 40.0);
    let sum = amplitude + amplitude.recip();
    sum / (sum - 2.0)
}

/// The band with parameter number `index` replaced.
fn with_parameter(band: &Band<f64>, index: usize, value: f64) -> Band<f64> {
    let mut indices = 0..;
    band.map(|_, old| if indices.next() == Some(index) { value } else { old })
}

fn seeded(band: &Band<f64>) -> Band<Number> {
    let mut indices = 0..;
    band.map(|_, value| Number::variable(value, indices.next().unwrap_or(4)))
}

/// The band with a tangent for parameter number `index`, on the numbers of the `dual_num` crate.
fn for_the_oracle(band: &Band<f64>, index: usize) -> Band<dual_num::Dual<f64>> {
    let mut indices = 0..;
    band.map(|_, value| {
        let tangent = if indices.next() == Some(index) { 1.0 } else { 0.0 };
        dual_num::Dual::new(value, tangent)
    })
}

/// The derivative of each value of `f` at `x`: central differences with shrinking steps,
/// extrapolated to step 0.
///
/// Source: C. J. F. Ridders, *Accurate computation of F'(x) and F'(x) F''(x)* (1982). Of his
/// table, the entry is taken whose error, estimated from its neighbours and from rounding, is
/// least.
fn differences(f: impl Fn(f64) -> Vec<f64>, x: f64, first_step: f64) -> Vec<f64> {
    const STEPS: u8 = 12;
    const RATIO: f64 = 1.6;
    let rows: Vec<(f64, Vec<f64>, Vec<f64>)> = (0..STEPS)
        .map(|step| {
            let step = first_step / RATIO.powi(i32::from(step));
            let (above, below) = (x + step, x - step);
            (above - below, f(above), f(below))
        })
        .collect();
    let extrapolate = |index: usize| {
        let mut previous: Vec<f64> = Vec::new();
        let (mut best, mut least) = (f64::NAN, f64::INFINITY);
        for (distance, above, below) in &rows {
            let (above, below) = (above[index], below[index]);
            let noise = f64::EPSILON * above.abs().max(below.abs()) / distance;
            let mut row = vec![(above - below) / distance];
            let mut factor = 1.0;
            for (column, earlier) in previous.iter().enumerate() {
                factor *= RATIO * RATIO;
                let last = row[column];
                let better = (last * factor - earlier) / (factor - 1.0);
                let error = (better - last).abs().max((better - earlier).abs()) + noise;
                if error < least {
                    (best, least) = (better, error);
                }
                row.push(better);
            }
            previous = row;
        }
        best
    };
    (0..rows[0].1.len()).map(extrapolate).collect()
}

/// The larger error, NaN being larger than anything.
fn larger(one: f64, other: f64) -> f64 {
    if other.is_nan() || other > one { other } else { one }
}

/// The angle nearest to `reference` that is the same but for whole turns.
fn unwrapped(angle: f64, reference: f64) -> f64 {
    angle - TAU * ((angle - reference) / TAU).round()
}

/// The largest error of each kind, and what it belongs to.
#[derive(Default)]
struct Worst {
    errors: PerKind,
    at: [String; 5],
}

impl Worst {
    fn see(&mut self, kind: Kind, error: f64, at: impl FnOnce() -> String) {
        let index = kind as usize;
        let largest = self.errors[index];
        if !largest.is_nan() && larger(largest, error) != largest {
            self.errors[index] = error;
            self.at[index] = at();
        }
    }

    fn at_most(&self, tolerances: PerKind, reference: &str) {
        for ((kind, tolerance), (error, at)) in
            Kind::ALL.iter().zip(tolerances).zip(self.errors.iter().zip(&self.at))
        {
            println!("{kind:?} against {reference}: {error:.1e} of at most {tolerance:.0e}, {at}");
        }
        let within = self.errors.iter().zip(tolerances).all(|(error, most)| *error <= most);
        assert!(within, "against {reference}: {:?} above {tolerances:?}", self.errors);
    }
}

/// How far the gradients of some bands are from both references.
#[derive(Default)]
struct Comparison {
    oracle: Worst,
    differences: Worst,
    count: usize,
}

impl Comparison {
    fn of(bands: &[Band<f64>]) -> Self {
        let mut comparison = Self::default();
        for band in bands {
            comparison.add(band);
        }
        comparison
    }

    fn add(&mut self, band: &Band<f64>) {
        let frequencies = frequencies(band);
        assert!(frequencies.len() >= 2, "{frequencies:?} for {band:?}");
        let found = outputs(&seeded(band), &frequencies);
        for (index, &(name, value)) in band.params().iter().enumerate() {
            let size = size(band, name, value);
            let oracle = outputs(&for_the_oracle(band, index), &frequencies);
            let moved = |value: f64| {
                let moved = outputs(&with_parameter(band, index, value), &frequencies);
                let smooth = |((kind, y), (_, base)): ((Kind, f64), &(Kind, Number))| match kind {
                    Kind::Phase => unwrapped(y, base.value()),
                    _ => y,
                };
                moved.into_iter().zip(&found).map(smooth).collect()
            };
            let differences = differences(moved, value, 0.05 * size);
            for (number, (kind, output)) in found.iter().enumerate() {
                let tangent = output.tangent()[index];
                let scale = tangent.abs() + (output.value().abs() + kind.unit()) / size;
                let at = |reference: f64| {
                    let value = output.value();
                    move || {
                        format!("{name} {number} {value:e} {tangent:e} not {reference:e} {band:?}")
                    }
                };
                let expected = oracle[number].1.dual();
                self.oracle.see(*kind, (tangent - expected).abs() / scale, at(expected));
                let expected = differences[number];
                self.differences.see(*kind, (tangent - expected).abs() / scale, at(expected));
                self.count += 1;
            }
        }
    }

    /// Tolerances in the order of [`Kind::ALL`].
    fn at_most(&self, oracle: PerKind, differences: PerKind) {
        println!("{} derivatives", self.count);
        self.oracle.at_most(oracle, "dual_num");
        self.differences.at_most(differences, "differences");
    }
}

// Bands

fn methods(order: usize) -> [Method<f64>; 7] {
    let bessel = |norm| Method::Bessel { order, norm };
    [
        Method::Butterworth { order },
        Method::Chebyshev1 { order, ripple_db: 0.7 },
        Method::Chebyshev2 { order, stop_db: 45.0 },
        Method::Elliptic { order, ripple_db: 0.7, stop_db: 60.0 },
        bessel(BesselNorm::Phase),
        bessel(BesselNorm::Delay),
        bessel(BesselNorm::Magnitude),
    ]
}

/// The four bands that take a method.
fn bands(method: Method<f64>, low: f64, high: f64) -> [Band<f64>; 4] {
    [
        Band::lowpass(method, low),
        Band::highpass(method, high),
        Band::bandpass(method, low, high),
        Band::bandstop(method, low, high),
    ]
}

/// Every shape that takes this width.
fn shapes(frequency: f64, width: Width<f64>, gain_db: f64) -> Vec<Band<f64>> {
    let (center, cutoff) = (frequency, frequency);
    let mut shapes =
        vec![Band::LowShelf { cutoff, width, gain_db }, Band::HighShelf { cutoff, width, gain_db }];
    if !matches!(width, Width::Slope(_)) {
        shapes.extend([
            Band::ResonantLowpass { cutoff, width },
            Band::ResonantHighpass { cutoff, width },
            Band::BandpassConstantSkirt { center, width },
            Band::BandpassConstantPeak { center, width },
            Band::Notch { center, width },
            Band::Allpass { center, width },
            Band::Peak { center, width, gain_db },
        ]);
    }
    shapes
}

fn catalogue(orders: &[usize]) -> Vec<Band<f64>> {
    let mut all = Vec::new();
    for method in orders.iter().flat_map(|&order| methods(order)) {
        for (low, high) in [(1_000.0, 3_000.0), (5_000.0, 15_000.0)] {
            all.extend(bands(method, low, high));
        }
    }
    all
}

#[test]
fn every_band_and_method_has_exact_gradients() {
    Comparison::of(&catalogue(&[1, 2, 3, 5, 8]))
        .at_most([2e-14, 4e-12, 2e-13, 5e-13, 2e-12], [5e-12, 3e-9, 1e-10, 2e-10, 3e-9]);
}

#[test]
fn high_orders_have_exact_gradients() {
    Comparison::of(&catalogue(&[13, 24]))
        .at_most([2e-14, 3e-12, 2e-14, 1e-13, 3e-11], [5e-11, 2e-8, 1e-10, 4e-10, 3e-9]);
}

#[test]
fn every_shape_and_width_has_exact_gradients() {
    let mut all = Vec::new();
    for width in [Width::Q(0.7), Width::Q(8.0), Width::Bandwidth(1.2), Width::Slope(0.8)] {
        for frequency in [900.0, 14_000.0] {
            for gain_db in [5.0, -12.0] {
                all.extend(shapes(frequency, width, gain_db));
            }
        }
    }
    Comparison::of(&all)
        .at_most([6e-15, 2e-13, 6e-14, 1e-13, 4e-13], [2e-12, 7e-10, 3e-10, 2e-9, 3e-9]);
}

// Degenerate spots

/// `a1² − 4 a2` of the section that an odd order's real pole gives: the first one.
fn discriminant(band: &Band<f64>) -> f64 {
    let sections = band.sections(SAMPLE_RATE).expect("the band can be designed");
    sections[0].a1 * sections[0].a1 - 4.0 * sections[0].a2
}

/// The adjacent numbers between which `holds` goes from false to true.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> [f64; 2] {
    assert!(!holds(low) && holds(high), "nothing changes from {low} to {high}");
    while low.next_up() < high {
        let middle = low.midpoint(high);
        if holds(middle) { high = middle } else { low = middle }
    }
    [low, high]
}

/// Methods whose real pole is not far from 1.
fn methods_with_moderate_poles(order: usize) -> Vec<Method<f64>> {
    let mut methods = methods(order).to_vec();
    methods[2] = Method::Chebyshev2 { order, stop_db: 6.0 };
    methods
}

/// Bandpasses and bandstops whose first pole pair is as nearly double as numbers allow, on
/// either side.
fn bands_with_a_double_pole() -> Vec<[Band<f64>; 2]> {
    let mut all = Vec::new();
    for method in [1, 3].into_iter().flat_map(methods_with_moderate_poles) {
        for band in [Band::bandpass, Band::bandstop] {
            let band = |high: f64| band(method, 700.0, high);
            let sides = bisect(750.0, 23_000.0, |high| discriminant(&band(high)) >= 0.0);
            all.push(sides.map(band));
        }
    }
    all
}

#[test]
fn gradients_are_exact_where_a_pole_pair_is_double() {
    let pairs = bands_with_a_double_pole();
    for [complex, real] in &pairs {
        let (below, above) = (discriminant(complex), discriminant(real));
        assert!((-1e-14..0.0).contains(&below) && (0.0..1e-14).contains(&above));
    }
    // With the Butterworth pole at −1 that is δ/2 = 1, or Ω_high/Ω_low = (1 + √2)².
    let ratio = |band: &Band<f64>| match *band {
        Band::Bandpass { low, high, .. } => {
            (PI * high / SAMPLE_RATE).tan() / (PI * low / SAMPLE_RATE).tan()
        }
        _ => f64::NAN,
    };
    assert!((ratio(&pairs[0][0]) / (1.0 + 2.0_f64.sqrt()).powi(2) - 1.0).abs() < 1e-7);
    Comparison::of(pairs.as_flattened())
        .at_most([3e-14, 3e-12, 2e-13, 5e-13, 2e-12], [3e-12, 2e-9, 1e-10, 5e-10, 7e-9]);
}

#[test]
fn gradients_are_exact_where_a_pole_pair_is_real() {
    let mut all = Vec::new();
    for method in [1, 2, 3, 5].into_iter().flat_map(methods_with_moderate_poles) {
        let [_, _, bandpass, bandstop] = bands(method, 60.0, 16_000.0);
        if method.order() % 2 == 1 {
            assert!(discriminant(&bandpass) > 0.1 && discriminant(&bandstop) > 0.1, "{method:?}");
        }
        all.extend([bandpass, bandstop]);
    }
    Comparison::of(&all)
        .at_most([5e-14, 2e-12, 2e-13, 3e-13, 2e-12], [7e-12, 9e-8, 2e-8, 5e-8, 1e-8]);
}

/// Everything at one end of the frequency axis.
fn all_at(frequency: f64, orders: &[usize]) -> Vec<Band<f64>> {
    let away = frequency.min(NYQUIST - frequency) / 2.0;
    let (low, high) = (frequency - away, frequency + away);
    let mut all: Vec<_> =
        orders.iter().flat_map(|&order| methods(order)).flat_map(|m| bands(m, low, high)).collect();
    // A bandwidth in octaves is stretched by ω/sin ω.
    let omega = TAU * frequency / SAMPLE_RATE;
    let bandwidth = Width::Bandwidth(1.2 * omega.sin() / omega);
    for width in [Width::Q(0.7), Width::Q(4.0), bandwidth, Width::Slope(0.8)] {
        all.extend(shapes(frequency, width, 6.0));
    }
    all
}

#[test]
fn gradients_are_exact_near_zero() {
    Comparison::of(&all_at(0.01 * NYQUIST, &[1, 2, 3, 5]))
        .at_most([4e-15, 2e-11, 2e-12, 5e-12, 2e-12], [6e-12, 8e-8, 4e-9, 2e-8, 2e-8]);
}

#[test]
fn gradients_are_exact_near_the_nyquist_frequency() {
    Comparison::of(&all_at(0.98 * NYQUIST, &[1, 2, 3, 5]))
        .at_most([8e-15, 2e-11, 1e-12, 2e-12, 1e-11], [1e-11, 1e-8, 1e-9, 4e-9, 2e-8]);
}

#[test]
fn gradients_are_exact_right_beside_zero() {
    // Rounded coefficients hold the response to eight digits here; they themselves are exact.
    Comparison::of(&all_at(1e-4 * NYQUIST, &[1, 2]))
        .at_most([4e-15, 6e-8, 1e-8, 4e-8, 7e-11], [4e-12, 2e-4, 2e-5, 7e-5, 1e-7]);
}

#[test]
fn gradients_are_exact_right_beside_the_nyquist_frequency() {
    Comparison::of(&all_at(0.9999 * NYQUIST, &[1, 2]))
        .at_most([6e-15, 5e-7, 3e-8, 8e-8, 3e-10], [4e-11, 1e-4, 2e-5, 3e-5, 5e-8]);
}

#[test]
fn gradients_are_exact_for_extreme_ripples() {
    let mut all = Vec::new();
    for order in [1, 2, 5, 8] {
        for method in [
            Method::Chebyshev1 { order, ripple_db: 1e-6 },
            Method::Chebyshev1 { order, ripple_db: 40.0 },
            Method::Chebyshev2 { order, stop_db: 300.0_f64.min(60.0 * order as f64) },
            Method::Chebyshev2 { order, stop_db: 0.5 },
            Method::Elliptic { order, ripple_db: 1e-6, stop_db: 300.0 },
            Method::Elliptic { order, ripple_db: 1e-6, stop_db: 40.0 },
            Method::Elliptic { order, ripple_db: 3.0, stop_db: 300.0 },
            Method::Elliptic { order, ripple_db: 3.0, stop_db: 6.0 },
            Method::Elliptic { order, ripple_db: 40.0, stop_db: 80.0 },
        ] {
            all.extend(bands(method, 1_000.0, 5_000.0));
        }
    }
    Comparison::of(&all)
        .at_most([1e-13, 2e-11, 9e-13, 2e-12, 2e-12], [3e-11, 5e-8, 2e-7, 1e-6, 4e-9]);
}

/// How far two designs are from one another: the largest difference between coefficients, and
/// between their tangents for a relative change of a parameter.
fn distance(one: &Band<f64>, other: &Band<f64>) -> (f64, f64) {
    let (one_outputs, other_outputs) = (outputs(&seeded(one), &[]), outputs(&seeded(other), &[]));
    let (mut values, mut tangents) = (0.0, 0.0);
    for ((kind, x), (_, y)) in one_outputs.into_iter().zip(other_outputs) {
        if kind != Kind::Coefficient {
            continue;
        }
        let unit = y.value().abs().max(1.0);
        values = larger(values, (x.value() - y.value()).abs() / unit);
        for (index, &(name, value)) in one.params().iter().enumerate() {
            let (t, u) = (x.tangent()[index], y.tangent()[index]);
            let unit = u.abs() + unit / size(one, name, value);
            tangents = larger(tangents, (t - u).abs() / unit);
        }
    }
    (values, tangents)
}

#[test]
fn designs_and_gradients_are_continuous_where_formulas_change() {
    let all = |f: f64| {
        let mut all = Vec::new();
        for method in [1, 2, 3, 6].into_iter().flat_map(methods) {
            all.extend(bands(method, f, f + 4_000.0));
            all.extend(bands(method, f - 4_000.0, f));
        }
        for width in [Width::Q(0.7), Width::Q(8.0), Width::Bandwidth(1.2), Width::Slope(0.8)] {
            all.extend(shapes(f, width, 6.0));
        }
        all
    };
    let (mut worst_value, mut worst_tangent) = (0.0, 0.0);
    // Prewarping changes at a quarter of the sample rate, the formula for `a1` where the
    // prewarped frequency is 1/2 and 2.
    for frequency in [0.5_f64, 1.0, 2.0].map(|warped| warped.atan() * SAMPLE_RATE / PI) {
        let below = all(frequency.next_down().next_down());
        let above = all(frequency.next_up().next_up());
        for (below, above) in below.iter().zip(&above) {
            let (value, tangent) = distance(below, above);
            worst_value = larger(worst_value, value);
            worst_tangent = larger(worst_tangent, tangent);
        }
    }
    println!("jump of values {worst_value:.1e}, of tangents {worst_tangent:.1e}");
    assert!(worst_value < 3e-14 && worst_tangent < 2e-14);
}

/// The logarithm of the nome of an elliptic filter's selectivity, by the degree equation.
fn log_nome(order: usize, ripple_db: f64, stop_db: f64) -> f64 {
    let mean = |mut a: f64, mut b: f64| {
        while (a - b).abs() > 1e-15 * a {
            (a, b) = (0.5 * (a + b), (a * b).sqrt());
        }
        a
    };
    let attenuation = |db: f64| (db * (10.0_f64.ln() / 10.0)).exp_m1();
    let k = (attenuation(ripple_db) / attenuation(stop_db)).sqrt();
    -PI * mean(1.0, (1.0 - k * k).sqrt()) / mean(1.0, k) / order as f64
}

#[test]
fn elliptic_gradients_are_continuous_where_the_nome_is_exchanged() {
    let (mut worst_value, mut worst_tangent) = (0.0, 0.0);
    let mut all = Vec::new();
    for (order, ripple_db) in [(2, 0.5), (4, 1.0), (7, 0.1), (10, 1.0)] {
        let small = |stop_db: f64| log_nome(order, ripple_db, stop_db) <= -PI;
        let [stop_db, _] = bisect(ripple_db + 0.1, 200.0, small);
        let at = |stop_db| bands(Method::Elliptic { order, ripple_db, stop_db }, 3_000.0, 9_000.0);
        let (below, above) = (stop_db * (1.0 - 1e-13), stop_db * (1.0 + 1e-13));
        assert!(log_nome(order, ripple_db, below) > -PI + 1e-14);
        assert!(log_nome(order, ripple_db, above) < -PI - 1e-14);
        for (below, above) in at(below).iter().zip(&at(above)) {
            let (value, tangent) = distance(below, above);
            worst_value = larger(worst_value, value);
            worst_tangent = larger(worst_tangent, tangent);
        }
        all.extend(at(stop_db));
    }
    println!("jump of values {worst_value:.1e}, of tangents {worst_tangent:.1e}");
    assert!(worst_value < 2e-12 && worst_tangent < 6e-13);
    Comparison::of(&all)
        .at_most([1e-14, 5e-13, 9e-15, 3e-14, 5e-13], [4e-11, 8e-10, 1e-11, 4e-11, 4e-10]);
}

#[test]
fn elliptic_gradients_are_exact_for_nomes_of_every_size() {
    let mut all = Vec::new();
    for (order, ripple_db, stop_db, nome) in
        [(3, 0.1, 120.0, -11.4), (4, 1.0, 80.0, -5.6), (6, 1.0, 30.0, -1.8), (12, 0.5, 40.0, -1.2)]
    {
        assert!((log_nome(order, ripple_db, stop_db) - nome).abs() < 0.05);
        all.extend(bands(Method::Elliptic { order, ripple_db, stop_db }, 3_000.0, 9_000.0));
    }
    Comparison::of(&all)
        .at_most([3e-15, 3e-13, 1e-14, 2e-14, 2e-12], [1e-11, 4e-10, 5e-12, 2e-11, 2e-9]);
}

#[test]
fn flat_peaks_and_shelves_depend_on_their_gain_only() {
    let mut all = Vec::new();
    for width in [Width::Q(0.7), Width::Q(6.0), Width::Bandwidth(1.5), Width::Slope(1.3)] {
        let with_gain = |band: &Band<f64>| band.params().iter().any(|p| p.0 == "gain_db");
        all.extend(shapes(2_500.0, width, 0.0).into_iter().filter(with_gain));
    }
    let mut worst: f64 = 0.0;
    for band in &all {
        let cascade = seeded(band).design(SAMPLE_RATE).expect("the band can be designed");
        for frequency in frequencies(band) {
            let level = cascade.magnitude_db(frequency);
            worst = worst.max(level.value().abs());
            for (&(name, value), tangent) in band.params().iter().zip(level.tangent()) {
                if name == "gain_db" {
                    assert!(tangent.abs() > 1e-3, "{tangent} {band:?}");
                } else {
                    worst = worst.max((value * tangent).abs());
                }
            }
        }
    }
    println!("levels and vanishing derivatives: {worst:.1e} dB");
    assert!(worst < 6e-13, "{worst:e} dB");
    Comparison::of(&all)
        .at_most([6e-16, 7e-14, 7e-15, 3e-14, 2e-12], [2e-13, 7e-11, 8e-12, 2e-10, 2e-9]);
}

#[test]
fn gradients_are_exact_up_to_the_steepest_slope() {
    let mut all = Vec::new();
    for gain_db in [-15.0, -3.0, 6.0, 20.0] {
        for slope in [1.0, 0.5 * (1.0 + steepest_slope(gain_db)), 0.99 * steepest_slope(gain_db)] {
            all.extend(shapes(1_500.0, Width::Slope(slope), gain_db));
        }
    }
    Comparison::of(&all)
        .at_most([3e-15, 8e-13, 2e-12, 4e-12, 4e-13], [2e-12, 1e-10, 3e-10, 3e-10, 9e-10]);
}

// Poles and zeros

/// Zeros, poles and gain, one number after another.
fn roots<S: Scalar>(band: &Band<S>) -> Vec<S> {
    let zpk = band.design(SAMPLE_RATE).expect("the band can be designed").zpk();
    let parts = |root: &Root<S>| match *root {
        Root::Real(x) => vec![x],
        Root::Pair(z) => vec![z.re, z.im],
    };
    zpk.zeros.iter().chain(&zpk.poles).flat_map(parts).chain([zpk.gain]).collect()
}

#[test]
fn poles_and_zeros_have_exact_gradients() {
    let mut worst = 0.0;
    for band in [1, 2, 3, 6].into_iter().flat_map(methods).flat_map(|m| bands(m, 2e3, 9e3)) {
        let found = roots(&seeded(&band));
        for (index, &(name, value)) in band.params().iter().enumerate() {
            let size = size(&band, name, value);
            let moved = |value| roots(&with_parameter(&band, index, value));
            let expected = differences(moved, value, 0.02 * size);
            assert_eq!(expected.len(), found.len());
            for (found, expected) in found.iter().zip(expected) {
                let tangent = found.tangent()[index];
                let scale = tangent.abs() + (found.value().abs() + 1e-3) / size;
                worst = larger(worst, (tangent - expected).abs() / scale);
            }
        }
    }
    println!("against differences: {worst:.1e}");
    assert!(worst < 2e-9, "{worst:e}");
}

// Unconstrained sections

/// The last two numbers are the reflection parameters.
fn random_params(random: &mut StdRng, reach: f64) -> [f64; 5] {
    std::array::from_fn(|_| random.random_range(-reach..reach))
}

#[test]
fn unconstrained_parameters_have_exact_gradients() {
    let mut random = StdRng::seed_from_u64(1);
    let (mut against_differences, mut against_oracle) = (0.0, 0.0);
    for _ in 0..300 {
        let params = random_params(&mut random, 2.5);
        let found = Section::from_unconstrained(Dual::<f64, 5>::seed(params)).coefficients();
        for (index, &value) in params.iter().enumerate() {
            let moved = |value: f64| {
                let mut moved = params;
                moved[index] = value;
                Section::from_unconstrained(moved).coefficients().to_vec()
            };
            let expected = differences(moved, value, 0.2);
            let mut seeded = params.map(dual_num::Dual::from);
            seeded[index] = dual_num::Dual::new(value, 1.0);
            let oracle = Section::from_unconstrained(seeded).coefficients();
            for (number, found) in found.iter().enumerate() {
                let tangent = found.tangent()[index];
                let scale = tangent.abs() + 0.1;
                let error = (tangent - expected[number]).abs() / scale;
                against_differences = larger(against_differences, error);
                let error = (tangent - oracle[number].dual()).abs() / scale;
                against_oracle = larger(against_oracle, error);
            }
        }
    }
    println!("against differences {against_differences:.1e}, dual_num {against_oracle:.1e}");
    assert!(against_differences < 6e-13 && against_oracle < 8e-15);
}

#[test]
fn sections_and_unconstrained_parameters_are_each_others_inverse() {
    let mut random = StdRng::seed_from_u64(2);
    let (mut coefficients, mut parameters, mut identity) = (0.0, 0.0, 0.0);
    for _ in 0..20_000 {
        // A stable section, uniformly from the triangle of all.
        let a2: f64 = random.random_range(-1.0..1.0);
        let a1 = (1.0 + a2) * random.random_range(-1.0..1.0);
        let [b0, b1, b2] = std::array::from_fn(|_| random.random_range(-3.0..3.0));
        let section = Section::from_coefficients([b0, b1, b2, a1, a2]);
        let params = section.to_unconstrained().expect("the section is stable");
        let again = Section::from_unconstrained(params);
        assert_eq!([again.b0, again.b1, again.b2], [b0, b1, b2]);
        coefficients = larger(coefficients, (again.a1 - a1).abs());
        coefficients = larger(coefficients, (again.a2 - a2).abs());

        // The other way round, with tangents: the identity.
        let params = random_params(&mut random, 4.0);
        let section = Section::from_unconstrained(Dual::<f64, 5>::seed(params));
        let again = section.to_unconstrained().expect("the section is stable");
        for (index, (again, param)) in again.iter().zip(params).enumerate() {
            // Rounding of k is stretched by dr/dk = 1/(1 − k²).
            let stretched = param.cosh().powi(2);
            parameters = larger(parameters, (again.value() - param).abs() / stretched);
            for (other, tangent) in again.tangent().iter().enumerate() {
                let expected = if other == index { 1.0 } else { 0.0 };
                let all = params[3].cosh().powi(2).max(params[4].cosh().powi(2));
                identity = larger(identity, (tangent - expected).abs() / all);
            }
        }
    }
    println!("coefficients {coefficients:.1e}, parameters {parameters:.1e}, {identity:.1e}");
    assert!(coefficients < 1e-15 && parameters < 1.2e-15 && identity < 3e-15);
}

#[test]
fn only_sections_that_are_safely_stable_have_unconstrained_parameters() {
    let params =
        |a1: f64, a2: f64| Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]).to_unconstrained();
    for (a1, a2) in [(0.0, 1.0), (2.0, 1.0), (1.5, 0.5), (-1.5, 0.5), (0.0, -1.0), (0.0, 1.5)] {
        assert_eq!(params(a1, a2), None, "{a1} {a2}");
    }
    assert_eq!(params(f64::NAN, 0.0), None);
    assert_eq!(
        Section::from_coefficients([f64::INFINITY, 0.0, 0.0, 0.0, 0.0]).to_unconstrained(),
        None
    );
    // Within a few units in the last place of instability.
    assert_eq!(params(0.0, 1.0 - 4.0 * f64::EPSILON), None);
    assert_eq!(params(1.5 - 2.0 * f64::EPSILON, 0.5), None);
    assert!(params(0.0, 1.0 - 32.0 * f64::EPSILON).is_some());
    assert!(params(1.5 - 64.0 * f64::EPSILON, 0.5).is_some());
}

/// Any finite number, every second one of ordinary size.
fn any_f64() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, -50.0..50.0]
}

/// Any finite number, every second one of ordinary size.
fn any_f32() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, -30.0_f32..30.0]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_unconstrained_parameters_give_a_stable_f64_section(
        params in proptest::array::uniform5(any_f64()),
    ) {
        let section = Section::from_unconstrained(Dual::<f64, 5>::seed(params));
        prop_assert!(section.is_stable());
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()));
    }

    #[test]
    fn any_unconstrained_parameters_give_a_stable_f32_section(
        params in proptest::array::uniform5(any_f32()),
    ) {
        let section = Section::from_unconstrained(Dual::<f32, 5>::seed(params));
        prop_assert!(section.is_stable());
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()));
    }
}

// Time

/// The parameters of [`equaliser`].
const PARAMS: [f64; 6] = [200.0, 1_000.0, 2.0, -6.0, 0.5, 9_000.0];

/// A highpass, a peak and an elliptic lowpass.
fn equaliser<S: Scalar>([rumble, center, q, gain_db, ripple_db, cutoff]: [S; 6]) -> Cascade<S> {
    let stop_db = S::from_f64(50.0);
    let bands = [
        Band::highpass(Method::Butterworth { order: 3 }, rumble),
        Band::peak(center, Width::Q(q), gain_db),
        Band::lowpass(Method::Elliptic { order: 4, ripple_db, stop_db }, cutoff),
    ];
    Cascade::from_bands(&bands, SAMPLE_RATE).expect("the bands can be designed")
}

type Long = Dual<f64, 6>;

fn noise(length: usize) -> Vec<f64> {
    let mut random = StdRng::seed_from_u64(3);
    (0..length).map(|_| random.random_range(-1.0..1.0)).collect()
}

/// The output for `input`, starting from a state.
fn run<S: Scalar>(cascade: &Cascade<S>, state: &mut CascadeState<S>, input: &[f64]) -> Vec<S> {
    let mut block: Vec<S> = input.iter().map(|&x| S::from_f64(x)).collect();
    cascade.process(state, &mut block);
    block
}

/// The largest error of the tangents of a signal against differences of `filter`, relative to the
/// largest tangent by that parameter.
fn signal_error(found: &[Long], filter: impl Fn([f64; 6]) -> Vec<f64>) -> f64 {
    let mut worst = 0.0;
    for (index, &value) in PARAMS.iter().enumerate() {
        let moved = |value: f64| {
            let mut params = PARAMS;
            params[index] = value;
            filter(params)
        };
        let expected = differences(moved, value, 0.05 * value.abs());
        let largest = found.iter().map(|y| y.tangent()[index].abs()).fold(0.0, f64::max);
        assert!(largest > 0.0);
        for (found, expected) in found.iter().zip(expected) {
            let error = (found.tangent()[index] - expected).abs() / largest;
            worst = larger(worst, error);
        }
    }
    worst
}

#[test]
fn the_derivative_of_a_filtered_signal_is_that_of_the_whole_run() {
    let input = noise(500);
    let cascade = equaliser(Long::seed(PARAMS));
    let found = run(&cascade, &mut cascade.state(), &input);
    let error = signal_error(&found, |params| {
        let cascade = equaliser(params);
        run(&cascade, &mut cascade.state(), &input)
    });
    println!("against differences: {error:.1e}");
    assert!(error < 1e-9, "{error:e}");

    let mut worst = 0.0;
    for index in 0..PARAMS.len() {
        let mut params = PARAMS.map(dual_num::Dual::from);
        params[index] = dual_num::Dual::new(PARAMS[index], 1.0);
        let cascade = equaliser(params);
        let expected = run(&cascade, &mut cascade.state(), &input);
        let largest = found.iter().map(|y| y.tangent()[index].abs()).fold(0.0, f64::max);
        for (found, expected) in found.iter().zip(expected) {
            worst = larger(worst, (found.tangent()[index] - expected.dual()).abs() / largest);
        }
    }
    println!("against dual_num: {worst:.1e}");
    assert!(worst < 3e-14, "{worst:e}");
}

#[test]
fn tangents_cross_the_border_between_blocks() {
    let input = noise(500);
    let cascade = equaliser(Long::seed(PARAMS));
    let whole = run(&cascade, &mut cascade.state(), &input);

    let mut state = cascade.state();
    let mut parts = Vec::new();
    for length in [1, 63, 64, 65, 7, 300] {
        parts.extend(run(&cascade, &mut state, &input[parts.len()..][..length]));
    }
    assert_same_bits(&parts, &whole);

    let mut state = cascade.state();
    let ticks: Vec<Long> = input.iter().map(|&x| cascade.tick(&mut state, Dual::from(x))).collect();
    assert_same_bits(&ticks, &whole);
}

#[test]
fn detaching_the_state_leaves_the_derivative_with_the_state_held_fixed() {
    let input = noise(300);
    let (first, second) = input.split_at(200);
    let cascade = equaliser(Long::seed(PARAMS));
    let mut state = cascade.state();
    run(&cascade, &mut state, first);
    let mut detached = state.clone();
    detached.detach();
    let attached = run(&cascade, &mut state, second);
    let found = run(&cascade, &mut detached, second);

    let plain = equaliser(PARAMS);
    let mut at_the_border = plain.state();
    run(&plain, &mut at_the_border, first);
    let error =
        signal_error(&found, |params| run(&equaliser(params), &mut at_the_border.clone(), second));
    println!("against differences: {error:.1e}");
    assert!(error < 4e-10, "{error:e}");

    // The values are the same, the tangents are not.
    for (found, attached) in found.iter().zip(&attached) {
        assert_eq!(found.value(), attached.value());
    }
    assert!((found[0].tangent()[0] / attached[0].tangent()[0] - 1.0).abs() > 0.1);
}

/// The output for `input` sample by sample, as dual numbers are filtered in blocks too.
fn ticked(cascade: &Cascade<f64>, state: &mut CascadeState<f64>, input: &[f64]) -> Vec<f64> {
    input.iter().map(|&x| cascade.tick(state, x)).collect()
}

/// The impulse response sample by sample.
fn response(cascade: &Cascade<f64>, length: usize) -> Vec<f64> {
    let mut impulse = vec![0.0; length];
    impulse[0] = 1.0;
    ticked(cascade, &mut cascade.state(), &impulse)
}

#[test]
fn outputs_have_exact_derivatives_by_the_initial_state() {
    let input = noise(100);
    let plain = equaliser(PARAMS);
    let count = 2 * plain.sections().len();
    assert_eq!(count, 10);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 10>::from));
    let mut state = cascade.state();
    for (index, section) in state.sections_mut().iter_mut().enumerate() {
        section.s1 = Dual::variable(0.3, 2 * index);
        section.s2 = Dual::variable(-0.2, 2 * index + 1);
    }
    let found = run(&cascade, &mut state, &input);
    // The filter is linear: a derivative is the response to a state of 1, at silence.
    for index in 0..count {
        let mut state = plain.state();
        let section = &mut state.sections_mut()[index / 2];
        *(if index % 2 == 0 { &mut section.s1 } else { &mut section.s2 }) = 1.0;
        let expected = ticked(&plain, &mut state, &[0.0; 100]);
        let found: Vec<f64> = found.iter().map(|y| y.tangent()[index]).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn outputs_have_exact_derivatives_by_the_input() {
    let input = noise(100);
    let response = response(&equaliser(PARAMS), 100);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 3>::from));
    let moments = [0, 17, 80];
    let mut block: Vec<_> = input.iter().map(|&x| Dual::<f64, 3>::from(x)).collect();
    for (index, moment) in moments.into_iter().enumerate() {
        block[moment] = Dual::variable(input[moment], index);
    }
    cascade.process(&mut cascade.state(), &mut block);
    for (index, moment) in moments.into_iter().enumerate() {
        let found: Vec<f64> = block.iter().map(|y| y.tangent()[index]).collect();
        assert_eq!(found[..moment], vec![0.0; moment]);
        assert_eq!(found[moment..], response[..100 - moment]);
    }
}

#[test]
fn tangents_ring_on_while_the_signal_is_silent() {
    let response = response(&equaliser(PARAMS), 300);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 1>::from));
    let mut block = vec![Dual::<f64, 1>::default(); 300];
    block[0] = Dual::variable(0.0, 0);
    cascade.process(&mut cascade.state(), &mut block);
    assert!(block.iter().all(|y| y.value() == 0.0));
    let found: Vec<f64> = block.iter().map(|y| y.tangent()[0]).collect();
    assert_eq!(found, response);
}
