//! The shapes of the cookbook.

use std::f64::consts::{LN_2, LN_10, TAU};

use filterbank::number::Complex;
use filterbank::{Band, Width};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use crate::designed::{Designed, HALF_POWER_DB, SMALL_FACTOR, decibels};
use crate::strategies::{self, Spec};
use crate::tally::{for_all, for_most};

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
            // The zero is at the centre, up to the rounding of `b1`.
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
    for_most(4_000, 0.01, &strategies::shapes(), |tally, spec| {
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
        // Near the Nyquist frequency, `f64` frequencies are too coarse.
        if !ends.iter().all(|end| (1e-6..0.999).contains(&(end / designed.nyquist()))) {
            return tally.skip(what);
        }
        for end in ends {
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

        // The derivative of the level by ln Ω at the cutoff is proportional to the slope.
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

        // A slope of at most 1 has no overshoot.
        if slope <= 1.0 {
            let (level, allowed) = designed.level(position * nyquist);
            tally.at_most("above the shelf", level * gain_db.signum(), gain_db.abs(), allowed)?;
            tally.at_most("below 0 dB", -level * gain_db.signum(), 0.0, allowed)?;
        }
        Ok(())
    });
}
