//! Bands next to each other, and the filters for them.

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use filterbank_core::{Band, Method};

use super::auditory::AuditoryScale;
use super::octave;

/// The most bands of a layout.
const MAX_BANDS: usize = 4_096;

/// One band of a [`Layout`]. All frequencies are in Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutBand {
    /// The lower edge, above 0.
    pub low: f64,
    /// The centre, above the lower edge.
    pub center: f64,
    /// The upper edge, above the centre.
    pub high: f64,
}

/// Bands next to each other, from low to high.
///
/// ```
/// use filterbank::layout::{AuditoryScale, Layout};
/// use filterbank::{Bank, Method};
///
/// let ears = Layout::divided(AuditoryScale::Erb, 100.0..=8_000.0, 24)?;
/// let bank = Bank::from_bands(&ears.bandpasses(Method::Butterworth { order: 2 }), 48_000.0)?;
/// assert_eq!(bank.band_count(), 24);
///
/// let meter = Layout::octaves(3, 31.5..=16_000.0)?;
/// assert_eq!(meter.bands().len(), 28);
/// assert!((meter.bands()[5].center - 100.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    bands: Vec<LayoutBand>,
}

impl Layout {
    /// A range of frequencies in Hz, divided into bands of equal width on a scale. Neighbours share
    /// an edge; a centre is the middle of its band on the scale.
    ///
    /// # Errors
    ///
    /// If the range does not rise from above 0, or the number of bands is not 1 to 4096.
    pub fn divided(
        scale: AuditoryScale,
        range: RangeInclusive<f64>,
        bands: usize,
    ) -> Result<Self, LayoutError> {
        let (low, high) = rising(&range)?;
        if !(1..=MAX_BANDS).contains(&bands) {
            return Err(LayoutError::Bands { found: bands });
        }
        let (start, end) = (scale.position(low), scale.position(high));
        // Twice as many steps as bands.
        let at = |step: usize| match step {
            0 => low,
            _ if step == 2 * bands => high,
            _ => scale.frequency(start + (end - start) * step as f64 / (2 * bands) as f64),
        };
        let band = |index: usize| LayoutBand {
            low: at(2 * index),
            center: at(2 * index + 1),
            high: at(2 * index + 2),
        };
        Self::checked((0..bands).map(band).collect())
    }

    /// The bands of `1/fraction` octave whose centres lie in a range in Hz: 1 for octaves, 3 for
    /// third octaves. Centres and edges are exact to IEC 61260-1; so that nominal frequencies such
    /// as 31.5 Hz can be given, centres may lie outside of the range by 1 % (for narrow bands by less).
    ///
    /// # Errors
    ///
    /// If the range does not rise from above 0, `fraction` is not 1 to 96, or no centre lies in the
    /// range.
    pub fn octaves(fraction: u32, range: RangeInclusive<f64>) -> Result<Self, LayoutError> {
        let (low, high) = rising(&range)?;
        if !(1..=96).contains(&fraction) {
            return Err(LayoutError::Fraction { found: fraction });
        }
        let bands = octave::bands(fraction, low, high);
        Self::checked(bands.map(|[low, center, high]| LayoutBand { low, center, high }).collect())
    }

    /// Bands between neighbouring edges, in Hz; each centre is the geometric mean of its edges.
    ///
    /// # Errors
    ///
    /// If there are fewer than two edges, or they do not rise from above 0.
    pub fn from_edges(edges: &[f64]) -> Result<Self, LayoutError> {
        let mut bands = Vec::new();
        for (index, pair) in edges.windows(2).enumerate() {
            let (low, high) = (pair[0], pair[1]);
            if !(low > 0.0 && low < high && high.is_finite()) {
                return Err(LayoutError::Edges { index, low, high });
            }
            let center = filterbank_core::Scalar::sqrt(low) * filterbank_core::Scalar::sqrt(high);
            bands.push(LayoutBand { low, center, high });
        }
        Self::checked(bands)
    }

    /// Bands with a centre strictly between their edges.
    fn checked(bands: Vec<LayoutBand>) -> Result<Self, LayoutError> {
        if bands.is_empty() || bands.len() > MAX_BANDS {
            return Err(LayoutError::Bands { found: bands.len() });
        }
        for (index, &LayoutBand { low, center, high }) in bands.iter().enumerate() {
            if !(low > 0.0 && low < center && center < high && high.is_finite()) {
                return Err(LayoutError::Edges { index, low, high });
            }
        }
        Ok(Self { bands })
    }

    /// The bands, from low to high.
    pub fn bands(&self) -> &[LayoutBand] {
        &self.bands
    }

    /// A bandpass for each band, from edge to edge, of any method. With Butterworth filters,
    /// neighbours cross at −3.01 dB.
    pub fn bandpasses(&self, method: Method<f64>) -> Vec<Band<f64>> {
        let band = |band: &LayoutBand| Band::bandpass(method, band.low, band.high);
        self.bands.iter().map(band).collect()
    }

    /// A second-order bandpass for each band, with 0 dB at its centre: the cheapest filters. `q` is
    /// the centre over the distance of the edges.
    pub fn resonators(&self) -> Vec<Band<f64>> {
        let band = |&LayoutBand { low, center, high }: &LayoutBand| {
            Band::bandpass_constant_peak(center, center / (high - low))
        };
        self.bands.iter().map(band).collect()
    }
}

/// The ends of a range that rises from above 0.
fn rising(range: &RangeInclusive<f64>) -> Result<(f64, f64), LayoutError> {
    let (low, high) = (*range.start(), *range.end());
    if low > 0.0 && low < high && high.is_finite() {
        Ok((low, high))
    } else {
        Err(LayoutError::Range { low, high })
    }
}

/// What cannot be laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LayoutError {
    /// A range that does not rise from above 0 to a finite frequency.
    Range {
        /// Its start in Hz.
        low: f64,
        /// Its end in Hz.
        high: f64,
    },
    /// A number of bands that is not 1 to 4096.
    Bands {
        /// The number.
        found: usize,
    },
    /// A fraction of an octave that is not 1 to 96.
    Fraction {
        /// The fraction.
        found: u32,
    },
    /// Edges that do not rise from above 0, or that are too close.
    Edges {
        /// The index of the band.
        index: usize,
        /// Its lower edge in Hz.
        low: f64,
        /// Its upper edge in Hz.
        high: f64,
    },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Range { low, high } => write!(
                f,
                "the range from {low} Hz to {high} Hz must rise from above 0 to a finite frequency"
            ),
            Self::Bands { found } => {
                write!(f, "there are {found} bands, but there must be 1 to {MAX_BANDS}")
            }
            Self::Fraction { found } => {
                write!(f, "`fraction` = {found} must be an integer from 1 to 96")
            }
            Self::Edges { index, low, high } => write!(
                f,
                "band {index}: the edges {low} Hz and {high} Hz must rise from above 0, with room \
                 for a centre"
            ),
        }
    }
}

impl core::error::Error for LayoutError {}
