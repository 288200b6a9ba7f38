//! Drawings as SVG files: magnitude curves in a few lines, and the parts they are made of.
//!
//! ```ignore
//! plot::magnitudes(
//!     "curves.svg".as_ref(),
//!     "Two crossovers",
//!     &[
//!         Panel { title: "before", curves: &[Curve::new("low", &low), Curve::new("high", &high)] },
//!         Panel { title: "after", curves: &[Curve::new("low", &low), Curve::new("high", &high)] },
//!     ],
//! )?;
//! ```
//!
//! For anything else, [`draw`] opens a [`Canvas`], on which [`Canvas::chart`] draws curves over
//! axes, [`Canvas::plane`] poles and zeros, and [`Canvas::text`] words. Lengths are pixels from
//! the upper left corner.

mod axis;
mod chart;
mod plane;

use std::error::Error;
use std::fs;
use std::path::Path;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Circle, Color, DrawingArea, IntoDrawingArea, IntoFont, PathElement, RGBColor, SVGBackend,
    ShapeStyle, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, FontTransform};

pub use axis::Axis;
pub use chart::{Chart, Curve, Mark};
pub use plane::Plane;

/// What drawing gives back.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// plotters rounds positions to whole units: drawn so many times too large, curves are smooth.
const SUBPIXELS: f64 = 16.0;
/// plotters divides sizes of fonts by this on their way into an SVG.
const FONT_FACTOR: f64 = 1.24;

/// Colours that colour-blind eyes tell apart too (after Okabe and Ito).
const PALETTE: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(150, 70, 130),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];
const INK: RGBColor = RGBColor(40, 40, 40);
const SOFT: RGBColor = RGBColor(110, 110, 110);
const MARK: RGBColor = RGBColor(150, 120, 60);

const LABEL_SIZE: f64 = 12.0;
/// Room for labels and titles of axes.
const LEFT_MARGIN: f64 = 76.0;
const RIGHT_MARGIN: f64 = 16.0;
const BOTTOM_MARGIN: f64 = 48.0;
/// Curves over one pair of axes, among other panels with the same axes.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// Its heading.
    pub title: &'a str,
    /// Its curves: points of frequency in Hz and level in dB.
    pub curves: &'a [Curve<'a>],
}

/// Draws magnitude curves: `panels` side by side, two in a row, each with its legend, all with
/// the same axes so that they compare. The axes hold all points with a frequency above 0 whose
/// level is less than 120 dB below the highest.
///
/// # Errors
///
/// If the file cannot be written.
pub fn magnitudes(path: &Path, title: &str, panels: &[Panel]) -> Result {
    let curves = || panels.iter().flat_map(|panel| panel.curves);
    let points = || curves().flat_map(|curve| curve.points).filter(|(x, _)| *x > 0.0);
    let (left, right) = range(points().map(|point| point.0)).unwrap_or((20.0, 20_000.0));
    let (mut low, high) = range(points().map(|point| point.1)).unwrap_or((-60.0, 0.0));
    low = low.max(high - 120.0);
    let margin = 0.05 * (high - low).max(1.0);
    let x = Axis::frequency(left, right);
    let y = Axis::linear("magnitude (dB)", low - margin, high + margin);

    let columns = panels.len().clamp(1, 2);
    let rows = panels.len().div_ceil(columns).max(1);
    let (width, height) = if columns == 1 { (900.0, 500.0) } else { (640.0, 420.0) };
    let heading = 48.0;
    let size = (width * columns as f64, heading + height * rows as f64);
    draw(path, size, |canvas| {
        canvas.text(title, (16.0, 30.0), &Text { size: 20.0, bold: true, ..Text::default() })?;
        let charts = panels.iter().map(|panel| {
            let Panel { title, curves } = *panel;
            Chart { title, x, y, curves, marks: &[] }
        });
        // Frames of equal size.
        let head = charts.clone().map(|chart| chart.head(width)).fold(0.0, f64::max);
        for (index, chart) in charts.enumerate() {
            let left = width * (index % columns) as f64;
            let top = heading + height * (index / columns) as f64;
            canvas.chart_below(Place { left, top, width, height }, &chart, head)?;
        }
        Ok(())
    })
}

/// The least and greatest of the finite values.
pub fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((value.min(low), value.max(high)))
    })
}

/// A part of a canvas.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Place {
    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// What is left without margins.
    fn inside(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            left: self.left + left,
            top: self.top + top,
            width: self.width - left - right,
            height: self.height - top - bottom,
        }
    }
}

/// How words look, and which point of theirs is placed.
#[derive(Clone, Copy)]
pub struct Text {
    /// Height of the font.
    pub size: f64,
    /// Heavy letters.
    pub bold: bool,
    /// Written upwards.
    pub upwards: bool,
    /// Where along the words the point is.
    pub anchor: HPos,
    /// Colour.
    pub color: RGBColor,
}

impl Default for Text {
    fn default() -> Self {
        Self { size: LABEL_SIZE, bold: false, upwards: false, anchor: HPos::Left, color: INK }
    }
}

/// A drawing in the making.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// Draws an SVG of a size in pixels, on white, and writes it to `path`.
///
/// # Errors
///
/// If the file cannot be written.
pub fn draw(
    path: &Path,
    (width, height): (f64, f64),
    content: impl FnOnce(&Canvas) -> Result,
) -> Result {
    let (wide, high) = subpixel((width, height));
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (wide.unsigned_abs(), high.unsigned_abs()))
        .into_drawing_area();
    area.fill(&WHITE)?;
    let canvas = Canvas { area };
    content(&canvas)?;
    canvas.area.present()?;
    drop(canvas);
    // Shown at the size asked for, and without spikes where a curve turns sharply.
    let svg = svg
        .replacen(
            &format!("width=\"{wide}\" height=\"{high}\" viewBox"),
            &format!("width=\"{width}\" height=\"{height}\" viewBox"),
            1,
        )
        .replacen(">\n", ">\n<style>polyline { stroke-linejoin: round }</style>\n", 1);
    fs::write(path, svg)?;
    Ok(())
}

/// A point in the units of the SVG.
#[allow(clippy::cast_possible_truncation, reason = "drawings are far smaller than 2^31")]
fn subpixel((x, y): (f64, f64)) -> (i32, i32) {
    ((x * SUBPIXELS).round() as i32, (y * SUBPIXELS).round() as i32)
}

fn stroke(color: RGBColor, width: f64) -> ShapeStyle {
    color.stroke_width(subpixel((width, 0.0)).0.unsigned_abs())
}

impl Canvas<'_> {
    /// Writes words with their middle at the height of `at`.
    ///
    /// # Errors
    ///
    /// If plotters fails.
    pub fn text(&self, text: &str, at: (f64, f64), style: &Text) -> Result {
        let mut font = ("sans-serif", style.size * FONT_FACTOR * SUBPIXELS).into_font();
        if style.bold {
            font = font.style(FontStyle::Bold);
        }
        if style.upwards {
            font = font.transform(FontTransform::Rotate270);
        }
        let style = font.color(&style.color).pos(Pos::new(style.anchor, VPos::Center));
        Ok(self.area.draw_text(text, &style, subpixel(at))?)
    }

    fn line(&self, points: &[(f64, f64)], color: RGBColor, width: f64) -> Result {
        let points: Vec<_> = points.iter().copied().map(subpixel).collect();
        Ok(self.area.draw(&PathElement::new(points, stroke(color, width)))?)
    }

    fn dashes(&self, points: &[(f64, f64)], color: RGBColor, width: f64) -> Result {
        let points: Vec<_> = points.iter().copied().map(subpixel).collect();
        let (dash, gap) = subpixel((6.0, 4.0));
        let style = stroke(color, width);
        Ok(self.area.draw(&DashedPathElement::new(points, dash, gap, style))?)
    }

    fn circle(&self, center: (f64, f64), radius: f64, style: ShapeStyle) -> Result {
        let radius = subpixel((radius, 0.0)).0;
        Ok(self.area.draw(&Circle::new(subpixel(center), radius, style))?)
    }
}
