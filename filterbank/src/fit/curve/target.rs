//! A level curve in dB, with weights.

use std::f64::consts::LN_2;
use std::fmt;
use std::ops::RangeInclusive;

use crate::fit::curve::Curve;
use crate::fit::curve::weights::Weights;

/// The largest level in dB, either way. All amplitudes that `f64` holds have smaller ones.
const MAX_LEVEL_DB: f64 = 1e4;
/// The weights whose sums with squared errors neither vanish nor overflow.
const WEIGHTS: RangeInclusive<f64> = 1e-100..=1e100;
/// The largest penalty whose square does not overflow.
const MAX_PENALTY: f64 = 1e100;

/// A target curve for a filter's level.
#[derive(Clone, Debug, PartialEq)]
pub struct MagnitudeTarget {
    frequencies: Vec<f64>,
    decibels: Vec<f64>,
    weights: Weights,
    /// The penalty of a gain of 1 dB, as an error in dB.
    penalty: f64,
}

/// Why a curve cannot be a target.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TargetError {
    /// There are no points.
    Empty,
    /// The number of levels or weights is not the number of frequencies.
    Length {
        /// Number of frequencies.
        expected: usize,
        /// Number of levels or weights.
        found: usize,
    },
    /// A frequency is negative, infinite or NaN, or not above the one before it.
    Frequency {
        /// Its position.
        index: usize,
        /// Its value in Hz.
        value: f64,
    },
    /// A level is NaN or beyond ±10,000 dB.
    Level {
        /// Its position.
        index: usize,
        /// Its value in dB.
        value: f64,
    },
    /// All weights are 0.
    NoWeight,
    /// A [penalty](MagnitudeTarget::gain_penalty) is negative, NaN or above 1e100.
    GainPenalty {
        /// The penalty.
        value: f64,
    },
    /// A weight is neither 0 nor from 1e-100 to 1e100.
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
                let most = MAX_LEVEL_DB;
                write!(f, "level {index} of the curve, {value} dB, must lie within ±{most} dB")
            }
            Self::NoWeight => write!(f, "all weights of the curve are 0"),
            Self::GainPenalty { value } => {
                let most = MAX_PENALTY;
                write!(f, "the gain penalty, {value:?}, must lie between 0 and {most:e}")
            }
            Self::Weight { index, value } => {
                let (low, high) = (WEIGHTS.start(), WEIGHTS.end());
                write!(
                    f,
                    "weight {index} of the curve, {value}, must be 0 or lie between {low:e} and {high:e}"
                )
            }
        }
    }
}

impl std::error::Error for TargetError {}

impl MagnitudeTarget {
    /// From rising frequencies in Hz and levels in dB. Every point has weight 1.
    ///
    /// # Errors
    ///
    /// If the lists are empty, differ in length, or contain an invalid value.
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
        let allowed = |level: f64| level.abs() <= MAX_LEVEL_DB;
        if let Some((index, &value)) = decibels.iter().enumerate().find(|(_, l)| !allowed(**l)) {
            return Err(TargetError::Level { index, value });
        }
        Ok(Self {
            frequencies: frequencies.to_vec(),
            decibels: decibels.to_vec(),
            weights: Weights::even(expected),
            penalty: 0.0,
        })
    }

    /// Multiplies the squared error at each frequency by a weight. A point of weight 0 is left out:
    /// it has no residual, and the filter's level there may be anything, even minus infinity.
    ///
    /// # Errors
    ///
    /// If the number of weights is not the number of frequencies, if a weight is neither 0 nor from
    /// 1e-100 to 1e100, or if all are 0.
    pub fn weighted(self, weights: &[f64]) -> Result<Self, TargetError> {
        let weights = checked_weights(self.frequencies.len(), weights)?;
        Ok(Self { weights: weights.with_single(self.weights.single_count()), ..self })
    }

    /// Multiplies the weight of each point by its share of the octaves, by the trapezoidal rule: half
    /// the distance between its neighbours in octaves, and at the ends half the distance to the only
    /// neighbour. The mean squared error is then a mean over octaves and depends on the curve alone,
    /// not on the spacing of its points. A point at 0 Hz is infinitely many octaves away and gets
    /// weight 0. If no weight above 0 would remain, the weights stay as they are.
    ///
    /// ```
    /// use filterbank::fit::MagnitudeTarget;
    ///
    /// // Points an octave and three octaves apart.
    /// let target = MagnitudeTarget::new(&[100.0, 200.0, 1_600.0], &[0.0, 1.0, 0.0])?.per_octave();
    /// for (weight, expected) in target.weights().zip([0.5, 2.0, 1.5]) {
    ///     assert!((weight - expected).abs() < 1e-12);
    /// }
    /// # Ok::<(), filterbank::fit::TargetError>(())
    /// ```
    #[must_use]
    pub fn per_octave(self) -> Self {
        let weights = self.weights.clone().multiplied(&octaves(&self.frequencies));
        if weights.total() > 0.0 { Self { weights, ..self } } else { self }
    }

    /// From this frequency in Hz up, only the mean of the error counts, with the total weight of
    /// its points. Measurements of small objects are reliable only on average there. If it is NaN,
    /// all points count one by one.
    #[must_use]
    pub fn mean_above(self, frequency: f64) -> Self {
        let above = self.frequencies.iter().filter(|f| **f >= frequency).count();
        let single = self.frequencies.len() - above;
        Self { weights: self.weights.with_single(single), ..self }
    }

    /// Adds the square of `penalty` times the gain in dB to the mean squared error, for every tuned
    /// gain. This discourages bands that cancel each other. 0.001 hardly changes the error; 0.01
    /// favours small gains. The penalty is not part of [`Fit::rms`](crate::fit::Fit::rms). It must
    /// lie between 0 and 1e100: a fit with another one is refused.
    #[must_use]
    pub fn gain_penalty(self, penalty: f64) -> Self {
        Self { penalty, ..self }
    }

    /// The same curve on about this number of points, evenly spaced in the logarithm of frequency.
    /// Each is the weighted mean of the points it replaces, with the sum of their weights.
    #[must_use]
    pub fn thinned(&self, points: usize) -> Self {
        let positive = || self.frequencies.iter().filter(|f| **f > 0.0);
        let (first, last) = (positive().next(), positive().next_back());
        let octaves = first.zip(last).map_or(0.0, |(first, last)| (last / first).log2());
        let step = octaves / points.max(1) as f64;
        // 0 Hz has no logarithm: it stays a point of its own.
        let group = |f: f64| {
            let logarithmic = if step > 0.0 { (f.log2() / step).floor() } else { 0.0 };
            (f > 0.0).then_some(logarithmic)
        };
        let mut thin = Self {
            frequencies: Vec::new(),
            decibels: Vec::new(),
            weights: Weights::even(0),
            penalty: self.penalty,
        };
        let (mut roots, mut single) = (Vec::new(), 0);
        let indices: Vec<usize> = (0..self.frequencies.len()).collect();
        let together = |a: &usize, b: &usize| {
            group(self.frequencies[*a]) == group(self.frequencies[*b])
                && self.weights.is_single(*a) == self.weights.is_single(*b)
        };
        for members in indices.chunk_by(together) {
            let weight: f64 = members.iter().map(|i| self.weights.weight(*i)).sum();
            let mean = |values: &dyn Fn(usize) -> f64| {
                let plain = members.iter().map(|i| values(*i)).sum::<f64>() / members.len() as f64;
                let sum: f64 = members.iter().map(|i| self.weights.weight(*i) * values(*i)).sum();
                if weight > 0.0 { sum / weight } else { plain }
            };
            // The logarithm of 0 is −∞, and back.
            thin.frequencies.push(mean(&|i| self.frequencies[i].ln()).exp());
            thin.decibels.push(mean(&|i| self.decibels[i]));
            roots.push(weight.sqrt());
            single += usize::from(members.iter().all(|i| self.weights.is_single(*i)));
        }
        thin.weights = Weights::from_roots(roots, single);
        thin
    }

    /// The frequencies in Hz.
    pub fn frequencies(&self) -> &[f64] {
        &self.frequencies
    }

    /// The levels in dB.
    pub fn decibels(&self) -> &[f64] {
        &self.decibels
    }

    /// The weights of the points.
    pub fn weights(&self) -> impl ExactSizeIterator<Item = f64> {
        (0..self.frequencies.len()).map(|point| self.weights.weight(point))
    }

    pub(in crate::fit) fn residual_count(&self) -> usize {
        self.curve().residual_count()
    }

    pub(in crate::fit) fn curve(&self) -> Curve<1> {
        let curve = Curve::new(&self.frequencies, [&self.decibels], &self.weights);
        Curve { penalty: self.penalty, ..curve }
    }

    /// The same curve without its points of weight 0.
    pub(in crate::fit) fn without_ignored(&self) -> Self {
        let Curve { frequencies, wanted: [decibels], weights, penalty } = self.curve();
        Self { frequencies, decibels, weights, penalty }
    }
}

/// Each point's share of the octaves, by the trapezoidal rule; 0 Hz has none.
fn octaves(frequencies: &[f64]) -> Vec<f64> {
    let mut shares = vec![0.0; frequencies.len()];
    for (left, pair) in frequencies.windows(2).enumerate() {
        if pair[0] > 0.0 {
            // Unlike a difference of logarithms, it is never 0.
            let distance = ((pair[1] - pair[0]) / pair[0]).ln_1p() / LN_2;
            shares[left] += 0.5 * distance;
            shares[left + 1] += 0.5 * distance;
        }
    }
    shares
}

/// A penalty that can be squared.
pub(super) fn checked_penalty(value: f64) -> Result<f64, TargetError> {
    let valid = (0.0..=MAX_PENALTY).contains(&value);
    valid.then_some(value).ok_or(TargetError::GainPenalty { value })
}

/// The weights of `points`: each must be valid, and one above 0.
pub(super) fn checked_weights(points: usize, weights: &[f64]) -> Result<Weights, TargetError> {
    let (expected, found) = (points, weights.len());
    if expected != found {
        return Err(TargetError::Length { expected, found });
    }
    let invalid = |weight: f64| weight != 0.0 && !WEIGHTS.contains(&weight);
    if let Some((index, &value)) = weights.iter().enumerate().find(|(_, w)| invalid(**w)) {
        return Err(TargetError::Weight { index, value });
    }
    if weights.iter().all(|weight| *weight == 0.0) {
        return Err(TargetError::NoWeight);
    }
    Ok(Weights::new(weights))
}
