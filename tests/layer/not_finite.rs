//! Numbers that are not finite: a layer does not hide them.

use filterbank::layer::Workspace;

use crate::batch::{Batch, difference, shape};

#[test]
fn after_a_sample_that_is_not_finite_the_rest_of_its_signal_is_nan() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in [0, 100, 255, 256, 699] {
            for (batch, outputs) in [
                (Batch::cascades(shape(3, 4, 700), 1, 10, 1), 1),
                (Batch::cascades(shape(2, 1, 700), 2, 3, 1), 1),
                (Batch::banks(shape(2, 1, 700), 1, 3, 2), 3),
            ] {
                let clean = batch.forward::<f64>(&mut Workspace::new()).expect("valid");
                let mut broken = batch.clone();
                broken.input[700 + place] = bad;
                let found = broken.forward::<f64>(&mut Workspace::new()).expect("valid");
                let rows = found.output.chunks(700).zip(clean.output.chunks(700)).enumerate();
                for (row, (found, clean)) in rows {
                    if row / outputs == 1 {
                        // Kernels stop before the sample, so sums may be in another order.
                        assert!(place == 0 || difference(&found[..place], &clean[..place]) < 1e-12);
                        assert!(found[place..].iter().all(|y| y.is_nan()), "{bad} at {place}");
                    } else {
                        assert_eq!(found, clean);
                    }
                }
                let count = found.states.len() / batch.shape.signals();
                for (index, (found, clean)) in found.states.iter().zip(&clean.states).enumerate() {
                    if index / count == 1 {
                        assert!(found.s1.is_nan() && found.s2.is_nan());
                    } else {
                        assert_eq!(found, clean);
                    }
                }
            }
        }
    }
}

#[test]
fn the_gradient_of_a_broken_signal_is_nan_and_the_other_signals_have_theirs() {
    for place in [0, 300, 511, 512, 699] {
        let batch = Batch::cascades(shape(3, 1, 700), 3, 2, 1);
        let mut broken = batch.clone();
        broken.input[700 + place] = f64::NAN;
        let (found, clean) = (broken.slopes::<f64>(), batch.slopes::<f64>());
        for (index, (found, clean)) in found.sections.iter().zip(&clean.sections).enumerate() {
            if index / 2 == 1 {
                assert!(found.iter().all(|slope| slope.is_nan()), "{place}: {found:?}");
            } else {
                assert_eq!(found, clean);
            }
        }
    }
}

#[test]
fn slopes_before_a_slope_that_is_not_finite_are_nan() {
    for bad in [f64::NAN, f64::INFINITY] {
        // The coefficients of older samples have no part in the first two.
        for place in [2, 255, 256, 600] {
            let batch = Batch::cascades(shape(3, 1, 700), 3, 2, 1);
            let mut broken = batch.clone();
            broken.slope[700 + place] = bad;
            let (found, clean) = (broken.slopes::<f64>(), batch.slopes::<f64>());
            let rows = found.input.chunks(700).zip(clean.input.chunks(700)).enumerate();
            for (row, (found, clean)) in rows {
                if row == 1 {
                    assert!(found[..=place].iter().all(|x| !x.is_finite()), "{bad} at {place}");
                    assert_eq!(found[place + 1..], clean[place + 1..]);
                } else {
                    assert_eq!(found, clean);
                }
            }
            assert!(found.sections[2..4].iter().flatten().all(|slope| !slope.is_finite()));
            assert!(found.states[2..4].iter().all(|slope| !slope.s1.is_finite()));
        }
    }
}
