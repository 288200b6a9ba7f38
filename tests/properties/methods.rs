//! The levels that define each method.

use std::f64::consts::PI;

use filterbank::section::CirclePoint;
use filterbank::spec::BesselNorm;
use filterbank::{Band, Method, Section};
use proptest::prop_assume;
use proptest::test_runner::TestCaseError;

use crate::designed::{Designed, HALF_POWER_DB, SMALL_FACTOR, decibels, rounding_db};
use crate::strategies::{self, Spec};
use crate::tally::{UNSURE_DB, for_all, for_most};

/// The Landen steps of an elliptic filter add rounding errors to its zeros.
const LANDEN_FACTOR: f64 = 4.0;

/// From 0 to 1, dense towards 1, where the ripples are.
fn prototype_grid() -> impl Iterator<Item = f64> {
    (0..=60).map(|i| (f64::from(i) * PI / 120.0).sin())
}

#[test]
fn the_level_at_the_edges_is_what_the_method_promises() {
    for_most(2_000, 0.02, &strategies::method_bands(), |tally, spec| {
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
    for_most(2_000, 0.001, &strategies::method_bands(), |tally, spec| {
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
        // The first section has the gain of the trough, all others have gain 1.
        for (index, section) in designed.sections().iter().enumerate() {
            let expected = if index == 0 { db } else { 0.0 };
            let mut level = 0.0;
            let mut allowed = 0.0;
            let references = designed.references();
            for frequency in &references {
                let omega = designed.omega(*frequency);
                level += decibels(section.response_at(CirclePoint::from_omega(omega)).norm())
                    / references.len() as f64;
                allowed += SMALL_FACTOR * rounding_db(&[*section], omega);
            }
            tally.near("section", level, expected, allowed)?;
        }
        Ok(())
    });
}

#[test]
fn the_passband_keeps_its_ripple_and_the_stopband_its_attenuation() {
    for_most(500, 0.03, &strategies::method_bands(), |tally, spec| {
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
            let at = |x| designed.level(designed.place(x, above));
            let (level, allowed) = at(x);
            tally.level_at_most("passband's peaks", level, 0.0, allowed)?;
            if let Some(ripple_db) = ripple_db {
                tally.level_at_most("passband's troughs", -level, ripple_db, allowed)?;
                let (level, allowed) = at(x.recip());
                tally.level_at_most("beyond the passband", level, -ripple_db, allowed)?;
            }
            if let Some(stop_db) = stop_db {
                tally.level_at_most("before the stopband", -level, stop_db, allowed)?;
                let (level, allowed) = at(stop_edges[usize::from(above)] / x);
                let landen = if ripple_db.is_some() { LANDEN_FACTOR } else { 1.0 };
                tally.level_at_most("stopband", level, -stop_db, landen * allowed)?;
            }
        }
        Ok(())
    });
}

/// The stopband edge of an elliptic prototype, at which it first attenuates by `stop_db`: between
/// the edges its level falls.
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
    for_most(1_000, 0.004, &strategies::method_bands(), |tally, spec| {
        let designed = Designed::new(spec)?;
        let (what, order, stop_db, factor) = match designed.method() {
            Method::Chebyshev2 { order, stop_db } => ("Chebyshev II", order, stop_db, 1.0),
            Method::Elliptic { order, stop_db, .. } => ("elliptic", order, stop_db, LANDEN_FACTOR),
            _ => return Err(TestCaseError::reject("no ripple in the stopband")),
        };
        prop_assume!(order % 2 == 0);
        for above in [false, true] {
            let (level, allowed) = designed.level(designed.place(f64::INFINITY, above));
            tally.level_near(what, level, -stop_db, factor * allowed)?;
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
                if allowed < UNSURE_DB || level < -100.0 {
                    tally.at_most("next level", level, last, allowed + last_allowed)?;
                    (last, last_allowed) = (level, allowed);
                } else {
                    tally.skip("next level")?;
                }
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
                // At the Nyquist frequency both have a zero of the same order; the quotient is the
                // ratio of the asymptotes.
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

#[test]
fn mirrored_bands_have_mirrored_responses() {
    let positions = (1..65_000_u32, 1..65_000_u32, 1..200_000_u32);
    let strategy = (strategies::method_bands(), positions);
    for_most(1_000, 0.015, &strategy, |tally, (spec, (first, second, sample_rate))| {
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
            let other = mirrored.magnitude_db(nyquist - frequency);
            tally.level_near("level", other, level, allowed)?;
        }
        Ok(())
    });
}
