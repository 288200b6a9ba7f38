//! The way of a band's sections from design to design.
//!
//! The designs are the control points of a uniform quadratic B-spline, on which the coefficients
//! move: value and slope are continuous, and each point is a convex combination of three designs, so
//! a stable filter.
//!
//! Source: C. de Boor, *A Practical Guide to Splines* (1978), chapter IX. With control points `c₀`,
//! `c₁`, `c₂` and `G` samples from knot to knot, the spline goes from `(c₀ + c₁)/2` to
//! `(c₁ + c₂)/2`, and its slope from `(c₁ − c₀)/G` to `(c₂ − c₁)/G`.

use alloc::vec;
use alloc::vec::Vec;

use filterbank_core::SvfSection;

/// The number of samples between designs of a band that moves.
pub const GRID: usize = 32;

/// Where the sections of the current samples are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Course {
    /// They do not move.
    Still,
    /// On the path, for each sample.
    Sections,
    /// The designed ones, scaled by the ratios of the path.
    Scaled,
}

/// The sections of one band at each of the current samples.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// `[sections, GRID]`.
    pub(super) sections: Vec<SvfSection<f64>>,
    /// The ratio of frequencies at each sample.
    pub(super) ratios: [f64; GRID],
}

impl Path {
    /// For bands of at most this number of sections.
    pub(super) fn new(sections: usize) -> Self {
        Self { sections: vec![SvfSection::identity(); sections * GRID], ratios: [1.0; GRID] }
    }
}

/// The spline from one knot to the next, of each coefficient.
pub(super) struct Spline {
    knot: [f64; 6],
    /// For each sample.
    slope: [f64; 6],
    /// For each sample squared.
    bend: [f64; 6],
}

impl Spline {
    pub(super) fn new(control: &[SvfSection<f64>; 3]) -> Self {
        let [a, b, c] = control.map(|section| section.coefficients());
        let grid = GRID as f64;
        Self {
            knot: core::array::from_fn(|i| 0.5 * (a[i] + b[i])),
            slope: core::array::from_fn(|i| (b[i] - a[i]) / grid),
            bend: core::array::from_fn(|i| (0.5 * (a[i] + c[i]) - b[i]) / (grid * grid)),
        }
    }

    #[inline(always)]
    pub(super) fn at(&self, samples: usize) -> SvfSection<f64> {
        let t = samples as f64;
        let Self { knot, slope, bend } = self;
        SvfSection::from_coefficients(core::array::from_fn(|i| {
            knot[i] + t * (slope[i] + t * bend[i])
        }))
    }
}
