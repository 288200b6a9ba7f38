//! The width of a second-order shape: Q, bandwidth or shelf slope.

use crate::spec::parameter::Parameter;
use crate::spec::words::words;

/// How wide a second-order shape is.
///
/// A plain number is a Q: `Band::peak(1000.0, 0.7, 3.0)`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
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

words! {
    /// A variant of [`Width`], without its value.
    pub enum WidthKind {
        /// [`Width::Q`].
        Q => Parameter::Q.name,
        /// [`Width::Bandwidth`].
        Bandwidth => Parameter::BANDWIDTH.name,
        /// [`Width::Slope`].
        Slope => Parameter::SLOPE.name,
    }
}

impl WidthKind {
    /// The parameter that a width of this kind is.
    pub const fn parameter(self) -> Parameter {
        match self {
            Self::Q => Parameter::Q,
            Self::Bandwidth => Parameter::BANDWIDTH,
            Self::Slope => Parameter::SLOPE,
        }
    }

    /// A width of this kind.
    pub fn with<S>(self, value: S) -> Width<S> {
        match self {
            Self::Q => Width::Q(value),
            Self::Bandwidth => Width::Bandwidth(value),
            Self::Slope => Width::Slope(value),
        }
    }
}

impl<S> Width<S> {
    /// The width's kind: which variant it is.
    pub const fn kind(&self) -> WidthKind {
        match self {
            Self::Q(_) => WidthKind::Q,
            Self::Bandwidth(_) => WidthKind::Bandwidth,
            Self::Slope(_) => WidthKind::Slope,
        }
    }
}

impl<S: Copy> Width<S> {
    /// Which parameter the width is, and its value.
    pub fn param(&self) -> (Parameter, S) {
        let (Self::Q(value) | Self::Bandwidth(value) | Self::Slope(value)) = *self;
        (self.kind().parameter(), value)
    }

    pub(super) fn map<T>(&self, f: &mut impl FnMut(Parameter, S) -> T) -> Width<T> {
        let (parameter, value) = self.param();
        self.kind().with(f(parameter, value))
    }
}
