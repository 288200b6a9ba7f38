//! The width of a second-order shape: Q, bandwidth or shelf slope.

use crate::spec::parameter::Parameter;

/// How wide a second-order shape is.
///
/// A plain number is a Q: `Band::peak(1000.0, 0.7, 3.0)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width<S> {
    /// Quality factor, dimensionless, above 0.
    Q(S),
    /// Bandwidth in octaves, above 0: between the −3 dB points of bandpasses and notches, the
    /// midpoint-gain points of peaks; for other shapes, the Q of a bandpass of that width.
    ///
    /// The cookbook's relation to Q allows for the bilinear transform at the centre only: wide
    /// bands near the Nyquist frequency come out narrower.
    Bandwidth(S),
    /// Shelf slope, dimensionless, above 0; 1 is the steepest shelf without a bump. Shelves only.
    Slope(S),
}

impl<S> From<S> for Width<S> {
    fn from(q: S) -> Self {
        Self::Q(q)
    }
}

impl<S: Copy> Width<S> {
    /// Which parameter the width is, and its value.
    pub fn param(&self) -> (Parameter, S) {
        match *self {
            Self::Q(q) => (Parameter::Q, q),
            Self::Bandwidth(octaves) => (Parameter::BANDWIDTH, octaves),
            Self::Slope(slope) => (Parameter::SLOPE, slope),
        }
    }

    pub(super) fn map<T>(&self, f: &mut impl FnMut(Parameter, S) -> T) -> Width<T> {
        let (parameter, value) = self.param();
        let value = f(parameter, value);
        match self {
            Self::Q(_) => Width::Q(value),
            Self::Bandwidth(_) => Width::Bandwidth(value),
            Self::Slope(_) => Width::Slope(value),
        }
    }
}
