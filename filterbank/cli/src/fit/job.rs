//! The task: from curves to an EQ, its files and its report.

use std::path::{Path, PathBuf};

use filterbank::fit::ParametricEq;

use super::curve::{Curve, POINTS};
use super::curve_file::{self, Reading, Request, Role};
use super::difference::Difference;
use super::drawing::Picture;
use super::errors::Errors;
use super::report::Report;
use super::rounded::Rounded;
use super::search::{Found, search};
use super::{demo, json, written};
use crate::shared::destination::{self, Output};
use crate::shared::failure::Failure;
use crate::shared::format::{counted, hertz};
use crate::shared::input::is_standard;
use crate::shared::numbers::LevelRange;
use crate::shared::output::{self, note};

/// Gains in dB that bands have by default. A curve whose mean is beyond them is no gain.
const USUAL: f64 = 20.0;
/// The most points per octave of a curve: more than its narrowest bands need.
const FINEST: f64 = 1_000.0;
/// The farthest that a shelf may be from the curve, in octaves.
const FAR: f64 = 1.0;

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
        /// Where both have the same level; `None` for the usual range.
        level: Option<LevelRange>,
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
    /// Whether peaks may be placed wherever the curve has points.
    pub places_anywhere: bool,
    /// The columns of levels in the curve or the measurement, and in the target.
    pub columns: (Option<String>, Option<String>),
    /// The part of the curve that is fitted, in Hz.
    pub range: (f64, f64),
    /// Above this frequency, in Hz, only the mean of the curve counts.
    pub mean_above: f64,
    pub out: Option<PathBuf>,
    pub plot: Option<PathBuf>,
    /// Whether existing files may be replaced.
    pub force: bool,
    pub json: bool,
}

/// The curve to fit, and its sources.
pub struct Problem {
    /// The points that were read, or compared, in the range to fit.
    pub given: Curve,
    /// The same at evenly spaced points over octaves.
    pub wanted: Curve,
    pub difference: Option<Difference>,
    /// What was done to the files.
    pub notes: Vec<String>,
}

/// The errors of a response against the target: that of the curve that was read, neither smoothed
/// nor limited.
pub struct Distance {
    /// Without the EQ.
    pub before: Errors,
    /// With the EQ.
    pub after: Errors,
    /// The error of the fit, with the written digits.
    pub rounded: Errors,
}

impl Job {
    /// Fits, writes the files and reports.
    pub fn run(self) -> Result<(), Failure> {
        let outputs: Vec<_> = self.written().collect();
        self.check(&outputs)?;
        if let Source::Example = self.source {
            return output::print(&demo::run(self)?);
        }
        // Before the search, so that it is not in vain.
        let prepare = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| Output::prepare(path, self.force)).transpose()
        };
        let (out, plot) = (prepare(&self.out)?, prepare(&self.plot)?);
        let mut problem = self.problem()?;
        let eq = self.eq_for(&mut problem);
        problem.notes.iter().for_each(|line| note(line));
        let found = search(&eq, &problem, self.mean_above)?;
        let outcome = Outcome::new(&self, problem, found)?;
        // Nothing is written unless everything can be.
        let svg = self.plot.as_ref().map(|path| outcome.svg(path)).transpose()?;
        if let Some((path, out)) = self.out.as_ref().zip(out) {
            out.write(&written::text(path, &outcome.eq))?;
        }
        if let Some((plot, svg)) = plot.zip(svg) {
            plot.write(&svg)?;
        }
        let text = if self.json { format!("{}\n", outcome.json()) } else { outcome.report() };
        output::report(&text, &outputs)
    }

    /// Files that cannot be read or written together.
    fn check(&self, outputs: &[&Path]) -> Result<(), Failure> {
        let inputs = self.source.files();
        if inputs.iter().filter(|path| is_standard(path)).count() > 1 {
            return Err(Failure::usage("standard input can be read once only"));
        }
        if self.json && outputs.iter().any(|path| is_standard(path)) {
            return Err(Failure::usage(
                "`--json` and `-` both write to standard output: give the other output a file",
            ));
        }
        destination::check_apart(&inputs, outputs)
    }

    /// Reads the curves.
    pub fn problem(&self) -> Result<Problem, Failure> {
        match &self.source {
            Source::Curve(path) => {
                let reading = curve_file::read(path, self.request(Role::Gain))?;
                self.curve(reading, path)
            }
            Source::Difference { measurement, target, max_boost, level } => {
                let measurement = curve_file::read(measurement, self.request(Role::Measurement))?;
                let target = curve_file::read(target, self.request(Role::Target))?;
                self.difference(measurement, target, *max_boost, *level)
            }
            Source::Example => {
                let [measurement, target] = demo::curves(self)?;
                self.difference(measurement, target, demo::MAX_BOOST, None)
            }
        }
    }

    /// How to read a file.
    pub fn request(&self, role: Role) -> Request<'_> {
        let (first, second) = &self.columns;
        let column = if role == Role::Target { second } else { first };
        Request { role, column: column.as_deref(), sample_rate: self.eq.sample_rate }
    }

    /// The part of a curve that is fitted.
    fn curve(&self, reading: Reading, path: &Path) -> Result<Problem, Failure> {
        let Reading { curve, mut notes } = reading;
        let (given, dropped) = curve.within(self.range)?;
        // The narrowest band is about 1.4 octaves over Q wide.
        let per_octave = POINTS.max(6.0 * self.eq.q.end()).min(FINEST);
        let wanted = curve.on_grid(given.span(), per_octave);
        let mean = wanted.mean()?;
        let most = self.eq.gain_db.end().max(USUAL);
        let least = self.eq.gain_db.start().min(-USUAL);
        if !(least..=most).contains(&mean) {
            let name = &curve.name;
            let file = if is_standard(path) { "-".into() } else { shell_word(path) };
            return Err(Failure::usage(format!(
                "{name} has a mean level of {mean:.1} dB: it looks like a measurement, but CURVE is \
                 the gain wanted; to equalise a measurement, type: filterbank fit --measurement \
                 {file} --target TARGET.csv"
            )));
        }
        if dropped > 0 {
            let (low, high) = (hertz(self.range.0), hertz(self.range.1));
            let points = counted(dropped as u64, "point");
            notes.push(format!("{}: {points} outside {low} to {high} left out", curve.name));
        }
        Ok(Problem { given, wanted, difference: None, notes })
    }

    /// The curve that turns a measurement into a target.
    fn difference(
        &self,
        measurement: Reading,
        target: Reading,
        max_boost: f64,
        level: Option<LevelRange>,
    ) -> Result<Problem, Failure> {
        let (first, second) = (&measurement.curve, &target.curve);
        let difference = Difference::new(first, second, self.range, max_boost, level)?;
        let notes = [measurement.notes, target.notes, difference.notes.clone()].concat();
        let wanted = difference.wanted.clone();
        Ok(Problem { given: wanted.clone(), wanted, difference: Some(difference), notes })
    }

    /// The layout of the EQ, with bands only where the curve has points.
    fn eq_for(&self, problem: &mut Problem) -> ParametricEq {
        let mut eq = self.eq.clone();
        let (first, last) = problem.wanted.span();
        let (low, high) = (eq.frequency.start().max(first), eq.frequency.end().min(last));
        if self.places_anywhere && low < high {
            eq.frequency = low..=high;
        }
        let factor = 2_f64.powf(FAR);
        let near = |shelf: f64| first / factor <= shelf && shelf <= last * factor;
        for (name, shelf) in [("low", &mut eq.low_shelf), ("high", &mut eq.high_shelf)] {
            if let Some(frequency) = shelf.take_if(|frequency| !near(*frequency)) {
                problem.notes.push(format!(
                    "{}: the {name} shelf at {} is left out, since the curve goes from {} to {}",
                    problem.wanted.name,
                    hertz(frequency),
                    hertz(first),
                    hertz(last),
                ));
            }
        }
        eq
    }

    /// The files that are written.
    pub fn written(&self) -> impl Iterator<Item = &Path> {
        self.out.iter().chain(&self.plot).map(PathBuf::as_path)
    }
}

/// An EQ with what there is to say about it.
pub struct Outcome<'a> {
    job: &'a Job,
    problem: Problem,
    pub found: Found,
    eq: Rounded,
    distance: Distance,
}

impl<'a> Outcome<'a> {
    pub fn new(job: &'a Job, problem: Problem, found: Found) -> Result<Self, Failure> {
        let eq = Rounded::new(&found.bands, job.eq.sample_rate)?;
        let wanted = problem.wanted.target()?;
        let exact = match &problem.difference {
            Some(difference) => difference.exact.target()?,
            None => wanted.clone(),
        };
        let found_eq = |frequency: f64| found.cascade.magnitude_db(frequency);
        let rounded = |frequency: f64| eq.cascade.magnitude_db(frequency);
        let distance = Distance {
            before: Errors::new(&exact, |_| 0.0, job.mean_above),
            after: Errors::new(&exact, found_eq, job.mean_above),
            rounded: Errors::new(&wanted, rounded, job.mean_above),
        };
        Ok(Self { job, problem, found, eq, distance })
    }

    /// The picture, for the file `path`.
    pub fn svg(&self, path: &Path) -> Result<String, Failure> {
        let Self { job, problem, found, .. } = self;
        Picture { problem, found, mean_above: job.mean_above }.svg(path)
    }

    pub fn report(&self) -> String {
        let Self { job, problem, found, eq, distance } = self;
        Report { job, problem, found, eq, distance }.to_string()
    }

    fn json(&self) -> serde_json::Value {
        json::json(&self.problem, &self.found, &self.eq, &self.distance)
    }
}

/// A path as a word of a command line.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "-_./\\:".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
