//! The shapes of bands: words, arguments, and how a band is built from them.

use crate::spec::band::Band;
use crate::spec::parameter::Parameter;
use crate::spec::signature::{Fields, Signature};
use crate::spec::width::WidthKind;
use crate::spec::words::words;

words! {
    /// A variant of [`Band`], without parameters.
    ///
    /// ```
    /// use filterbank_core::{Band, Shape};
    ///
    /// assert_eq!(Band::notch(50.0, 30.0).shape(), Shape::Notch);
    /// assert_eq!(Shape::from_word("low_shelf"), Some(Shape::LowShelf));
    /// assert!(Shape::ALL.contains(&Shape::Peak));
    /// ```
    pub enum Shape {
        /// [`Band::Lowpass`].
        Lowpass => "lowpass",
        /// [`Band::Highpass`].
        Highpass => "highpass",
        /// [`Band::Bandpass`].
        Bandpass => "bandpass",
        /// [`Band::Bandstop`].
        Bandstop => "bandstop",
        /// [`Band::ResonantLowpass`].
        ResonantLowpass => "resonant_lowpass",
        /// [`Band::ResonantHighpass`].
        ResonantHighpass => "resonant_highpass",
        /// [`Band::BandpassConstantSkirt`].
        BandpassConstantSkirt => "bandpass_constant_skirt",
        /// [`Band::BandpassConstantPeak`].
        BandpassConstantPeak => "bandpass_constant_peak",
        /// [`Band::Notch`].
        Notch => "notch",
        /// [`Band::Allpass`].
        Allpass => "allpass",
        /// [`Band::Peak`].
        Peak => "peak",
        /// [`Band::LowShelf`].
        LowShelf => "low_shelf",
        /// [`Band::HighShelf`].
        HighShelf => "high_shelf",
    }
}

/// The widths of shapes that are no shelves.
const WIDTHS: &[WidthKind] = &[WidthKind::Q, WidthKind::Bandwidth];
/// The widths of shelves.
const SHELF_WIDTHS: &[WidthKind] = &[WidthKind::Q, WidthKind::Bandwidth, WidthKind::Slope];

impl Shape {
    /// The arguments that the shape takes.
    pub fn signature(self) -> Signature {
        let mut signature = Signature::default();
        let _: Band<()> = self.build(&mut signature);
        signature
    }

    /// For a shape that takes a method: the second-order shape of the same kind, which takes a
    /// width instead.
    pub const fn second_order(self) -> Option<Self> {
        match self {
            Self::Lowpass => Some(Self::ResonantLowpass),
            Self::Highpass => Some(Self::ResonantHighpass),
            Self::Bandpass => Some(Self::BandpassConstantPeak),
            Self::Bandstop => Some(Self::Notch),
            Self::ResonantLowpass
            | Self::ResonantHighpass
            | Self::BandpassConstantSkirt
            | Self::BandpassConstantPeak
            | Self::Notch
            | Self::Allpass
            | Self::Peak
            | Self::LowShelf
            | Self::HighShelf => None,
        }
    }

    /// A band of this shape.
    pub(super) fn build<S>(self, fields: &mut impl Fields<S>) -> Band<S> {
        match self {
            Self::Lowpass => {
                Band::Lowpass { method: fields.method(), cutoff: fields.number(Parameter::CUTOFF) }
            }
            Self::Highpass => {
                Band::Highpass { method: fields.method(), cutoff: fields.number(Parameter::CUTOFF) }
            }
            Self::Bandpass => Band::Bandpass {
                method: fields.method(),
                low: fields.number(Parameter::LOW),
                high: fields.number(Parameter::HIGH),
            },
            Self::Bandstop => Band::Bandstop {
                method: fields.method(),
                low: fields.number(Parameter::LOW),
                high: fields.number(Parameter::HIGH),
            },
            Self::ResonantLowpass => Band::ResonantLowpass {
                cutoff: fields.number(Parameter::CUTOFF),
                width: fields.width(WIDTHS),
            },
            Self::ResonantHighpass => Band::ResonantHighpass {
                cutoff: fields.number(Parameter::CUTOFF),
                width: fields.width(WIDTHS),
            },
            Self::BandpassConstantSkirt => Band::BandpassConstantSkirt {
                center: fields.number(Parameter::CENTER),
                width: fields.width(WIDTHS),
            },
            Self::BandpassConstantPeak => Band::BandpassConstantPeak {
                center: fields.number(Parameter::CENTER),
                width: fields.width(WIDTHS),
            },
            Self::Notch => Band::Notch {
                center: fields.number(Parameter::CENTER),
                width: fields.width(WIDTHS),
            },
            Self::Allpass => Band::Allpass {
                center: fields.number(Parameter::CENTER),
                width: fields.width(WIDTHS),
            },
            Self::Peak => Band::Peak {
                center: fields.number(Parameter::CENTER),
                width: fields.width(WIDTHS),
                gain_db: fields.number(Parameter::GAIN_DB),
            },
            Self::LowShelf => Band::LowShelf {
                cutoff: fields.number(Parameter::CUTOFF),
                width: fields.width(SHELF_WIDTHS),
                gain_db: fields.number(Parameter::GAIN_DB),
            },
            Self::HighShelf => Band::HighShelf {
                cutoff: fields.number(Parameter::CUTOFF),
                width: fields.width(SHELF_WIDTHS),
                gain_db: fields.number(Parameter::GAIN_DB),
            },
        }
    }
}

impl<S> Band<S> {
    /// The band's shape: which variant it is.
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Lowpass { .. } => Shape::Lowpass,
            Self::Highpass { .. } => Shape::Highpass,
            Self::Bandpass { .. } => Shape::Bandpass,
            Self::Bandstop { .. } => Shape::Bandstop,
            Self::ResonantLowpass { .. } => Shape::ResonantLowpass,
            Self::ResonantHighpass { .. } => Shape::ResonantHighpass,
            Self::BandpassConstantSkirt { .. } => Shape::BandpassConstantSkirt,
            Self::BandpassConstantPeak { .. } => Shape::BandpassConstantPeak,
            Self::Notch { .. } => Shape::Notch,
            Self::Allpass { .. } => Shape::Allpass,
            Self::Peak { .. } => Shape::Peak,
            Self::LowShelf { .. } => Shape::LowShelf,
            Self::HighShelf { .. } => Shape::HighShelf,
        }
    }

    /// The band's name in a specification: `"low_shelf"`.
    pub const fn word(&self) -> &'static str {
        self.shape().word()
    }
}
