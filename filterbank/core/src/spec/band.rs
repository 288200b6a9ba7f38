//! One band: its shape and its parameters. Plain data, generic over the scalar.

use crate::spec::method::Method;
use crate::spec::parameter::{Parameter, Params};
use crate::spec::width::Width;

/// One band of an equaliser, a crossover or an analysis bank: what is asked for, before any
/// coefficient.
///
/// Every `S` in it is a continuous parameter that may carry tangents. Frequencies are in Hz,
/// strictly between 0 and the Nyquist frequency; levels in dB. The first four variants take any
/// [`Method`]; the others are the second-order shapes of the Audio EQ Cookbook.
///
/// ```
/// use filterbank_core::{Band, Method, Parameter};
///
/// let rumble = Band::highpass(Method::Butterworth { order: 4 }, 80.0);
/// assert_eq!(rumble.params()[..], [(Parameter::CUTOFF, 80.0)]);
/// let presence = Band::peak(3_000.0, 0.9, 2.5);
/// let names: Vec<_> = presence.params().iter().map(|(parameter, _)| parameter.name).collect();
/// assert_eq!(names, ["center", "q", "gain_db"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Band<S> {
    /// Passes what is below `cutoff`.
    Lowpass {
        /// Prototype family.
        method: Method<S>,
        /// Edge in Hz.
        cutoff: S,
    },
    /// Passes what is above `cutoff`.
    Highpass {
        /// Prototype family.
        method: Method<S>,
        /// Edge in Hz.
        cutoff: S,
    },
    /// Passes what is between `low` and `high`.
    Bandpass {
        /// Prototype family.
        method: Method<S>,
        /// Lower edge in Hz.
        low: S,
        /// Upper edge in Hz, above `low`.
        high: S,
    },
    /// Rejects what is between `low` and `high`.
    Bandstop {
        /// Prototype family.
        method: Method<S>,
        /// Lower edge in Hz.
        low: S,
        /// Upper edge in Hz, above `low`.
        high: S,
    },
    /// Second-order lowpass with a resonance: magnitude Q at `cutoff`.
    ResonantLowpass {
        /// Corner in Hz.
        cutoff: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order highpass with a resonance: magnitude Q at `cutoff`.
    ResonantHighpass {
        /// Corner in Hz.
        cutoff: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order bandpass whose skirts stay and whose peak is Q.
    BandpassConstantSkirt {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order bandpass with 0 dB at its peak.
    #[doc(alias = "iirpeak")]
    BandpassConstantPeak {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order notch: a zero on the unit circle at `center`.
    ///
    /// The Q is that of the analog prototype, as in the cookbook. `scipy.signal.iirnotch(f, Q)` and
    /// MATLAB's `iirnotch` take `Q = f/Δf` instead, with the distance `Δf` of the −3 dB points in
    /// Hz. Both are the same filter for
    ///
    /// ```text
    /// q = sin ω₀ / (2 tan(ω₀ / 2Q))        with ω₀ = 2π f / sample_rate
    ///   = sin ω₀ / (2 tan(π Δf / sample_rate))
    /// ```
    ///
    /// At low frequencies q is close to Q; towards the Nyquist frequency it tends to 0. The same
    /// holds for [`BandpassConstantPeak`](Band::BandpassConstantPeak) and `scipy.signal.iirpeak`.
    ///
    /// ```
    /// use filterbank_core::Band;
    ///
    /// // scipy.signal.iirnotch(15_000, 10, fs=48_000): −3 dB at a distance of 1500 Hz
    /// let (center, width, sample_rate) = (15_000.0_f64, 1_500.0, 48_000.0);
    /// let omega = std::f64::consts::TAU * center / sample_rate;
    /// let q = omega.sin() / (2.0 * (std::f64::consts::PI * width / sample_rate).tan());
    /// let section = Band::notch(center, q).sections(sample_rate)?[0];
    /// assert!((section.b0 - 0.910_339_395_414).abs() < 1e-12);
    /// assert!((section.b1 - 0.696_743_608_909).abs() < 1e-12);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    #[doc(alias = "iirnotch")]
    Notch {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order allpass: magnitude 1, phase −π at `center`.
    Allpass {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Peaking EQ: `gain_db` at `center`, 0 dB far away. At a gain of 0 dB the response does not
    /// depend on centre and width: those derivatives vanish.
    #[doc(alias = "bell")]
    Peak {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
        /// Gain at the centre in dB, −300 to 300.
        gain_db: S,
    },
    /// Low shelf: `gain_db` far below `cutoff`, half of it (in dB) at `cutoff`, 0 dB above. At a
    /// gain of 0 dB the derivatives to cutoff and width vanish.
    LowShelf {
        /// Midpoint of the shelf in Hz.
        cutoff: S,
        /// Q, bandwidth or slope.
        width: Width<S>,
        /// Gain of the shelf in dB, −300 to 300.
        gain_db: S,
    },
    /// High shelf: `gain_db` far above `cutoff`, half of it (in dB) at `cutoff`, 0 dB below. At
    /// a gain of 0 dB the derivatives to cutoff and width vanish.
    HighShelf {
        /// Midpoint of the shelf in Hz.
        cutoff: S,
        /// Q, bandwidth or slope.
        width: Width<S>,
        /// Gain of the shelf in dB, −300 to 300.
        gain_db: S,
    },
}

impl<S: Copy> Band<S> {
    /// [`Band::Lowpass`].
    pub fn lowpass(method: Method<S>, cutoff: S) -> Self {
        Self::Lowpass { method, cutoff }
    }

    /// [`Band::Highpass`].
    pub fn highpass(method: Method<S>, cutoff: S) -> Self {
        Self::Highpass { method, cutoff }
    }

    /// [`Band::Bandpass`].
    pub fn bandpass(method: Method<S>, low: S, high: S) -> Self {
        Self::Bandpass { method, low, high }
    }

    /// [`Band::Bandstop`].
    pub fn bandstop(method: Method<S>, low: S, high: S) -> Self {
        Self::Bandstop { method, low, high }
    }

    /// [`Band::ResonantLowpass`]; a plain number as width is a Q.
    pub fn resonant_lowpass(cutoff: S, width: impl Into<Width<S>>) -> Self {
        Self::ResonantLowpass { cutoff, width: width.into() }
    }

    /// [`Band::ResonantHighpass`]; a plain number as width is a Q.
    pub fn resonant_highpass(cutoff: S, width: impl Into<Width<S>>) -> Self {
        Self::ResonantHighpass { cutoff, width: width.into() }
    }

    /// [`Band::BandpassConstantSkirt`]; a plain number as width is a Q.
    pub fn bandpass_constant_skirt(center: S, width: impl Into<Width<S>>) -> Self {
        Self::BandpassConstantSkirt { center, width: width.into() }
    }

    /// [`Band::BandpassConstantPeak`]; a plain number as width is a Q.
    pub fn bandpass_constant_peak(center: S, width: impl Into<Width<S>>) -> Self {
        Self::BandpassConstantPeak { center, width: width.into() }
    }

    /// [`Band::Allpass`]; a plain number as width is a Q.
    pub fn allpass(center: S, width: impl Into<Width<S>>) -> Self {
        Self::Allpass { center, width: width.into() }
    }

    /// [`Band::Notch`]; a plain number as width is a Q.
    pub fn notch(center: S, width: impl Into<Width<S>>) -> Self {
        Self::Notch { center, width: width.into() }
    }

    /// [`Band::Peak`]; a plain number as width is a Q.
    pub fn peak(center: S, width: impl Into<Width<S>>, gain_db: S) -> Self {
        Self::Peak { center, width: width.into(), gain_db }
    }

    /// [`Band::LowShelf`]; a plain number as width is a Q.
    pub fn low_shelf(cutoff: S, width: impl Into<Width<S>>, gain_db: S) -> Self {
        Self::LowShelf { cutoff, width: width.into(), gain_db }
    }

    /// [`Band::HighShelf`]; a plain number as width is a Q.
    pub fn high_shelf(cutoff: S, width: impl Into<Width<S>>, gain_db: S) -> Self {
        Self::HighShelf { cutoff, width: width.into(), gain_db }
    }

    /// The same band with every continuous parameter replaced by what `f` makes of the
    /// [`Parameter`] and its value. `f` is called once per parameter, in the order of
    /// [`params`](Band::params).
    ///
    /// This is the way from one scalar to another: to constants, to seeded duals, to a copy with
    /// one parameter moved.
    ///
    /// ```
    /// use filterbank_core::{Band, Dual};
    ///
    /// let band = Band::peak(1_000.0, 2.0, -6.0);
    /// let mut index = 0..;
    /// let seeded: Band<Dual<f64, 3>> =
    ///     band.map(|_parameter, value| Dual::variable(value, index.next().unwrap_or(0)));
    /// assert_eq!(seeded.params()[2].1.tangent(), &[0.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn map<T>(&self, mut f: impl FnMut(Parameter, S) -> T) -> Band<T> {
        let f = &mut f;
        match *self {
            Self::Lowpass { method, cutoff } => {
                Band::Lowpass { method: method.map(f), cutoff: f(Parameter::CUTOFF, cutoff) }
            }
            Self::Highpass { method, cutoff } => {
                Band::Highpass { method: method.map(f), cutoff: f(Parameter::CUTOFF, cutoff) }
            }
            Self::Bandpass { method, low, high } => Band::Bandpass {
                method: method.map(f),
                low: f(Parameter::LOW, low),
                high: f(Parameter::HIGH, high),
            },
            Self::Bandstop { method, low, high } => Band::Bandstop {
                method: method.map(f),
                low: f(Parameter::LOW, low),
                high: f(Parameter::HIGH, high),
            },
            Self::ResonantLowpass { cutoff, width } => {
                Band::ResonantLowpass { cutoff: f(Parameter::CUTOFF, cutoff), width: width.map(f) }
            }
            Self::ResonantHighpass { cutoff, width } => {
                Band::ResonantHighpass { cutoff: f(Parameter::CUTOFF, cutoff), width: width.map(f) }
            }
            Self::BandpassConstantSkirt { center, width } => Band::BandpassConstantSkirt {
                center: f(Parameter::CENTER, center),
                width: width.map(f),
            },
            Self::BandpassConstantPeak { center, width } => Band::BandpassConstantPeak {
                center: f(Parameter::CENTER, center),
                width: width.map(f),
            },
            Self::Notch { center, width } => {
                Band::Notch { center: f(Parameter::CENTER, center), width: width.map(f) }
            }
            Self::Allpass { center, width } => {
                Band::Allpass { center: f(Parameter::CENTER, center), width: width.map(f) }
            }
            Self::Peak { center, width, gain_db } => Band::Peak {
                center: f(Parameter::CENTER, center),
                width: width.map(f),
                gain_db: f(Parameter::GAIN_DB, gain_db),
            },
            Self::LowShelf { cutoff, width, gain_db } => Band::LowShelf {
                cutoff: f(Parameter::CUTOFF, cutoff),
                width: width.map(f),
                gain_db: f(Parameter::GAIN_DB, gain_db),
            },
            Self::HighShelf { cutoff, width, gain_db } => Band::HighShelf {
                cutoff: f(Parameter::CUTOFF, cutoff),
                width: width.map(f),
                gain_db: f(Parameter::GAIN_DB, gain_db),
            },
        }
    }

    /// The prototype family, of the bands that have one.
    pub fn method(&self) -> Option<&Method<S>> {
        match self {
            Self::Lowpass { method, .. }
            | Self::Highpass { method, .. }
            | Self::Bandpass { method, .. }
            | Self::Bandstop { method, .. } => Some(method),
            Self::ResonantLowpass { .. }
            | Self::ResonantHighpass { .. }
            | Self::BandpassConstantSkirt { .. }
            | Self::BandpassConstantPeak { .. }
            | Self::Notch { .. }
            | Self::Allpass { .. }
            | Self::Peak { .. }
            | Self::LowShelf { .. }
            | Self::HighShelf { .. } => None,
        }
    }

    /// How wide the band is, of those that have a centre or a resonance.
    pub fn width(&self) -> Option<&Width<S>> {
        match self {
            Self::ResonantLowpass { width, .. }
            | Self::ResonantHighpass { width, .. }
            | Self::BandpassConstantSkirt { width, .. }
            | Self::BandpassConstantPeak { width, .. }
            | Self::Notch { width, .. }
            | Self::Allpass { width, .. }
            | Self::Peak { width, .. }
            | Self::LowShelf { width, .. }
            | Self::HighShelf { width, .. } => Some(width),
            Self::Lowpass { .. }
            | Self::Highpass { .. }
            | Self::Bandpass { .. }
            | Self::Bandstop { .. } => None,
        }
    }

    /// How many sections the band's design has: one for each two poles.
    pub fn section_count(&self) -> usize {
        match self {
            Self::Lowpass { method, .. } | Self::Highpass { method, .. } => {
                method.order().div_ceil(2)
            }
            Self::Bandpass { method, .. } | Self::Bandstop { method, .. } => method.order(),
            Self::ResonantLowpass { .. }
            | Self::ResonantHighpass { .. }
            | Self::BandpassConstantSkirt { .. }
            | Self::BandpassConstantPeak { .. }
            | Self::Notch { .. }
            | Self::Allpass { .. }
            | Self::Peak { .. }
            | Self::LowShelf { .. }
            | Self::HighShelf { .. } => 1,
        }
    }

    /// The continuous parameters and their values: those of the method first, then the
    /// variant's fields in order.
    pub fn params(&self) -> Params<S> {
        let mut params = Params::new();
        let _ = self.map(|parameter, value| {
            params.push(parameter, value);
            value
        });
        params
    }
}
