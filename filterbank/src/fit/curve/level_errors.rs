//! The confidence band of a fitted level.

use filterbank_core::DesignError;
use nalgebra::DVector;

use crate::fit::curve::magnitude::Level;
use crate::fit::curve::{Measure, chain, points};
use crate::fit::result::Fit;
use crate::sensitivity::tuned_sections;
use crate::tune::{Param, SingleOutput, wrong_count};

impl Fit {
    /// The standard error of the level of the fitted `filter` in dB at `frequencies` in Hz:
    /// `sqrt(g'Cg)`, with the [`covariance`](Fit::covariance) `C` and the exact gradient `g` of the
    /// level by the parameters. The level ± 1.96 standard errors is the 95 % confidence band, at each
    /// frequency by itself.
    ///
    /// `None` where the residuals do not [determine](Fit::determined) the level or it is minus
    /// infinity, and everywhere if the covariance is `None`. Of two shelves at one frequency, only
    /// the sum of the gains is determined, and so is the level. Where no parameter changes the
    /// level, the error is 0. The level is taken as linear in the parameters over a few standard
    /// errors, which fails near a zero of the response.
    ///
    /// The parameters of the filter are found by their names: a fit may have others beside them.
    ///
    /// # Errors
    ///
    /// If the fit has not all parameters of the filter, if they cannot be designed, or if a
    /// frequency is not between 0 and the Nyquist frequency.
    ///
    /// Source: D. M. Bates and D. G. Watts, *Nonlinear Regression Analysis and Its Applications*
    /// (1988), section 2.3.
    ///
    /// ```
    /// use filterbank::fit::{LeastSquares, MagnitudeTarget, fit_magnitude};
    /// use filterbank::{Band, Tune, TunableCascade};
    ///
    /// let truth = Band::peak(1_200.0, 3.0, -6.0).design(48_000.0)?;
    /// let frequencies: Vec<f64> = (0..100).map(|i| 20.0 * 1.07_f64.powi(i)).collect();
    /// let error = |f: f64| 0.1 * (f.sqrt() * 3.3).sin();
    /// let levels: Vec<f64> = frequencies.iter().map(|f| truth.magnitude_db(*f) + error(*f)).collect();
    ///
    /// let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(-3.0));
    /// let model = TunableCascade::new([("dip", band)], 48_000.0)?;
    /// let target = MagnitudeTarget::new(&frequencies, &levels)?;
    /// let fit = fit_magnitude(&model, &target, &LeastSquares::new())?;
    ///
    /// // At the centre only the gain matters; far away the level is 0 dB, whatever the parameters.
    /// let errors = fit.magnitude_db_errors(&model, &[fit.params[0], 20.0])?;
    /// let (at_center, far_away) = (errors[0].ok_or("unknown")?, errors[1].ok_or("unknown")?);
    /// let of_gain = fit.standard_errors[2].ok_or("not determined")?;
    /// assert!((at_center / of_gain - 1.0).abs() < 1e-9);
    /// assert!(far_away < 1e-4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn magnitude_db_errors<T: SingleOutput>(
        &self,
        filter: &T,
        frequencies: &[f64],
    ) -> Result<Vec<Option<f64>>, DesignError> {
        let found = |param: Param<'_>| {
            let place = self.names.iter().position(|name| name == param.name)?;
            Some((place, *self.params.get(place)?))
        };
        let (places, params): (Vec<usize>, Vec<f64>) = filter.params().filter_map(found).unzip();
        let expected = filter.params().len();
        if places.len() != expected {
            return Err(wrong_count(places.len(), expected));
        }
        let sections = tuned_sections(filter, &params, |_| 1.0)?;
        let mut by_coefficients = vec![[[0.0; 5]]; sections.len()];
        let errors = points(frequencies, filter.sample_rate())?.into_iter().map(|point| {
            let mut gradient = DVector::zeros(self.names.len());
            let [level] = Level::gradient(&sections, point, &mut by_coefficients);
            for (tuned, [by_coefficients]) in sections.iter().zip(&by_coefficients) {
                for (param, slopes) in &tuned.slopes {
                    let (slope, is_noise) = chain(by_coefficients, slopes);
                    if !is_noise {
                        gradient[places[*param]] += Level::UNIT * slope;
                    }
                }
            }
            level.is_finite().then(|| self.error_of(&gradient)).flatten()
        });
        Ok(errors.collect())
    }

    /// The standard error of a number from its gradient by the parameters. `None` if it is not
    /// determined.
    fn error_of(&self, gradient: &DVector<f64>) -> Option<f64> {
        let params = gradient.len();
        let covariance = self.covariance.as_ref().filter(|c| c.shape() == (params, params))?;
        if !self.unknown.spares(gradient) {
            return None;
        }
        let variance = gradient.dot(&(covariance * gradient));
        // Rounding can make it negative where it is almost 0.
        variance.is_finite().then(|| variance.max(0.0).sqrt())
    }
}
