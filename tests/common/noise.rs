//! White noise that is the same for the same seed.

use filterbank::Scalar;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// Samples of a uniform distribution between −1 and 1.
pub fn uniform(seed: u64) -> impl Iterator<Item = f64> {
    let mut random = StdRng::seed_from_u64(seed);
    std::iter::repeat_with(move || random.random_range(-1.0..1.0))
}

/// `length` samples between −1 and 1.
pub fn noise<S: Scalar>(length: usize, seed: u64) -> Vec<S> {
    uniform(seed).take(length).map(S::from_f64).collect()
}

/// Samples of a normal distribution of variance 1.
pub fn normal(seed: u64) -> impl Iterator<Item = f64> {
    StandardNormal.sample_iter(StdRng::seed_from_u64(seed))
}
