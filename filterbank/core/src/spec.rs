//! What is asked for: a band, its method, its edges. Plain data, generic over the scalar.

use arrayvec::ArrayVec;

/// The highest order of a lowpass prototype that is designed.
///
/// Designs are held in fixed-size arrays, so that they need no allocation; 24 is beyond what
/// is used in practice, and at twice that many poles (a bandpass) every section still holds its
/// poles to full precision. It is also where the table of Bessel poles ends.
pub const MAX_ORDER: usize = 24;

/// How the order of a filter is spent: the family of lowpass prototypes.
///
/// `order` is that of the lowpass prototype, from 1 to [`MAX_ORDER`]; a bandpass or bandstop has
/// twice as many poles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method<S> {
    /// Maximally flat: −3.01 dB at the edges, monotonic everywhere.
    #[doc(alias = "butter")]
    Butterworth {
        /// Order of the prototype, 1 to [`MAX_ORDER`].
        order: usize,
    },
    /// Equal ripple in the passband; the edges are where the response leaves the ripple.
    #[doc(alias = "cheby1")]
    Chebyshev1 {
        /// Order of the prototype, 1 to [`MAX_ORDER`].
        order: usize,
        /// Ripple from peak to trough of the passband in dB, 1e-9 to 100.
        ripple_db: S,
    },
    /// Equal ripple in the stopband; the edges are where the stopband begins.
    #[doc(alias = "cheby2")]
    Chebyshev2 {
        /// Order of the prototype, 1 to [`MAX_ORDER`].
        order: usize,
        /// Attenuation of the stopband in dB, 1e-9 to 1000.
        stop_db: S,
    },
    /// Equal ripple in both bands (Cauer): the narrowest transition; the edges are where the
    /// response leaves the passband's ripple.
    #[doc(alias = "ellip")]
    Elliptic {
        /// Order of the prototype, 1 to [`MAX_ORDER`].
        order: usize,
        /// Ripple from peak to trough of the passband in dB, 1e-9 to 100.
        ripple_db: S,
        /// Attenuation of the stopband in dB, above `ripple_db`, at most 1000.
        stop_db: S,
    },
    /// Maximally flat group delay (before the bilinear transform bends the frequency axis).
    #[doc(alias = "bessel")]
    Bessel {
        /// Order of the prototype, 1 to [`MAX_ORDER`].
        order: usize,
        /// What the edge means.
        norm: BesselNorm,
    },
}

/// What the edge of a Bessel filter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BesselNorm {
    /// Far above the edge the response is that of a Butterworth filter of the same order and edge.
    /// scipy's and MATLAB's default, and the default here.
    #[default]
    Phase,
    /// The analog prototype's group delay at 0 is the reciprocal of the edge in rad/s.
    Delay,
    /// The response is −3.01 dB there.
    Magnitude,
}

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

/// One band of an equaliser, a crossover or an analysis bank: what is asked for, before any
/// coefficient.
///
/// Every `S` in it is a continuous parameter that may carry tangents. Frequencies are in Hz,
/// strictly between 0 and the Nyquist frequency; levels in dB. The first four variants take any
/// [`Method`]; the others are the second-order shapes of the Audio EQ Cookbook.
///
/// ```
/// use filterbank_core::{Band, Method};
///
/// let rumble = Band::highpass(Method::Butterworth { order: 4 }, 80.0);
/// let presence = Band::peak(3_000.0, 0.9, 2.5);
/// assert_eq!(presence.params().as_slice(), [("center", 3_000.0), ("q", 0.9), ("gain_db", 2.5)]);
/// # let _ = rumble;
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
    BandpassConstantPeak {
        /// Centre in Hz.
        center: S,
        /// Q or bandwidth.
        width: Width<S>,
    },
    /// Second-order notch: a zero on the unit circle at `center`.
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

/// The continuous parameters of a band: names and values, in the order of the variant's fields
/// with the method's own first.
pub type Params<S> = ArrayVec<(&'static str, S), 4>;

impl<S: Copy> Method<S> {
    /// The order of the lowpass prototype.
    pub fn order(&self) -> usize {
        match *self {
            Self::Butterworth { order }
            | Self::Chebyshev1 { order, .. }
            | Self::Chebyshev2 { order, .. }
            | Self::Elliptic { order, .. }
            | Self::Bessel { order, .. } => order,
        }
    }

    fn map<T>(&self, f: &mut impl FnMut(&'static str, S) -> T) -> Method<T> {
        match *self {
            Self::Butterworth { order } => Method::Butterworth { order },
            Self::Chebyshev1 { order, ripple_db } => {
                Method::Chebyshev1 { order, ripple_db: f("ripple_db", ripple_db) }
            }
            Self::Chebyshev2 { order, stop_db } => {
                Method::Chebyshev2 { order, stop_db: f("stop_db", stop_db) }
            }
            Self::Elliptic { order, ripple_db, stop_db } => Method::Elliptic {
                order,
                ripple_db: f("ripple_db", ripple_db),
                stop_db: f("stop_db", stop_db),
            },
            Self::Bessel { order, norm } => Method::Bessel { order, norm },
        }
    }
}

impl<S: Copy> Width<S> {
    /// The parameter's name and value.
    pub(crate) fn param(&self) -> (&'static str, S) {
        match *self {
            Self::Q(q) => ("q", q),
            Self::Bandwidth(octaves) => ("bandwidth", octaves),
            Self::Slope(slope) => ("slope", slope),
        }
    }

    fn map<T>(&self, f: &mut impl FnMut(&'static str, S) -> T) -> Width<T> {
        let (name, value) = self.param();
        let value = f(name, value);
        match self {
            Self::Q(_) => Width::Q(value),
            Self::Bandwidth(_) => Width::Bandwidth(value),
            Self::Slope(_) => Width::Slope(value),
        }
    }
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

    /// The same band with every continuous parameter replaced by what `f` makes of its name and
    /// value; called once for each, in the order of [`params`](Band::params).
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
    ///     band.map(|_name, value| Dual::variable(value, index.next().unwrap_or(0)));
    /// assert_eq!(seeded.params()[2].1.tangent(), &[0.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn map<T>(&self, mut f: impl FnMut(&'static str, S) -> T) -> Band<T> {
        let f = &mut f;
        match *self {
            Self::Lowpass { method, cutoff } => {
                Band::Lowpass { method: method.map(f), cutoff: f("cutoff", cutoff) }
            }
            Self::Highpass { method, cutoff } => {
                Band::Highpass { method: method.map(f), cutoff: f("cutoff", cutoff) }
            }
            Self::Bandpass { method, low, high } => {
                Band::Bandpass { method: method.map(f), low: f("low", low), high: f("high", high) }
            }
            Self::Bandstop { method, low, high } => {
                Band::Bandstop { method: method.map(f), low: f("low", low), high: f("high", high) }
            }
            Self::ResonantLowpass { cutoff, width } => {
                Band::ResonantLowpass { cutoff: f("cutoff", cutoff), width: width.map(f) }
            }
            Self::ResonantHighpass { cutoff, width } => {
                Band::ResonantHighpass { cutoff: f("cutoff", cutoff), width: width.map(f) }
            }
            Self::BandpassConstantSkirt { center, width } => {
                Band::BandpassConstantSkirt { center: f("center", center), width: width.map(f) }
            }
            Self::BandpassConstantPeak { center, width } => {
                Band::BandpassConstantPeak { center: f("center", center), width: width.map(f) }
            }
            Self::Notch { center, width } => {
                Band::Notch { center: f("center", center), width: width.map(f) }
            }
            Self::Allpass { center, width } => {
                Band::Allpass { center: f("center", center), width: width.map(f) }
            }
            Self::Peak { center, width, gain_db } => Band::Peak {
                center: f("center", center),
                width: width.map(f),
                gain_db: f("gain_db", gain_db),
            },
            Self::LowShelf { cutoff, width, gain_db } => Band::LowShelf {
                cutoff: f("cutoff", cutoff),
                width: width.map(f),
                gain_db: f("gain_db", gain_db),
            },
            Self::HighShelf { cutoff, width, gain_db } => Band::HighShelf {
                cutoff: f("cutoff", cutoff),
                width: width.map(f),
                gain_db: f("gain_db", gain_db),
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
            _ => None,
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
            _ => None,
        }
    }

    /// How many sections the band's design has: one for each two poles.
    pub fn section_count(&self) -> usize {
        match self {
            Self::Lowpass { method, .. } | Self::Highpass { method, .. } => {
                method.order().div_ceil(2)
            }
            Self::Bandpass { method, .. } | Self::Bandstop { method, .. } => method.order(),
            _ => 1,
        }
    }

    /// The continuous parameters: names and values, the method's own first.
    pub fn params(&self) -> Params<S> {
        let mut params = Params::new();
        let _ = self.map(|name, value| {
            params.push((name, value));
            value
        });
        params
    }
}
