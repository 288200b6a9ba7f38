//! Specifications in words.

use core::fmt;

use crate::spec::band::Band;
use crate::spec::method::{BesselNorm, Method};

impl<S> Band<S> {
    /// The band's name in a specification: `"low_shelf"`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Lowpass { .. } => "lowpass",
            Self::Highpass { .. } => "highpass",
            Self::Bandpass { .. } => "bandpass",
            Self::Bandstop { .. } => "bandstop",
            Self::ResonantLowpass { .. } => "resonant_lowpass",
            Self::ResonantHighpass { .. } => "resonant_highpass",
            Self::BandpassConstantSkirt { .. } => "bandpass_constant_skirt",
            Self::BandpassConstantPeak { .. } => "bandpass_constant_peak",
            Self::Notch { .. } => "notch",
            Self::Allpass { .. } => "allpass",
            Self::Peak { .. } => "peak",
            Self::LowShelf { .. } => "low_shelf",
            Self::HighShelf { .. } => "high_shelf",
        }
    }
}

impl<S> Method<S> {
    /// The method's name in a specification: `"chebyshev1"`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Butterworth { .. } => "butterworth",
            Self::Chebyshev1 { .. } => "chebyshev1",
            Self::Chebyshev2 { .. } => "chebyshev2",
            Self::Elliptic { .. } => "elliptic",
            Self::Bessel { .. } => "bessel",
        }
    }
}

impl BesselNorm {
    /// The norm's name in a specification: `"phase"`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Delay => "delay",
            Self::Magnitude => "magnitude",
        }
    }
}

/// As in a specification: `elliptic(order = 4, ripple_db = 0.5, stop_db = 50)`.
impl<S: fmt::Display + Copy> fmt::Display for Method<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(order = {}", self.word(), self.order())?;
        if let Self::Bessel { norm, .. } = self {
            write!(f, ", norm = {}", norm.word())?;
        }
        for (parameter, value) in self.params() {
            write!(f, ", {} = {value}", parameter.name)?;
        }
        write!(f, ")")
    }
}

/// As in a specification: `highpass(butterworth(order = 4), cutoff = 80)`, in Hz, dB and octaves.
impl<S: fmt::Display + Copy> fmt::Display for Band<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.word())?;
        let (mut separator, mut of_method) = ("", 0);
        if let Some(method) = self.method() {
            write!(f, "{method}")?;
            (separator, of_method) = (", ", method.params().len());
        }
        for (parameter, value) in self.params().into_iter().skip(of_method) {
            write!(f, "{separator}{} = {value}", parameter.name)?;
            separator = ", ";
        }
        write!(f, ")")
    }
}
