//! The samples that pass through a layer, and the numbers that it computes with.

use filterbank_core::{Dual, Sample, Scalar};

/// A sample of the signals of a layer.
///
/// A layer computes with [`Number`](LayerSample::Number): `f64` for signals of `f32` and `f64`,
/// because derivatives by raw coefficients cancel at low frequencies. Signals of dual numbers carry
/// tangents through the layer and through its derivatives, which gives second derivatives.
pub trait LayerSample: Copy + Send + Sync {
    /// What coefficients, states and sums are made of.
    type Number: Sample + Send + Sync;

    /// The sample as a number of the layer.
    fn widen(self) -> Self::Number;

    /// The nearest sample.
    fn narrow(number: Self::Number) -> Self;
}

impl LayerSample for f32 {
    type Number = f64;

    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn narrow(number: f64) -> Self {
        Self::from_f64(number)
    }
}

impl LayerSample for f64 {
    type Number = Self;

    #[inline(always)]
    fn widen(self) -> Self {
        self
    }

    #[inline(always)]
    fn narrow(number: Self) -> Self {
        number
    }
}

impl<const N: usize> LayerSample for Dual<f64, N> {
    type Number = Self;

    #[inline(always)]
    fn widen(self) -> Self {
        self
    }

    #[inline(always)]
    fn narrow(number: Self) -> Self {
        number
    }
}
