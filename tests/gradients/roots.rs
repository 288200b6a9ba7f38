//! Poles and zeros.

use filterbank::section::Root;
use filterbank::{Band, Scalar};

use crate::catalogue::{method_bands, methods};
use crate::common::seeded::seeded;
use crate::common::worst::larger;
use crate::outputs::{SAMPLE_RATE, size, with_parameter};
use crate::references::differences;

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
    for band in [1, 2, 3, 6].into_iter().flat_map(methods).flat_map(|m| method_bands(m, 2e3, 9e3)) {
        let found = roots(&seeded::<f64, 4>(&band));
        for (index, &(parameter, value)) in band.params().iter().enumerate() {
            let size = size(&band, parameter, value);
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
