//! Filter families: the lowpass prototypes that bands are made from.

use crate::spec::parameter::{Parameter, Params};
use crate::spec::words::words;

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
        /// Attenuation of the stopband in dB, above `ripple_db`, at most 1000. At order 1, where
        /// there is no ripple in the stopband, it has no effect and a derivative of 0. (scipy
        /// ignores it there, and accepts any value.)
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

words! {
    /// What the edge of a Bessel filter means.
    #[derive(Default)]
    pub enum BesselNorm {
        /// Far above the edge the response is that of a Butterworth filter of the same order and
        /// edge. scipy's and MATLAB's default, and the default here.
        #[default]
        Phase => "phase",
        /// The analog prototype's group delay at 0 is the reciprocal of the edge in rad/s.
        Delay => "delay",
        /// The response is −3.01 dB there.
        Magnitude => "magnitude",
    }
}

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

    /// What the edge means, of a Bessel filter.
    pub fn norm(&self) -> Option<BesselNorm> {
        match *self {
            Self::Bessel { norm, .. } => Some(norm),
            Self::Butterworth { .. }
            | Self::Chebyshev1 { .. }
            | Self::Chebyshev2 { .. }
            | Self::Elliptic { .. } => None,
        }
    }

    /// The continuous parameters and their values, in the order of the variant's fields.
    pub fn params(&self) -> Params<S> {
        let mut params = Params::new();
        let _ = self.map(&mut |parameter, value| {
            params.push(parameter, value);
            value
        });
        params
    }

    pub(super) fn map<T>(&self, f: &mut impl FnMut(Parameter, S) -> T) -> Method<T> {
        match *self {
            Self::Butterworth { order } => Method::Butterworth { order },
            Self::Chebyshev1 { order, ripple_db } => {
                Method::Chebyshev1 { order, ripple_db: f(Parameter::RIPPLE_DB, ripple_db) }
            }
            Self::Chebyshev2 { order, stop_db } => {
                Method::Chebyshev2 { order, stop_db: f(Parameter::STOP_DB, stop_db) }
            }
            Self::Elliptic { order, ripple_db, stop_db } => Method::Elliptic {
                order,
                ripple_db: f(Parameter::RIPPLE_DB, ripple_db),
                stop_db: f(Parameter::STOP_DB, stop_db),
            },
            Self::Bessel { order, norm } => Method::Bessel { order, norm },
        }
    }
}
