//! Drawings as SVG files.
//!
//! [`draw`] opens a [`Canvas`], on which [`Canvas::chart`] draws curves over axes,
//! [`Canvas::plane`] poles and zeros, and [`Canvas::text`] words. Lengths are in pixels, from the
//! upper left corner.

mod axis;
mod chart;
mod plane;

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Circle, Color, DrawingArea, IntoDrawingArea, IntoFont, PathElement, RGBColor, SVGBackend,
    ShapeStyle, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, FontTransform};

use super::failure::Failure;

pub use axis::Axis;
pub use chart::{Chart, Curve, Mark};
pub use plane::Plane;

/// Result of drawing.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Drawings are enlarged by this factor, because plotters rounds positions to whole units.
const SUBPIXELS: f64 = 16.0;
/// plotters divides font sizes by this factor in an SVG.
const FONT_FACTOR: f64 = 1.24;

/// Colours for colour-blind readers (after Okabe and Ito).
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

    /// The place inside margins.
    fn inside(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            left: self.left + left,
            top: self.top + top,
            width: self.width - left - right,
            height: self.height - top - bottom,
        }
    }
}

/// Style and alignment of text.
#[derive(Clone, Copy)]
pub struct Text {
    /// Height of the font.
    pub size: f64,
    /// Bold.
    pub bold: bool,
    /// Rotated, reading upwards.
    pub upwards: bool,
    /// Horizontal alignment.
    pub anchor: HPos,
    /// Colour.
    pub color: RGBColor,
}

impl Default for Text {
    fn default() -> Self {
        Self { size: LABEL_SIZE, bold: false, upwards: false, anchor: HPos::Left, color: INK }
    }
}

/// A drawing.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// The text of an SVG of a size in pixels, on white, for the file `path`.
pub fn svg(
    path: &Path,
    size: (f64, f64),
    content: impl FnOnce(&Canvas) -> Result,
) -> std::result::Result<String, Failure> {
    text(size, content)
        .map_err(|error| Failure::file(path, format_args!("cannot be drawn: {error}")))
}

fn text((width, height): (f64, f64), content: impl FnOnce(&Canvas) -> Result) -> Result<String> {
    let (wide, high) = subpixel((width, height));
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (wide.unsigned_abs(), high.unsigned_abs()))
        .into_drawing_area();
    area.fill(&WHITE)?;
    let canvas = Canvas { area };
    content(&canvas)?;
    canvas.area.present()?;
    drop(canvas);
    // Real size, and no spikes at sharp turns of a curve.
    Ok(svg
        .replacen(
            &format!("width=\"{wide}\" height=\"{high}\" viewBox"),
            &format!("width=\"{width}\" height=\"{height}\" viewBox"),
            1,
        )
        .replacen(">\n", ">\n<style>polyline { stroke-linejoin: round }</style>\n", 1))
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
    /// Writes text, vertically centred at `at`.
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
