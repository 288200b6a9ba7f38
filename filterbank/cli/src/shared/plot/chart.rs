//! Curves over axes.

use plotters::prelude::RGBColor;
use plotters::style::text_anchor::HPos;

use super::{
    Axis, BOTTOM_MARGIN, Canvas, LABEL_SIZE, LEFT_MARGIN, MARK, PALETTE, Place, RIGHT_MARGIN,
    Result, SOFT, Text,
};

const GRID: RGBColor = RGBColor(222, 222, 222);
const THIN: RGBColor = RGBColor(165, 165, 165);
const FAINT_GRID: RGBColor = RGBColor(241, 241, 241);
/// The height of a row of the legend.
const LEGEND_ROW: f64 = 18.0;

/// A curve with its name in the legend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Curve<'a> {
    /// Its name; an empty name is left out of the legend.
    pub label: &'a str,
    /// Its points from left to right, in the units of the axes.
    pub points: &'a [(f64, f64)],
    /// The index of its colour; `None` for its position among the curves.
    pub color: Option<usize>,
    /// Drawn dashed, for targets and references.
    pub dashed: bool,
    /// Drawn thin and grey, behind the others: for parts of a sum, and lines of reference.
    pub thin: bool,
}

impl<'a> Curve<'a> {
    /// A solid curve in the colour of its position.
    pub fn new(label: &'a str, points: &'a [(f64, f64)]) -> Self {
        Self { label, points, ..Self::default() }
    }
}

/// A vertical line at a value of the horizontal axis, named above the chart.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Its position.
    pub x: f64,
    /// Text above it.
    pub label: String,
}

/// Curves over axes.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// The heading, which may be empty.
    pub title: &'a str,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves, clipped at the edges of the chart.
    pub curves: &'a [Curve<'a>],
    /// Vertical lines from left to right, at most two of them with labels.
    pub marks: &'a [Mark],
}

impl Chart<'_> {
    fn title_height(&self) -> f64 {
        if self.title.is_empty() { 0.0 } else { 22.0 }
    }

    /// The height of title, legend and labels above the frame, for this width.
    fn head(&self, width: f64) -> f64 {
        let rows = legend(self.curves, width - LEFT_MARGIN - RIGHT_MARGIN).len();
        let has_labels = self.marks.iter().any(|mark| !mark.label.is_empty());
        let labels = if has_labels { 24.0 } else { 8.0 };
        self.title_height() + LEGEND_ROW * rows as f64 + labels
    }
}

/// The frame of a chart and its axes.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) place: Place,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl Frame {
    /// The pixel of a point; infinite values are moved to a finite position outside the frame.
    pub(super) fn pixel(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (x, y) = (self.x.position(x).clamp(-1e9, 1e9), self.y.position(y).clamp(-1e9, 1e9));
        (self.place.left + x * self.place.width, self.place.bottom() - y * self.place.height)
    }

    /// The pieces of a curve that are inside the frame, in pixels.
    pub(super) fn visible(&self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
        for pair in points.windows(2) {
            let (from, to) = (self.pixel(pair[0]), self.pixel(pair[1]));
            let Some((start, end)) = self.clip(from, to) else { continue };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&start) => piece.push(end),
                _ => pieces.push(vec![start, end]),
            }
        }
        pieces
    }

    /// The part of a straight line that is inside the frame (Liang and Barsky).
    pub(super) fn clip(
        &self,
        from: (f64, f64),
        to: (f64, f64),
    ) -> Option<((f64, f64), (f64, f64))> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let Place { left, top, .. } = self.place;
        let (right, bottom) = (self.place.right(), self.place.bottom());
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        // Direction of the line towards each edge, and distance to it.
        let edges = [
            (-dx, from.0 - left),
            (dx, right - from.0),
            (-dy, from.1 - top),
            (dy, bottom - from.1),
        ];
        for (speed, distance) in edges {
            let at = distance / speed;
            if speed > 0.0 {
                leave = leave.min(at);
            } else if speed < 0.0 {
                enter = enter.max(at);
            } else if !(speed == 0.0 && distance >= 0.0) {
                return None;
            }
        }
        let point = |at: f64| (from.0 + at * dx, from.1 + at * dy);
        let start = if enter == 0.0 { from } else { point(enter) };
        let end = if leave == 1.0 { to } else { point(leave) };
        (enter <= leave).then_some((start, end))
    }
}

impl Canvas<'_> {
    /// Draws curves over axes.
    pub fn chart(&self, place: Place, chart: &Chart) -> Result {
        let head = chart.head(place.width);
        let &Chart { title, x, y, curves, marks } = chart;
        let frame =
            Frame { place: place.inside(LEFT_MARGIN, head, RIGHT_MARGIN, BOTTOM_MARGIN), x, y };
        self.heading(&frame, title, place.top)?;
        self.legend(&frame, &legend(curves, frame.place.width), place.top + chart.title_height())?;
        self.axes(&frame, 26.0)?;
        self.marks(&frame, marks)?;
        for (index, curve) in curves.iter().enumerate() {
            let color = PALETTE[curve.color.unwrap_or(index) % PALETTE.len()];
            for piece in frame.visible(curve.points) {
                if curve.thin {
                    self.line(&piece, THIN, 1.0)?;
                } else if curve.dashed {
                    self.dashes(&piece, color, 1.5)?;
                } else {
                    self.line(&piece, color, 1.8)?;
                }
            }
        }
        self.border(&frame)
    }

    pub(super) fn heading(&self, frame: &Frame, title: &str, top: f64) -> Result {
        if title.is_empty() {
            return Ok(());
        }
        let style = Text { size: 13.0, bold: true, ..Text::default() };
        self.text(title, (frame.place.left, top + 14.0), &style)
    }

    fn legend(&self, frame: &Frame, rows: &[Vec<Entry>], top: f64) -> Result {
        for (row, entries) in rows.iter().enumerate() {
            let y = top + LEGEND_ROW * (row as f64 + 0.5);
            for entry in entries {
                let x = frame.place.left + entry.left;
                let (from, to) = ((x, y), (x + 24.0, y));
                let color = PALETTE[entry.color % PALETTE.len()];
                if entry.dashed {
                    self.dashes(&[from, to], color, 1.8)?;
                } else {
                    self.line(&[from, to], color, 2.2)?;
                }
                self.text(entry.label, (x + 30.0, y), &Text::default())?;
            }
        }
        Ok(())
    }

    /// Grid and titles, with ticks at least `apart` pixels apart on the vertical axis.
    pub(super) fn axes(&self, frame: &Frame, apart: f64) -> Result {
        let &Frame { place, x, y } = frame;
        let (right, bottom) = (place.right(), place.bottom());
        let (mut columns, rows) = (x.ticks(place.width / 52.0), y.ticks(place.height / apart));
        let widest = |ticks: &[(f64, Option<String>)]| {
            let labels = ticks.iter().filter_map(|(_, label)| label.as_deref());
            labels.map(|label| text_width(label, LABEL_SIZE)).fold(0.0, f64::max)
        };
        if widest(&columns) > 40.0 {
            columns = x.ticks(place.width / (widest(&columns) + 24.0));
        }
        let title_left = place.left - (widest(&rows) + 22.0).clamp(52.0, LEFT_MARGIN - 6.0);
        let line = |from, to, label: &Option<String>| {
            let color = if label.is_some() { GRID } else { FAINT_GRID };
            self.line(&[from, to], color, 1.0)
        };
        let label = |label: &Option<String>, at, anchor| match label {
            Some(label) => self.text(label, at, &Text { anchor, color: SOFT, ..Text::default() }),
            None => Ok(()),
        };
        for (value, text) in &columns {
            let at = frame.pixel((*value, y.low)).0;
            line((at, place.top), (at, bottom), text)?;
            label(text, (at, bottom + 13.0), HPos::Center)?;
        }
        for (value, text) in &rows {
            let at = frame.pixel((x.low, *value)).1;
            line((place.left, at), (right, at), text)?;
            label(text, (place.left - 7.0, at), HPos::Right)?;
        }
        let (middle, center) = (place.left + place.width / 2.0, place.top + place.height / 2.0);
        let title = Text { anchor: HPos::Center, ..Text::default() };
        self.text(x.title, (middle, bottom + 33.0), &title)?;
        self.text(y.title, (title_left, center), &Text { upwards: true, ..title })
    }

    fn marks(&self, frame: &Frame, marks: &[Mark]) -> Result {
        let Place { left, top, .. } = frame.place;
        for (index, mark) in marks.iter().enumerate() {
            let x = frame.pixel((mark.x, frame.y.low)).0;
            if x < left || x > frame.place.right() {
                continue;
            }
            self.line(&[(x, top), (x, frame.place.bottom())], MARK, 1.0)?;
            // Labels of two marks are aligned away from each other, so that they never overlap.
            let anchor = match (index, marks.len()) {
                (_, 1) => HPos::Center,
                (0, _) => HPos::Right,
                _ => HPos::Left,
            };
            let style = Text { color: MARK, anchor, ..Text::default() };
            self.text(&mark.label, (x, top - 10.0), &style)?;
        }
        Ok(())
    }

    pub(super) fn border(&self, frame: &Frame) -> Result {
        let Place { left, top, .. } = frame.place;
        let (right, bottom) = (frame.place.right(), frame.place.bottom());
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.line(&corners, SOFT, 1.0)
    }
}

/// An entry of the legend.
struct Entry<'a> {
    label: &'a str,
    color: usize,
    dashed: bool,
    /// From the left edge of the legend.
    left: f64,
}

/// The curves with names, in rows of limited width.
fn legend<'a>(curves: &'a [Curve], width: f64) -> Vec<Vec<Entry<'a>>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    let mut end = 0.0;
    for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| !curve.label.is_empty()) {
        let needed = 30.0 + text_width(curve.label, LABEL_SIZE);
        let left = if end + needed > width { 0.0 } else { end };
        end = left + needed + 20.0;
        let color = curve.color.unwrap_or(index);
        let entry = Entry { label: curve.label, color, dashed: curve.dashed, left };
        match rows.last_mut() {
            Some(row) if left > 0.0 => row.push(entry),
            _ => rows.push(vec![entry]),
        }
    }
    rows
}

/// Approximate width of text in sans-serif fonts; the viewer chooses the font.
fn text_width(text: &str, size: f64) -> f64 {
    0.58 * size * text.chars().count() as f64
}
