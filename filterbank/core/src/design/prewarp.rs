//! Prewarping: the analog frequency that the bilinear transform maps to a given digital frequency.
//!
//! Source: A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, chapter 7:
//! `Ω = tan(ω/2)`.

use core::f64::consts::PI;

use crate::number::Scalar;

/// The analog frequency in rad/s that the bilinear transform maps to `frequency` in Hz:
/// `tan(π f/f_s)`, for frequencies from 0 to the Nyquist frequency. It is the gain of an integrator in
/// an [`SvfSection`](crate::SvfSection).
pub fn prewarp<S: Scalar>(frequency: S, sample_rate: f64) -> S {
    // In the upper half of the band, where the tangent grows without bound, the distance to the
    // Nyquist frequency is exact (Sterbenz).
    if frequency.primal() <= sample_rate / 4.0 {
        frequency.scale(PI / sample_rate).tan()
    } else {
        (S::from_f64(sample_rate / 2.0) - frequency).scale(PI / sample_rate).tan().recip()
    }
}

/// The two prewarped edges of a band.
#[derive(Clone, Copy)]
pub(super) struct Edges<S> {
    /// The centre `Ω₀ = sqrt(Ω_low Ω_high)` in rad/s.
    pub(super) center: S,
    /// The relative width `δ = (Ω_high − Ω_low)/Ω₀`.
    pub(super) relative_width: S,
}

/// Prewarps the edges of a band.
pub(super) fn edges<S: Scalar>(low: S, high: S, sample_rate: f64) -> Edges<S> {
    let (warped_low, warped_high) = (prewarp(low, sample_rate), prewarp(high, sample_rate));
    let center = (warped_low * warped_high).sqrt();
    // tan a − tan b = sin(a − b)/(cos a cos b) = sin(a − b) sqrt(1 + tan² a) sqrt(1 + tan² b):
    // the width of a narrow band keeps full precision.
    let secant = |warped: S| warped.hypot(S::one());
    let width = (high - low).scale(PI / sample_rate).sin();
    let width = width * secant(warped_low) * secant(warped_high);
    Edges { center, relative_width: width / center }
}
