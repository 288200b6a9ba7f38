//! Whether a number type carries a design: the rounding error of its level at the band's edges.

use arrayvec::ArrayVec;

use super::cookbook::Center;
use super::representable::representable;
use super::{SectionList, Sections};
use crate::number::Scalar;
use crate::section::{CirclePoint, Section};
use crate::spec::{Band, DesignError};

impl<S: Scalar> Band<S> {
    /// How far the level at the band's edges may lie from that of the exact design, in dB, when the
    /// coefficients are held in `T`: the larger of
    /// [`Cascade::rounding_db`](crate::Cascade::rounding_db) at the two edges.
    ///
    /// The edges of a shape with a centre are where a bandpass or notch has −3 dB and a peak half of
    /// its gain; a shelf has its cutoff. The result is infinite if the rounded coefficients are not
    /// a stable filter. A result above 0.1 dB or so means that `T` does not carry the design: use a
    /// wider type, a lower order, a wider band or a lower sample rate.
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections).
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let subsonic = Band::highpass(Method::Butterworth { order: 4 }, 5.0);
    /// assert!(subsonic.rounding_db::<f64>(48_000.0)? < 1e-6);
    /// assert!(subsonic.rounding_db::<f32>(48_000.0)? > 1.0);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn rounding_db<T: Scalar>(&self, sample_rate: f64) -> Result<f64, DesignError> {
        let designed = self.sections(sample_rate)?;
        let rounded: Sections<T> = SectionList(designed.iter().map(Section::cast).collect());
        if !representable(&rounded) {
            return Ok(f64::INFINITY);
        }
        let at = |point| rounded.iter().map(|section| section.rounding_db_at(point)).sum();
        let edges = edges(&self.map(|_, value| value.primal()), sample_rate);
        // A bound that cannot be computed is no bound.
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        Ok(edges.into_iter().map(at).fold(0.0, larger))
    }
}

/// The points of the unit circle where a band passes from one level to another.
fn edges(band: &Band<f64>, sample_rate: f64) -> ArrayVec<CirclePoint, 2> {
    let at = |frequency| CirclePoint::at(frequency, sample_rate);
    match *band {
        Band::Lowpass { cutoff, .. }
        | Band::Highpass { cutoff, .. }
        | Band::ResonantLowpass { cutoff, .. }
        | Band::ResonantHighpass { cutoff, .. }
        | Band::LowShelf { cutoff, .. }
        | Band::HighShelf { cutoff, .. } => [cutoff].into_iter().map(at).collect(),
        Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => {
            [low, high].map(at).into()
        }
        Band::BandpassConstantSkirt { center, width }
        | Band::BandpassConstantPeak { center, width }
        | Band::Notch { center, width }
        | Band::Allpass { center, width }
        | Band::Peak { center, width, .. } => {
            // |Ω − 1/Ω| = 1/Q, in units of the centre.
            let center = Center::new(center, sample_rate);
            let half = center.damping(width) / 2.0;
            let upper = half + libm::hypot(half, 1.0);
            [upper.recip(), upper]
                .map(|ratio| CirclePoint::from_omega(2.0 * libm::atan(center.warped * ratio)))
                .into()
        }
    }
}
