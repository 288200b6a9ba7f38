//! What a parameter is: its name and the kind of quantity it measures.

use core::fmt;
use core::ops::Deref;

use arrayvec::ArrayVec;

/// The kind of quantity that a parameter measures. It decides the parameter's unit in messages
/// and tables, and the scale on which it is searched and turned.
///
/// ```
/// use filterbank_core::{Quantity, Scale};
///
/// assert_eq!(Quantity::Frequency.unit(), "Hz");
/// assert_eq!(Quantity::Frequency.scale(), Scale::Logarithmic);
/// assert_eq!(Quantity::Gain.scale(), Scale::Linear);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Quantity {
    /// A frequency in Hz, above 0.
    Frequency,
    /// A quality factor, dimensionless, above 0.
    Q,
    /// A bandwidth in octaves, above 0.
    Bandwidth,
    /// A shelf slope, dimensionless, above 0.
    Slope,
    /// The gain of a band in dB, of either sign.
    Gain,
    /// A ripple or an attenuation in dB, above 0.
    Attenuation,
    /// A delay in samples, of either sign; not necessarily whole.
    Delay,
    /// A coefficient of a section, of either sign.
    Coefficient,
    /// A number of things.
    Count,
    /// Any other number, of either sign and without a unit.
    #[default]
    Free,
}

impl Quantity {
    /// The unit, as it is printed behind a value; empty for what is dimensionless.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Frequency => "Hz",
            Self::Gain | Self::Attenuation => "dB",
            Self::Bandwidth => "octaves",
            Self::Delay => "samples",
            Self::Q | Self::Slope | Self::Coefficient | Self::Count | Self::Free => "",
        }
    }

    /// The scale on which equal steps make about equal differences.
    pub const fn scale(self) -> Scale {
        match self {
            Self::Frequency | Self::Q | Self::Bandwidth | Self::Slope => Scale::Logarithmic,
            Self::Gain
            | Self::Attenuation
            | Self::Delay
            | Self::Coefficient
            | Self::Count
            | Self::Free => Scale::Linear,
        }
    }
}

/// The scale on which a parameter is searched by a fit and turned by a knob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Scale {
    /// Equal differences: levels in dB, coefficients.
    Linear,
    /// Equal ratios: frequencies and widths. Values are above 0.
    Logarithmic,
}

/// A parameter of a specification: its name and its quantity.
///
/// The constants are the parameters of [`Band`](crate::Band) and its methods. Filters of your own
/// have parameters made by [`new`](Parameter::new).
///
/// ```
/// use filterbank_core::{Parameter, Quantity};
///
/// assert_eq!(Parameter::CUTOFF.name, "cutoff");
/// const DRIVE: Parameter = Parameter::new("drive_db", Quantity::Gain);
/// assert_eq!(DRIVE.quantity.unit(), "dB");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// The name as it is written in a specification: `"cutoff"`.
    pub name: &'static str,
    /// What it measures.
    pub quantity: Quantity,
}

impl Parameter {
    /// An edge or corner frequency.
    pub const CUTOFF: Self = Self::new("cutoff", Quantity::Frequency);
    /// A centre frequency.
    pub const CENTER: Self = Self::new("center", Quantity::Frequency);
    /// The lower edge of a band.
    pub const LOW: Self = Self::new("low", Quantity::Frequency);
    /// The upper edge of a band.
    pub const HIGH: Self = Self::new("high", Quantity::Frequency);
    /// A quality factor.
    pub const Q: Self = Self::new("q", Quantity::Q);
    /// A bandwidth in octaves.
    pub const BANDWIDTH: Self = Self::new("bandwidth", Quantity::Bandwidth);
    /// A shelf slope.
    pub const SLOPE: Self = Self::new("slope", Quantity::Slope);
    /// The gain of a peak or shelf.
    pub const GAIN_DB: Self = Self::new("gain_db", Quantity::Gain);
    /// The ripple of a passband.
    pub const RIPPLE_DB: Self = Self::new("ripple_db", Quantity::Attenuation);
    /// The attenuation of a stopband.
    pub const STOP_DB: Self = Self::new("stop_db", Quantity::Attenuation);
    /// The order of a lowpass prototype. Not continuous: it carries no derivative.
    pub const ORDER: Self = Self::new("order", Quantity::Count);
    /// Samples per second. Fixed: it carries no derivative.
    pub const SAMPLE_RATE: Self = Self::new("sample_rate", Quantity::Frequency);
    /// A frequency at which a response is asked for or given.
    pub const FREQUENCY: Self = Self::new("frequency", Quantity::Frequency);

    /// A parameter of a filter of your own.
    pub const fn new(name: &'static str, quantity: Quantity) -> Self {
        Self { name, quantity }
    }
}

/// The name.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// The most continuous parameters that a band has.
pub(super) const MAX_PARAMS: usize = 4;

/// The continuous parameters of a band with their values, in order. Dereferences to a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Params<S>(ArrayVec<(Parameter, S), MAX_PARAMS>);

impl<S> Params<S> {
    pub(super) fn new() -> Self {
        Self(ArrayVec::new())
    }

    pub(super) fn push(&mut self, parameter: Parameter, value: S) {
        self.0.push((parameter, value));
    }
}

impl<S> Deref for Params<S> {
    type Target = [(Parameter, S)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S> IntoIterator for Params<S> {
    type Item = (Parameter, S);
    type IntoIter = ParamsIter<S>;

    fn into_iter(self) -> ParamsIter<S> {
        ParamsIter(self.0.into_iter())
    }
}

impl<'a, S> IntoIterator for &'a Params<S> {
    type Item = &'a (Parameter, S);
    type IntoIter = core::slice::Iter<'a, (Parameter, S)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The iterator over [`Params`].
#[derive(Clone, Debug)]
pub struct ParamsIter<S>(arrayvec::IntoIter<(Parameter, S), MAX_PARAMS>);

impl<S> Iterator for ParamsIter<S> {
    type Item = (Parameter, S);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<S> ExactSizeIterator for ParamsIter<S> {}
