//! Designs against mpmath: the complex response and its derivatives, over the random
//! specifications of `tests/golden/*.jsonl`.
//!
//! The tolerance is 1e-9 of the passband's peak for responses and 1e-8 for tangents. Where `f64`
//! coefficients do not have this precision, it is a small multiple of the effect of rounding exact
//! coefficients: the root-mean-square change in the response when every coefficient, and each of
//! its tangents, moves up or down by one unit in the last place.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::bands::missing_from;
use common::golden::{self, Specification};
use common::seeded::seeded;
use common::worst::{larger, worst};
use filterbank::number::Complex;
use filterbank::{Cascade, Dual, Section};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The error allowed, as a multiple of the effect of one unit in the last place. (Prewarping, which
/// rounds the angle, its tangent and its square, uses up most of it.)
const SMALL_FACTOR: f64 = 4.0;
/// Draws of rounding errors from which their effect is estimated.
const DRAWS: usize = 16;

/// A value and its derivatives by the parameters of one band.
type Number = Dual<f64, 4>;

#[test]
fn every_band_has_golden_specifications() {
    let bands = ["design.jsonl", "cookbook.jsonl"].map(golden::specifications);
    let bands: Vec<_> = bands.iter().flatten().map(|line| line.band).collect();
    assert_eq!(missing_from(&bands), []);
}

#[test]
fn methods_agree_with_mpmath() {
    check("design.jsonl", 2_400, 2_180);
}

#[test]
fn cookbook_shapes_agree_with_mpmath() {
    check("cookbook.jsonl", 600, 570);
}

/// Errors as fractions of the tolerance.
#[derive(Clone, Copy, Default)]
struct Verdict {
    response: f64,
    tangent: f64,
}

impl Verdict {
    /// The larger of each.
    fn max(self, other: Self) -> Self {
        Self {
            response: larger(self.response, other.response),
            tangent: larger(self.tangent, other.tangent),
        }
    }
}

/// Checks a file of `count` specifications. For at least `least` of them, rounding must not set the
/// tolerance.
fn check(file: &str, count: usize, least: usize) {
    let specifications = golden::specifications(file);
    assert_eq!(specifications.len(), count);
    let mut random = StdRng::seed_from_u64(1);
    let mut worst = Verdict::default();
    let mut strict = 0;
    let mut failures = Vec::new();
    for specification in &specifications {
        let (verdict, rounding_decides) = judge(specification, &mut random);
        worst = worst.max(verdict);
        strict += usize::from(!rounding_decides);
        if !(verdict.response <= 1.0 && verdict.tangent <= 1.0) {
            let Verdict { response, tangent } = verdict;
            let Specification { band, sample_rate, .. } = specification;
            failures.push(format!("{response:.2} {tangent:.2}: {band:?} at {sample_rate} Hz"));
        }
    }
    println!(
        "{file}: worst response {:.3}, worst tangent {:.3} of the tolerance; \
         rounding sets no tolerance for {strict} of {count}",
        worst.response, worst.tangent
    );
    assert!(strict >= least, "rounding sets no tolerance for only {strict}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

/// The verdict on one specification, and whether rounding set a tolerance anywhere.
fn judge(specification: &Specification, random: &mut StdRng) -> (Verdict, bool) {
    let Specification { band, sample_rate, peak, .. } = specification;
    let cascade = match seeded::<f64, 4>(band).design(*sample_rate) {
        Ok(cascade) => cascade,
        Err(error) => panic!("{error}: {specification:?}"),
    };
    let rounded: Vec<_> = (0..DRAWS).map(|_| round_at_random(&cascade, random)).collect();

    let mut verdict = Verdict::default();
    let mut rounding_decides = false;
    for (point, &frequency) in specification.frequencies.iter().enumerate() {
        let ours = cascade.response(frequency);
        let others: Vec<_> = rounded.iter().map(|other| other.response(frequency)).collect();
        // The error of one part of the response, as a fraction of the tolerance.
        let mut error = |part: &dyn Fn(Number) -> f64, reference: Complex<f64>, allowed: f64| {
            let take = |h: Complex<Number>| Complex::new(part(h.re), part(h.im));
            let spread = others.iter().map(|&h| (take(h) - take(ours)).norm_sqr()).sum::<f64>();
            let rounding = SMALL_FACTOR * (spread / DRAWS as f64).sqrt();
            let error = (take(ours) - reference).norm();
            rounding_decides |= error > allowed;
            error / larger(allowed, rounding)
        };
        let reference = specification.response[point];
        let response = error(&|h| h.value(), reference, 1e-9 * peak);
        verdict = verdict.max(Verdict { response, tangent: 0.0 });
        for (parameter, (it, value)) in band.params().iter().enumerate() {
            let references = &specification.tangents[it.name];
            let largest = worst(references.iter().map(|tangent| tangent.norm()));
            // An elliptic filter of order 1 does not depend on its attenuation.
            let scale = if largest == 0.0 { peak / value.abs() } else { largest };
            let part = |h: Number| h.tangent()[parameter];
            let tangent = error(&part, references[point], 1e-8 * scale);
            verdict = verdict.max(Verdict { response: 0.0, tangent });
        }
    }
    (verdict, rounding_decides)
}

/// A copy whose coefficients and tangents are off by one unit in the last place; values exact by
/// construction, zeros at z = ±1 and on the unit circle, stay exact.
fn round_at_random(cascade: &Cascade<Number>, random: &mut StdRng) -> Cascade<Number> {
    let mut ulp = |x: f64| {
        let ulp = x.abs().next_up() - x.abs();
        if random.random() { ulp } else { -ulp }
    };
    let mut rounding = |x: Number| Number::new(ulp(x.value()), x.tangent().map(&mut ulp));
    let sections: Vec<Section<Number>> = cascade
        .sections()
        .iter()
        .map(|section| {
            let mut off = *section;
            let [b0, b1, b2] = [section.b0, section.b1, section.b2].map(|b| b.value());
            if b0 != b2 && b2 != 0.0 {
                off.b0 += rounding(section.b0);
                off.b2 += rounding(section.b2);
            }
            if b1 != 0.0 && b1.abs() != b0.abs() && b1.abs() != 2.0 * b0.abs() {
                off.b1 += rounding(section.b1);
            }
            off.a1 += rounding(section.a1);
            if section.a2.value() != 0.0 {
                off.a2 += rounding(section.a2);
            }
            off
        })
        .collect();
    Cascade::from_sections(sections, cascade.sample_rate()).expect("the sample rate is valid")
}
