//! Specifications in words.

use core::fmt;

use crate::spec::{Band, BesselNorm, Method};

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

/// As a specification: `highpass(butterworth(order = 4), cutoff = 80)`, in Hz, dB and octaves.
impl<S: fmt::Display + Copy> fmt::Display for Band<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.word())?;
        let mut params = self.params().into_iter().peekable();
        if let Some(method) = self.method() {
            write!(f, "{}(order = {}", method.word(), method.order())?;
            if let Method::Bessel { norm, .. } = method {
                write!(f, ", norm = {}", norm.word())?;
            }
            // The method's own parameters come first.
            while let Some((name, value)) = params.next_if(|(name, _)| is_level(name)) {
                write!(f, ", {name} = {value}")?;
            }
            write!(f, "), ")?;
        }
        let mut separator = "";
        for (name, value) in params {
            write!(f, "{separator}{name} = {value}")?;
            separator = ", ";
        }
        write!(f, ")")
    }
}

/// Whether a parameter belongs to a method.
fn is_level(name: &str) -> bool {
    matches!(name, "ripple_db" | "stop_db")
}
