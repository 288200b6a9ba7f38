//! A curve of levels over frequencies.

use std::iter;

use filterbank::fit::MagnitudeTarget;

use super::interpolation;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;

/// Points per octave of the grid on which curves are compared.
pub const POINTS: f64 = 48.0;

/// Levels in dB at rising frequencies in Hz.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its file, in backticks.
    pub name: String,
    /// Frequencies and levels.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// The part from `low` to `high`, and the number of points outside it.
    pub fn within(&self, (low, high): (f64, f64)) -> Result<(Self, usize), Failure> {
        let inside = |(frequency, _): &&(f64, f64)| (low..=high).contains(frequency);
        let points: Vec<_> = self.points.iter().filter(inside).copied().collect();
        if points.is_empty() {
            let (low, high) = (hertz(low), hertz(high));
            let (name, (first, last)) = (&self.name, self.span());
            // Levels over kilohertz, without a header that says so.
            let hint = if last <= 100.0 && first < 1.0 {
                "; if its frequencies are in kHz, say so in a header: `kHz,dB`"
            } else {
                ""
            };
            return Err(Failure::usage(format!(
                "{name} has no points in the range to fit, {low} to {high}: it goes from {} to \
                 {}{hint}",
                hertz(first),
                hertz(last),
            )));
        }
        let dropped = self.points.len() - points.len();
        Ok((Self { name: self.name.clone(), points }, dropped))
    }

    /// The first and last frequency above 0, which has no octaves.
    pub fn span(&self) -> (f64, f64) {
        let first = self.points.iter().find(|point| point.0 > 0.0);
        let ends = first.zip(self.points.last());
        ends.map_or((0.0, 0.0), |(first, last)| (first.0, last.0))
    }

    /// The level at a frequency above 0: a smooth curve through the points over the logarithm of
    /// frequency, constant beyond the ends.
    pub fn level(&self, frequency: f64) -> f64 {
        interpolation::level(&self.points, frequency)
    }

    /// The curve at evenly spaced points over octaves, each the mean over its surroundings: the same
    /// for the same curve, wherever its own points are.
    #[must_use]
    pub fn on_grid(&self, (low, high): (f64, f64), per_octave: f64) -> Self {
        let step = 2_f64.powf(1.0 / per_octave);
        // Rounding must not drop the last point.
        let grid = iter::successors(Some(low), |frequency| Some(frequency * step))
            .take_while(|frequency| *frequency < high * (1.0 - 1e-9))
            .chain([high]);
        let (first, last) = self.span();
        let level = |frequency: f64| {
            // The same distance on both sides, or a slope would move the mean.
            let half = step.sqrt().min(frequency / first).min(last / frequency).max(1.0);
            interpolation::mean(&self.points, frequency / half, frequency * half)
        };
        Self { name: self.name.clone(), points: grid.map(|f| (f, level(f))).collect() }
    }

    /// The curve to fit: every octave counts the same, however many points it has.
    pub fn target(&self) -> Result<MagnitudeTarget, Failure> {
        let (frequencies, levels): (Vec<f64>, Vec<f64>) = self.points.iter().copied().unzip();
        MagnitudeTarget::new(&frequencies, &levels)
            .map(MagnitudeTarget::per_octave)
            .map_err(|error| Failure::usage(format!("{}: {error}", self.name)))
    }

    /// The mean level over octaves.
    pub fn mean(&self) -> Result<f64, Failure> {
        let target = self.target()?;
        let weighted = target.weights().zip(target.decibels());
        let (sum, total) = weighted.fold((0.0, 0.0), |(sum, total), (weight, level)| {
            (sum + weight * level, total + weight)
        });
        Ok(sum / total)
    }

    /// The curve with other levels at the same frequencies.
    #[must_use]
    pub fn map(&self, level: impl Fn(f64, f64) -> f64) -> Self {
        let points = self.points.iter().map(|&(f, old)| (f, level(f, old))).collect();
        Self { name: self.name.clone(), points }
    }
}
