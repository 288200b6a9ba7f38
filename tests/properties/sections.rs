//! The sections of a design: their number, order, poles and zeros.

use filterbank::section::Root;
use filterbank::{Band, Method, Section};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use crate::designed::{Designed, radius};
use crate::strategies;
use crate::tally::for_all;

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
            // Only the zero that belongs to the real pole is at infinity.
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
