//! Fitting a filter's level to a curve in dB.

use std::f64::consts::LN_10;
use std::fmt;

use filterbank_core::{CirclePoint, DesignError, Parameter, Requirement, Section};
use nalgebra::{DMatrix, DVector};

use crate::fit::least_squares::{FitError, LeastSquares, Residuals, Solution};
use crate::fit::scale::Scaled;
use crate::sensitivity::TunedSection;
use crate::tune::{SingleOutput, Tunable};

/// Decibels for each unit of the logarithm of a squared magnitude.
const DB: f64 = 10.0 / LN_10;

/// A curve that a filter's level is to follow.
#[derive(Clone, Debug, PartialEq)]
pub struct MagnitudeTarget {
    frequencies: Vec<f64>,
    decibels: Vec<f64>,
    /// Square roots of the weights.
    weights: Vec<f64>,
    /// The number of points that count one by one; of the others only the mean does.
    single: usize,
    /// What a gain of 1 dB costs, as an error in dB.
    penalty: f64,
}

/// A curve that cannot be a target.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TargetError {
    /// There are no points.
    Empty,
    /// There are not as many levels or weights as frequencies.
    Length {
        /// Number of frequencies.
        expected: usize,
        /// Number of the others.
        found: usize,
    },
    /// A frequency is negative, infinite or NaN, or not above the one before it.
    Frequency {
        /// Its position.
        index: usize,
        /// Its value in Hz.
        value: f64,
    },
    /// A level is infinite or NaN.
    Level {
        /// Its position.
        index: usize,
        /// Its value in dB.
        value: f64,
    },
    /// All weights are 0.
    NoWeight,
    /// A weight is negative, infinite or NaN.
    Weight {
        /// Its position.
        index: usize,
        /// Its value.
        value: f64,
    },
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the curve has no points"),
            Self::Length { expected, found } => {
                write!(f, "the curve has {expected} frequencies but {found} levels or weights")
            }
            Self::Frequency { index, value } => write!(
                f,
                "frequency {index} of the curve, {value} Hz, must be finite, at least 0 and above \
                 the one before it"
            ),
            Self::Level { index, value } => {
                write!(f, "level {index} of the curve, {value} dB, must be finite")
            }
            Self::NoWeight => write!(f, "all weights of the curve are 0"),
            Self::Weight { index, value } => {
                write!(f, "weight {index} of the curve, {value}, must be finite and at least 0")
            }
        }
    }
}

impl std::error::Error for TargetError {}

impl MagnitudeTarget {
    /// From frequencies in Hz, rising, and levels in dB.
    ///
    /// # Errors
    ///
    /// If there are none, not as many of each, or values that are no frequencies or levels.
    pub fn new(frequencies: &[f64], decibels: &[f64]) -> Result<Self, TargetError> {
        let (expected, found) = (frequencies.len(), decibels.len());
        if expected == 0 {
            return Err(TargetError::Empty);
        }
        if expected != found {
            return Err(TargetError::Length { expected, found });
        }
        let mut previous = -1.0;
        for (index, &value) in frequencies.iter().enumerate() {
            if !(value.is_finite() && value >= 0.0 && value > previous) {
                return Err(TargetError::Frequency { index, value });
            }
            previous = value;
        }
        if let Some((index, &value)) = decibels.iter().enumerate().find(|(_, l)| !l.is_finite()) {
            return Err(TargetError::Level { index, value });
        }
        Ok(Self {
            frequencies: frequencies.to_vec(),
            decibels: decibels.to_vec(),
            weights: vec![1.0; expected],
            single: expected,
            penalty: 0.0,
        })
    }

    /// Counts the squared error at each frequency so many times.
    ///
    /// # Errors
    ///
    /// If there are not as many weights as frequencies, if one is negative or not finite, or if
    /// all are 0.
    pub fn weighted(self, weights: &[f64]) -> Result<Self, TargetError> {
        let (expected, found) = (self.frequencies.len(), weights.len());
        if expected != found {
            return Err(TargetError::Length { expected, found });
        }
        let invalid = |weight: f64| !(weight.is_finite() && weight >= 0.0);
        if let Some((index, &value)) = weights.iter().enumerate().find(|(_, w)| invalid(**w)) {
            return Err(TargetError::Weight { index, value });
        }
        if weights.iter().all(|weight| *weight == 0.0) {
            return Err(TargetError::NoWeight);
        }
        Ok(Self { weights: weights.iter().map(|weight| weight.sqrt()).collect(), ..self })
    }

    /// Above this frequency only the mean of the error counts (once for each point): there,
    /// measurements of small things at high frequencies are right on average only.
    #[must_use]
    pub fn mean_above(self, frequency: f64) -> Self {
        let single = self.frequencies.iter().filter(|f| **f < frequency).count();
        Self { single, ..self }
    }

    /// Adds to the mean squared error the square of `penalty` times the gain in dB, for every gain
    /// that is tuned: of EQs that are nearly as good, the one without bands that cancel each other
    /// wins. 0.001 hardly changes the error, 0.01 favours small gains; the error that is reported is
    /// without it.
    #[must_use]
    pub fn gain_penalty(self, penalty: f64) -> Self {
        Self { penalty, ..self }
    }

    /// The same curve on about so many points, even in the logarithm of frequency: each the mean
    /// of those that it stands for, and counting as much as all of them.
    #[must_use]
    pub fn thinned(&self, points: usize) -> Self {
        let positive = || self.frequencies.iter().filter(|f| **f > 0.0);
        let (first, last) = (positive().next(), positive().next_back());
        let octaves = first.zip(last).map_or(0.0, |(first, last)| (last / first).log2());
        let step = octaves / points.max(1) as f64;
        let group = |f: f64| if f > 0.0 && step > 0.0 { (f.log2() / step).floor() } else { -1e9 };
        let mut thin = Self {
            frequencies: Vec::new(),
            decibels: Vec::new(),
            weights: Vec::new(),
            single: 0,
            penalty: self.penalty,
        };
        let indices: Vec<usize> = (0..self.frequencies.len()).collect();
        let together = |a: &usize, b: &usize| {
            group(self.frequencies[*a]) == group(self.frequencies[*b])
                && (*a < self.single) == (*b < self.single)
        };
        for members in indices.chunk_by(together) {
            let weight: f64 = members.iter().map(|i| self.weights[*i].powi(2)).sum();
            let mean = |values: &dyn Fn(usize) -> f64| {
                let plain = members.iter().map(|i| values(*i)).sum::<f64>() / members.len() as f64;
                let sum: f64 = members.iter().map(|i| self.weights[*i].powi(2) * values(*i)).sum();
                if weight > 0.0 { sum / weight } else { plain }
            };
            let frequency = mean(&|i| self.frequencies[i].max(f64::MIN_POSITIVE).ln()).exp();
            thin.frequencies.push(frequency);
            thin.decibels.push(mean(&|i| self.decibels[i]));
            thin.weights.push(weight.sqrt());
            thin.single += usize::from(members.iter().all(|i| *i < self.single));
        }
        thin
    }

    fn total_weight(&self) -> f64 {
        self.weights.iter().map(|weight| weight * weight).sum()
    }

    /// The frequencies in Hz.
    pub fn frequencies(&self) -> &[f64] {
        &self.frequencies
    }

    /// The levels in dB.
    pub fn decibels(&self) -> &[f64] {
        &self.decibels
    }

    /// How many residuals the curve has: in place of the points that count by their mean only,
    /// that mean.
    pub(super) fn residual_count(&self) -> usize {
        self.single + usize::from(self.single < self.frequencies.len())
    }
}

/// A filter that was fitted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MagnitudeFit {
    /// The parameters, in the order of [`Tunable::params`].
    pub params: Vec<f64>,
    /// The root of the weighted mean squared error in dB.
    pub rms_db: f64,
    /// How the search ended. Its parameters are logarithms of frequencies and widths.
    pub solution: Solution,
}

/// Fits the parameters of a filter so that its level follows the target: from the values that the
/// filter was specified with, within its bounds.
///
/// Bounds that `method` has are replaced by those of the filter. Frequencies and widths are
/// searched in their logarithms, levels in dB. The Jacobian is exact:
/// the design's tangents times the slopes of each section's level, so a parameter costs only its
/// own band.
///
/// # Errors
///
/// If the start cannot be designed, if the target has fewer points than there are parameters, or
/// points beyond the Nyquist frequency.
///
/// ```
/// use filterbank::fit::{LeastSquares, MagnitudeTarget, fit_magnitude};
/// use filterbank::{Band, filterbank};
///
/// filterbank! {
///     struct Eq: cascade(sample_rate = 48_000.0) {
///         bump: peak(center = tune(500.0 in 20.0..=20e3), q = tune(1.0 in 0.1..=10.0), gain_db = tune(1.0)),
///     }
/// }
///
/// // A curve that this filter can follow exactly.
/// let frequencies: Vec<f64> = (0..100).map(|i| 20.0 * 1.07_f64.powi(i)).collect();
/// let wanted = Band::peak(1_200.0, 3.0, -6.0).design(48_000.0)?;
/// let levels: Vec<f64> = frequencies.iter().map(|f| wanted.magnitude_db(*f)).collect();
///
/// let target = MagnitudeTarget::new(&frequencies, &levels)?;
/// let fit = fit_magnitude(&Eq::new(), &target, &LeastSquares::new())?;
/// assert!(fit.rms_db < 1e-9, "{}", fit.solution.stop);
/// assert!((fit.params[0] - 1_200.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_magnitude<T: SingleOutput>(
    filter: &T,
    target: &MagnitudeTarget,
    method: &LeastSquares,
) -> Result<MagnitudeFit, FitError<DesignError>> {
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    fit_magnitude_from(filter, &start, target, method)
}

/// [`fit_magnitude`] from another start.
///
/// # Errors
///
/// As [`fit_magnitude`], and if the start is out of bounds.
pub fn fit_magnitude_from<T: SingleOutput>(
    filter: &T,
    start: &[f64],
    target: &MagnitudeTarget,
    method: &LeastSquares,
) -> Result<MagnitudeFit, FitError<DesignError>> {
    let (params, residuals) = (start.len(), target.residual_count());
    if params > residuals {
        return Err(FitError::Underdetermined { params, residuals });
    }
    let nyquist = filter.sample_rate() / 2.0;
    if let Some(beyond) = target.frequencies.last().filter(|f| **f > nyquist) {
        let requirement = Requirement::InsideNyquist { nyquist };
        let error = DesignError::new(Parameter::FREQUENCY, *beyond, requirement);
        return Err(FitError::Evaluation(error));
    }
    let scaled = Scaled::new(filter);
    let start = scaled.start(start)?;
    let method = method.clone().bounds(scaled.bounds());
    let mut problem = MagnitudeProblem::new(scaled, target);
    let solution = method.minimize(&start, &mut problem)?;
    let errors = solution.residuals.rows(0, target.residual_count());
    Ok(MagnitudeFit {
        params: problem.scaled.outward(&solution.params),
        rms_db: (errors.norm_squared() / target.total_weight()).sqrt(),
        solution,
    })
}

/// The difference of a filter's level and a target as a problem of least squares.
struct MagnitudeProblem<'a, T> {
    scaled: Scaled<'a, T>,
    target: &'a MagnitudeTarget,
    points: Vec<CirclePoint>,
    /// Positions of the gains that are penalized.
    gains: Vec<usize>,
    /// What a gain of 1 dB adds to its residual.
    penalty: f64,
}

impl<'a, T: Tunable> MagnitudeProblem<'a, T> {
    fn new(scaled: Scaled<'a, T>, target: &'a MagnitudeTarget) -> Self {
        let rate = scaled.sample_rate();
        let points = target.frequencies.iter().map(|f| CirclePoint::at(*f, rate)).collect();
        let gains = if target.penalty == 0.0 { Vec::new() } else { scaled.gains() };
        let penalty = target.penalty * target.total_weight().sqrt();
        Self { scaled, target, points, gains, penalty }
    }

    /// The residuals of the curve, then those of the gains.
    fn row_count(&self) -> usize {
        self.target.residual_count() + self.gains.len()
    }

    /// From errors at every point to residuals, and likewise for a column of derivatives.
    fn reduce(&self, errors: &[f64], residuals: &mut [f64]) {
        let weights = &self.target.weights;
        let single = self.target.single;
        for ((residual, error), weight) in residuals.iter_mut().zip(&errors[..single]).zip(weights)
        {
            *residual = error * weight;
        }
        if let Some(last) = residuals.get_mut(single) {
            let weighted = errors[single..].iter().zip(&weights[single..]);
            let (sum, total) = weighted.fold((0.0, 0.0), |(sum, total), (error, weight)| {
                (sum + error * weight * weight, total + weight * weight)
            });
            *last = if total > 0.0 { sum / total.sqrt() } else { 0.0 };
        }
    }
}

impl<T> MagnitudeProblem<'_, T> {
    fn penalize(&self, variables: &[f64], residuals: &mut DVector<f64>) {
        for (row, &gain) in (self.target.residual_count()..).zip(&self.gains) {
            residuals[row] = self.penalty * variables[gain];
        }
    }
}

impl<T: Tunable> Residuals for MagnitudeProblem<'_, T> {
    type Error = DesignError;

    fn residuals(&mut self, variables: &[f64]) -> Result<DVector<f64>, DesignError> {
        let filter = self.scaled.filter(variables)?;
        let sections: &[Section<f64>] = filter.as_ref();
        let errors: Vec<f64> = self
            .points
            .iter()
            .zip(&self.target.decibels)
            .map(|(point, wanted)| {
                let power = sections.iter().map(|section| section.power(*point));
                LogProduct::of(power) * DB - wanted
            })
            .collect();
        let mut residuals = DVector::zeros(self.row_count());
        self.reduce(&errors, residuals.as_mut_slice());
        self.penalize(variables, &mut residuals);
        Ok(residuals)
    }

    fn linearize(
        &mut self,
        variables: &[f64],
    ) -> Result<(DVector<f64>, DMatrix<f64>), DesignError> {
        let sections = self.scaled.design(variables)?;
        let (count, points) = (variables.len(), self.points.len());
        let mut errors = vec![0.0; points];
        // Column by column, as the matrix is stored.
        let mut slopes = vec![0.0; points * count];
        for (index, (point, wanted)) in self.points.iter().zip(&self.target.decibels).enumerate() {
            let mut level = LogProduct::default();
            for TunedSection { section, slopes: by_variable } in &sections {
                let (power, by_coefficient) = section.log_power_gradient(*point);
                level.times(power);
                for (variable, coefficient_slopes) in by_variable {
                    let products = by_coefficient.iter().zip(coefficient_slopes);
                    slopes[variable * points + index] +=
                        DB * products.map(|(a, b)| a * b).sum::<f64>();
                }
            }
            errors[index] = level.ln() * DB - wanted;
        }
        let rows = self.row_count();
        let mut residuals = DVector::zeros(rows);
        self.reduce(&errors, residuals.as_mut_slice());
        self.penalize(variables, &mut residuals);
        let mut jacobian = DMatrix::zeros(rows, count);
        for (column, slopes) in
            jacobian.as_mut_slice().chunks_exact_mut(rows).zip(slopes.chunks_exact(points))
        {
            self.reduce(slopes, column);
        }
        for (row, &gain) in (self.target.residual_count()..).zip(&self.gains) {
            jacobian[(row, gain)] = self.penalty;
        }
        Ok((residuals, jacobian))
    }
}

/// The logarithm of a product that may be too small or too large for a number.
#[derive(Clone, Copy)]
struct LogProduct {
    product: f64,
    log: f64,
}

impl Default for LogProduct {
    fn default() -> Self {
        Self { product: 1.0, log: 0.0 }
    }
}

impl LogProduct {
    fn of(factors: impl Iterator<Item = f64>) -> f64 {
        let mut product = Self::default();
        factors.for_each(|factor| product.times(factor));
        product.ln()
    }

    fn times(&mut self, factor: f64) {
        self.product *= factor;
        // Logarithms are slow: one for the product of all that fit.
        if !(1e-100..1e100).contains(&self.product) {
            self.log += self.product.ln();
            self.product = 1.0;
        }
    }

    fn ln(self) -> f64 {
        self.log + self.product.ln()
    }
}
