//! Bands in series, chosen at run time, with parameters.

use alloc::string::String;
use alloc::vec::Vec;

use filterbank_core::{Band, Cascade, DesignError, Scalar};

use crate::tune::bands::TunableBands;
use crate::tune::tunable::{Param, SingleOutput, Tunable};
use crate::tune::value::Tune;

/// Bands in series, chosen at run time, with parameters: the run-time form of the macro's
/// `cascade`.
///
/// ```
/// use filterbank::{Band, Tunable, Tune, TunableCascade};
///
/// let eq = TunableCascade::new(
///     [
///         ("body", Band::peak(Tune::within(250.0, 120.0..=500.0), Tune::from(1.0), Tune::free(-2.5))),
///         ("air", Band::high_shelf(Tune::from(10_000.0), Tune::from(0.7), Tune::free(1.5))),
///     ],
///     48_000.0,
/// )?;
/// let names: Vec<_> = eq.params().map(|param| param.name).collect();
/// assert_eq!(names, ["body.center", "body.gain_db", "air.gain_db"]);
/// let turned = eq.tuned(&[300.0, -6.0, 0.0])?;
/// assert!((turned.magnitude_db(300.0) - -6.0_f64).abs() < 1e-9);
/// # Ok::<(), filterbank::DesignError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TunableCascade {
    bands: TunableBands,
    sample_rate: f64,
}

impl TunableCascade {
    /// From named bands, at a `sample_rate` in Hz.
    ///
    /// # Errors
    ///
    /// If a band cannot be designed as specified, or a parameter is outside its own bounds. Other
    /// values within the bounds are not tried, and may exclude each other, as a `high` below `low`:
    /// then [`tuned`](Tunable::tuned) fails, and a fit takes a shorter step.
    pub fn new<N: Into<String>>(
        bands: impl IntoIterator<Item = (N, Band<Tune>)>,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        Self::checked(TunableBands::new(bands), sample_rate)
    }

    /// The same at any sample rate of a host: every tuned frequency, and both of its bounds, is
    /// clipped to 0.49 of the `sample_rate`, where it exceeds that. So at 32 kHz a knob up to 20 kHz
    /// ends at 15.68 kHz. Where a whole range lies above the limit, both bounds are the limit.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new). A fixed frequency that the sample rate cannot hold remains an error:
    /// without it the filter would be another one. Two tuned edges that are clipped to the same
    /// frequency are an error too.
    ///
    /// ```
    /// use filterbank::{Band, Tunable, Tune, TunableCascade};
    ///
    /// let air = Tune::within(12_000.0, 2_000.0..=20_000.0);
    /// let band = Band::high_shelf(air, Tune::from(0.7), Tune::free(3.0));
    /// let eq = TunableCascade::clipped([("air", band)], 32_000.0)?;
    /// assert_eq!(eq.params().next().ok_or("no parameter")?.bounds, (2_000.0, 15_680.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clipped<N: Into<String>>(
        bands: impl IntoIterator<Item = (N, Band<Tune>)>,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        Self::checked(TunableBands::clipped(bands, sample_rate), sample_rate)
    }

    fn checked(bands: TunableBands, sample_rate: f64) -> Result<Self, DesignError> {
        let tunable = Self { bands, sample_rate };
        tunable.tuned(&tunable.bands.start())?;
        Ok(tunable)
    }

    /// The bands as specified, in order: each value fixed, or a parameter.
    pub fn tunes(&self) -> &[Band<Tune>] {
        self.bands.tunes()
    }

    /// The names of the bands, in order.
    pub fn band_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.bands.names()
    }

    /// For each parameter, the index of its band among [`tunes`](Self::tunes).
    pub fn param_bands(&self) -> &[usize] {
        self.bands.owners()
    }

    /// For each parameter, the value within its bounds that is nearest to the given one. NaN stays
    /// NaN. Values beyond the number of parameters are left out.
    pub fn clamp_params(&self, params: &[f64]) -> Vec<f64> {
        self.bands.clamp(params)
    }

    /// The bands for given values of the parameters.
    ///
    /// # Errors
    ///
    /// If there is not one value per parameter, or a value is out of its bounds by more than
    /// [rounding](Tunable::tuned).
    pub fn bands<S: Scalar>(&self, params: &[S]) -> Result<Vec<Band<S>>, DesignError> {
        self.bands.at(params)
    }

    /// One band for given values of its parameters. An error has the index of the band.
    pub(crate) fn band_at<S: Scalar>(
        &self,
        index: usize,
        params: &mut impl Iterator<Item = S>,
    ) -> Result<Band<S>, DesignError> {
        self.bands.band_at(index, params)
    }
}

impl Tunable for TunableCascade {
    type Filter<S: Scalar> = Cascade<S>;

    fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.bands.params()
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Cascade<S>, DesignError> {
        Cascade::from_bands(&self.bands.at(params)?, self.sample_rate)
    }
}

impl SingleOutput for TunableCascade {}
