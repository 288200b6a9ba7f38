//! The picture: the response before and after, the EQ, and the error.

use std::path::Path;

use filterbank::Cascade;

use super::curve::Curve;
use super::job::Problem;
use super::search::Found;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;
use crate::shared::plot::{self, Axis, Chart, Curve as Line, Mark, Place, Text};

const WIDTH: f64 = 960.0;
const HEADING: f64 = 66.0;
/// Points of a computed curve.
const POINTS: i32 = 800;
/// Indices of the colours, the same in all panels.
const BLUE: Option<usize> = Some(0);
const ORANGE: Option<usize> = Some(1);
const GREEN: Option<usize> = Some(2);
const PURPLE: Option<usize> = Some(3);

/// The content of the picture.
pub struct Picture<'a> {
    pub problem: &'a Problem,
    pub found: &'a Found,
    pub mean_above: f64,
}

/// A chart over the common frequency axis.
struct Panel<'a> {
    title: &'a str,
    unit: &'static str,
    height: f64,
    curves: Vec<Line<'a>>,
    /// The smallest range of levels.
    least: (f64, f64),
    /// The chart shows all levels below this frequency.
    seen: f64,
}

impl Picture<'_> {
    /// The text of an SVG for the file `path`.
    pub fn svg(&self, path: &Path) -> Result<String, Failure> {
        let Self { problem, found, .. } = *self;
        let wanted = &problem.wanted;
        let (low, high) = wanted.span();
        let eq = |frequency: f64| found.cascade.magnitude_db(frequency);
        let response: Vec<_> = (0..=POINTS)
            .map(|step| low * (high / low).powf(f64::from(step) / f64::from(POINTS)))
            .map(|frequency| (frequency, eq(frequency)))
            .collect();
        let error = wanted.map(|frequency, level| eq(frequency) - level);
        let result = problem
            .difference
            .as_ref()
            .map(|difference| difference.measurement.map(|frequency, level| level + eq(frequency)));

        let points = |band: &Cascade<f64>| {
            response
                .iter()
                .map(|(frequency, _)| (*frequency, band.magnitude_db(*frequency)))
                .collect()
        };
        let singles: Vec<Vec<_>> = found.singles.iter().map(points).collect();
        let zero = [(low, 0.0), (high, 0.0)];
        let thin = |points| Line { thin: true, points, ..Line::default() };

        let level = problem.difference.as_ref().map(|difference| difference.level.as_str());
        let title = format!("Response, {} before the EQ", level.unwrap_or_default());
        let mut panels = Vec::new();
        if let (Some(difference), Some(result)) = (&problem.difference, &result) {
            panels.push(Panel {
                title: &title,
                unit: "level (dB)",
                height: 350.0,
                curves: vec![
                    line("measurement", &difference.measurement, BLUE),
                    line("with the EQ", result, GREEN),
                    Line { dashed: true, ..line("target", &difference.target, ORANGE) },
                ],
                least: (-3.0, 3.0),
                seen: f64::INFINITY,
            });
        }
        panels.push(Panel {
            title: "EQ, and its bands",
            unit: "gain (dB)",
            height: 350.0,
            curves: [thin(&zero)]
                .into_iter()
                .chain(singles.iter().map(|points| thin(points)))
                .chain([
                    Line { label: "EQ", points: &response, color: GREEN, ..Line::default() },
                    Line { dashed: true, ..line("wanted", wanted, ORANGE) },
                ])
                .collect(),
            least: (-1.0, 1.0),
            seen: f64::INFINITY,
        });
        panels.push(Panel {
            title: "EQ − wanted",
            unit: "error (dB)",
            height: 230.0,
            curves: vec![thin(&zero), line("", &error, PURPLE)],
            least: (-1.0, 1.0),
            // Where only the mean counts, errors may be large.
            seen: self.mean_above,
        });

        let height = HEADING + panels.iter().map(|panel| panel.height).sum::<f64>();
        plot::svg(path, (WIDTH, height), |canvas| {
            let title = Text { size: 21.0, bold: true, ..Text::default() };
            canvas.text(&self.title(), (20.0, 30.0), &title)?;
            canvas.text(&self.subtitle(), (20.0, 56.0), &Text { size: 14.0, ..Text::default() })?;
            let mut top = HEADING;
            for panel in &panels {
                let place = Place { left: 0.0, top, width: WIDTH, height: panel.height };
                let marks = self.marks((low, high), panel.title.starts_with("EQ −"));
                canvas.chart(place, &panel.chart(Axis::frequency(low, high), &marks))?;
                top += panel.height;
            }
            Ok(())
        })
    }

    fn title(&self) -> String {
        let error = self.found.rms_db;
        format!("{} bands, {error:.2} dB RMS from the curve", self.found.bands.len())
    }

    fn subtitle(&self) -> String {
        let rate = self.found.cascade.sample_rate();
        let name = |curve: &Curve| {
            let path = curve.name.trim_matches('`');
            let file = Path::new(path).file_name();
            file.map_or(path.into(), |file| file.to_string_lossy().into_owned())
        };
        let what = match &self.problem.difference {
            Some(difference) => {
                format!("{} to become {}", name(&difference.measurement), name(&difference.target))
            }
            None => name(&self.problem.wanted),
        };
        format!("{what}, EQ at {rate} Hz")
    }

    /// The frequency above which only the mean counts.
    fn marks(&self, (low, high): (f64, f64), labelled: bool) -> Vec<Mark> {
        if !(low < self.mean_above && self.mean_above < high) {
            return Vec::new();
        }
        let above = hertz(self.mean_above);
        let label = if labelled { format!("from {above}: mean only") } else { String::new() };
        vec![Mark { x: self.mean_above, label }]
    }
}

impl Panel<'_> {
    fn chart<'a>(&'a self, x: Axis, marks: &'a [Mark]) -> Chart<'a> {
        let seen = |point: &&(f64, f64)| point.0 < self.seen;
        let points = self.curves.iter().flat_map(|curve| curve.points);
        let levels = points.filter(seen).map(|point| point.1);
        let (low, high) = plot::range(levels).unwrap_or(self.least);
        let margin = 0.06 * (high - low);
        let (low, high) = ((low - margin).min(self.least.0), (high + margin).max(self.least.1));
        let y = Axis::linear(self.unit, low, high);
        Chart { title: self.title, x, y, curves: &self.curves, marks }
    }
}

fn line<'a>(label: &'a str, curve: &'a Curve, color: Option<usize>) -> Line<'a> {
    Line { label, points: &curve.points, color, ..Line::default() }
}
