//! The task: from curves to an EQ, its files and its report.

use std::path::{Path, PathBuf};

use filterbank::fit::ParametricEq;

use super::apo::Apo;
use super::curve::Curve;
use super::difference::Difference;
use super::drawing::Picture;
use super::report::Report;
use super::search::{Found, search};
use super::{demo, json};
use crate::shared::destination;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;
use crate::shared::output::note;

/// Source of the curve.
pub enum Source {
    /// A file with the curve itself.
    Curve(PathBuf),
    /// Target minus measurement.
    Difference {
        measurement: PathBuf,
        target: PathBuf,
        /// dB.
        max_boost: f64,
    },
    /// The synthetic headphone included in the program.
    Example,
}

impl Source {
    /// The files that are read.
    fn files(&self) -> Vec<&Path> {
        match self {
            Self::Curve(path) => vec![path],
            Self::Difference { measurement, target, .. } => vec![measurement, target],
            Self::Example => Vec::new(),
        }
    }
}

/// The search for an EQ.
pub struct Job {
    pub source: Source,
    pub eq: ParametricEq,
    /// The part of the curve that is fitted, in Hz.
    pub range: (f64, f64),
    /// Above this frequency, in Hz, only the mean of the curve counts.
    pub mean_above: f64,
    pub out: Option<PathBuf>,
    pub plot: Option<PathBuf>,
    pub json: bool,
}

/// The curve to fit, and its sources.
pub struct Problem {
    pub wanted: Curve,
    pub difference: Option<Difference>,
}

impl Job {
    /// Fits, writes the files, and returns the text to print.
    pub fn run(self) -> Result<String, Failure> {
        let outputs: Vec<_> = self.written().collect();
        destination::check_apart(&self.source.files(), &outputs)?;
        let problem = match &self.source {
            Source::Curve(path) => self.curve(&Curve::read(path)?)?,
            Source::Difference { measurement, target, max_boost } => {
                let curves = (Curve::read(measurement)?, Curve::read(target)?);
                self.difference(&curves.0, &curves.1, *max_boost)?
            }
            Source::Example => return demo::run(self),
        };
        let found = search(&self.eq, &problem.wanted, self.mean_above)?;
        let report = self.write(&problem, &found)?;
        Ok(if self.json { format!("{}\n", json::json(&found)) } else { report })
    }

    /// The part of a curve that is fitted.
    fn curve(&self, curve: &Curve) -> Result<Problem, Failure> {
        let (wanted, dropped) = curve.within(self.range)?;
        if dropped > 0 {
            let (low, high) = (hertz(self.range.0), hertz(self.range.1));
            let points = if dropped == 1 { "point is" } else { "points are" };
            note(&format!(
                "{}: {dropped} {points} outside {low} to {high} and left out",
                curve.name
            ));
        }
        Ok(Problem { wanted, difference: None })
    }

    /// The curve that turns a measurement into a target.
    pub fn difference(
        &self,
        measurement: &Curve,
        target: &Curve,
        max_boost: f64,
    ) -> Result<Problem, Failure> {
        let difference = Difference::new(measurement, target, self.range, max_boost)?;
        Ok(Problem { wanted: difference.wanted.clone(), difference: Some(difference) })
    }

    /// Writes the output files; returns the report.
    pub fn write(&self, problem: &Problem, found: &Found) -> Result<String, Failure> {
        let apo = Apo::new(&found.bands, self.eq.sample_rate)?;
        if let Some(path) = &self.out {
            destination::write(path, apo.text())?;
        }
        if let Some(path) = &self.plot {
            let svg = Picture { problem, found, mean_above: self.mean_above }.svg(path)?;
            // Nobody has asked the example to replace a file.
            match self.source {
                Source::Example => destination::write_new(path, svg)?,
                _ => destination::write(path, svg)?,
            }
        }
        Ok(Report { job: self, problem, found, apo: &apo }.to_string())
    }

    /// The files that are written.
    pub fn written(&self) -> impl Iterator<Item = &Path> {
        self.out.iter().chain(&self.plot).map(PathBuf::as_path)
    }
}
