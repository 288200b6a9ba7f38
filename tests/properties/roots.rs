//! Poles and zeros of sections.

use filterbank::section::Root;
use filterbank::{Cascade, Scalar, Section};
use proptest::{prop_assert, prop_assert_eq};

use crate::common::worst::worst;
use crate::designed::radius;
use crate::strategies;
use crate::tally::for_all;

#[test]
fn roots_multiply_out_to_the_sections_they_came_from() {
    for_all(4_000, &strategies::sections(), |tally, section| {
        let cascade = Cascade::from_sections([section], 1.0).expect("the sample rate is valid");
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
        let order = match ([b2, a2] == [0.0; 2], [b1, a1] == [0.0; 2]) {
            (false, _) => 2,
            (true, false) => 1,
            (true, true) => 0,
        };
        let denominator = [1.0, a1, a2][..=order].to_vec();
        let numerator = [b0, b1, b2][..=order].to_vec();
        let mut zeros: Vec<f64> = expand(&zpk.zeros).iter().map(|c| c * zpk.gain).collect();
        while zeros.len() < numerator.len() {
            zeros.insert(0, 0.0);
        }
        let poles = expand(&zpk.poles);
        for (what, found, expected) in [("zeros", zeros, numerator), ("poles", poles, denominator)]
        {
            prop_assert_eq!(found.len(), expected.len());
            let scale = worst(expected.iter().copied());
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
        let zpk = Cascade::from_sections([section], 1.0).expect("the sample rate is valid").zpk();
        let [far, near] = root(&zpk.zeros);
        assert!(close(far, -r) && near == 0.0, "{zpk:?}");
        let [far, near] = root(&zpk.poles);
        assert!(close(far, -2.0 * r) && close(near, -r), "{zpk:?}");
    }
}
