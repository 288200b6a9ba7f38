//! Bands whose parameters carry tangents.

use filterbank::{Band, Dual, Scalar};

/// The band with a unit tangent for each of its first `N` parameters; further parameters are
/// constant.
pub fn seeded<T: Scalar, const N: usize>(band: &Band<T>) -> Band<Dual<T, N>> {
    let mut indices = 0..N;
    band.map(|_, value| Dual::variable(value, indices.next().unwrap_or(N)))
}
