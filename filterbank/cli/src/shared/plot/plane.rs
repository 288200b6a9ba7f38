//! Poles and zeros.

use plotters::prelude::{Color, RGBColor, Rectangle, WHITE};
use plotters::style::text_anchor::HPos;

use super::chart::Frame;
use super::{
    Axis, BOTTOM_MARGIN, Canvas, INK, LEFT_MARGIN, MARK, PALETTE, Place, RIGHT_MARGIN, Result,
    SOFT, Text, stroke, subpixel,
};

const ZERO: RGBColor = PALETTE[0];
const POLE: RGBColor = PALETTE[1];

/// Poles and zeros in the z plane.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    /// The heading; a legend replaces an empty one.
    pub title: &'a str,
    /// Centre of the view.
    pub center: (f64, f64),
    /// Distance from the centre to the edges of the view.
    pub radius: f64,
    /// Drawn as crosses, conjugates included.
    pub poles: &'a [(f64, f64)],
    /// Drawn as circles, conjugates included.
    pub zeros: &'a [(f64, f64)],
    /// Angles of lines from the origin, in radians.
    pub rays: &'a [f64],
}

impl Plane<'_> {
    /// The frame in a place, with room for labels.
    pub fn square(place: Place) -> Place {
        let width = place.width - LEFT_MARGIN - RIGHT_MARGIN;
        let side = width.min(place.height - 24.0 - BOTTOM_MARGIN);
        let (left, top) = (place.left + LEFT_MARGIN, place.top + 24.0);
        Place { left, top, width: side, height: side }
    }

    /// Its axes in a square.
    fn frame(&self, place: Place) -> Frame {
        let (re, im) = self.center;
        let x = Axis::linear("real part", re - self.radius, re + self.radius);
        let y = Axis::linear("imaginary part", im - self.radius, im + self.radius);
        Frame { place, x, y }
    }
}

impl Canvas<'_> {
    /// Draws poles, zeros and the unit circle over axes of equal scale.
    pub fn plane(&self, place: Place, plane: &Plane) -> Result {
        let square = Plane::square(place);
        let frame = plane.frame(square);
        self.heading(&frame, plane.title, place.top - 4.0)?;
        self.axes(&frame, 52.0)?;
        if plane.title.is_empty() {
            for (text, back, color) in [("× poles", 64.0, POLE), ("○ zeros", 0.0, ZERO)] {
                let style = Text { anchor: HPos::Right, color, ..Text::default() };
                self.text(text, (square.right() - back, square.top - 10.0), &style)?;
            }
        }
        self.roots(&frame, plane)
    }

    /// Draws a magnified part of a plane in a square over the drawing.
    pub fn inset(&self, place: Place, plane: &Plane) -> Result {
        let corners = [(place.left, place.top), (place.right(), place.bottom())].map(subpixel);
        self.area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        let style = Text { anchor: HPos::Center, color: SOFT, ..Text::default() };
        let middle = place.left + place.width / 2.0;
        self.text(plane.title, (middle, place.top - 9.0), &style)?;
        self.roots(&plane.frame(place), plane)
    }

    fn roots(&self, frame: &Frame, plane: &Plane) -> Result {
        let curve = |points: &[(f64, f64)], color, width| {
            frame.visible(points).iter().try_for_each(|piece| self.line(piece, color, width))
        };
        curve(&[(-9.0, 0.0), (9.0, 0.0)], SOFT, 0.8)?;
        curve(&[(0.0, -9.0), (0.0, 9.0)], SOFT, 0.8)?;
        for ray in plane.rays {
            let (sin, cos) = ray.sin_cos();
            curve(&[(9.0 * cos, -9.0 * sin), (0.0, 0.0), (9.0 * cos, 9.0 * sin)], MARK, 0.8)?;
        }
        let circle: Vec<_> = (0..=7200)
            .map(|step| (f64::from(step) / 20.0).to_radians().sin_cos())
            .map(|(sin, cos)| (cos, sin))
            .collect();
        curve(&circle, INK, 1.2)?;
        for (root, count) in distinct(plane.zeros) {
            self.root(frame, root, count, ZERO, |at| self.circle(at, 5.0, stroke(ZERO, 1.8)))?;
        }
        for (root, count) in distinct(plane.poles) {
            self.root(frame, root, count, POLE, |(x, y)| {
                self.line(&[(x - 4.5, y - 4.5), (x + 4.5, y + 4.5)], POLE, 1.8)?;
                self.line(&[(x - 4.5, y + 4.5), (x + 4.5, y - 4.5)], POLE, 1.8)
            })?;
        }
        self.border(frame)
    }

    /// Draws one root with its multiplicity, if it is in view.
    fn root(
        &self,
        frame: &Frame,
        root: (f64, f64),
        count: usize,
        color: RGBColor,
        draw: impl FnOnce((f64, f64)) -> Result,
    ) -> Result {
        let (x, y) = frame.pixel(root);
        if frame.clip((x, y), (x, y)).is_none() {
            return Ok(());
        }
        draw((x, y))?;
        if count > 1 {
            // Outside the circle, where there is more room.
            let left = root.0 < 0.0;
            let (anchor, beside) = if left { (HPos::Right, -8.0) } else { (HPos::Left, 8.0) };
            let style = Text { anchor, color, ..Text::default() };
            self.text(&format!("×{count}"), (x + beside, y - 11.0), &style)?;
        }
        Ok(())
    }
}

/// Distinct roots, up to rounding, with their multiplicity.
fn distinct(roots: &[(f64, f64)]) -> Vec<((f64, f64), usize)> {
    let mut distinct: Vec<((f64, f64), usize)> = Vec::new();
    for root in roots {
        let same = |other: (f64, f64)| (root.0 - other.0).hypot(root.1 - other.1) < 1e-6;
        match distinct.iter_mut().find(|(other, _)| same(*other)) {
            Some((_, count)) => *count += 1,
            None => distinct.push((*root, 1)),
        }
    }
    distinct
}
