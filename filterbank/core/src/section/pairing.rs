//! From zeros and poles to sections: which zeros go with which poles.
//!
//! Source: the algorithm of `scipy.signal.zpk2sos`: the pair of poles nearest to the unit circle
//! takes the zeros nearest to it and runs last, then the next. L. B. Jackson, *Digital Filters and
//! Signal Processing* (1996), chapter 11, gives the rule.

use alloc::vec::Vec;

use crate::number::Complex;
use crate::section::{Root, Section, Zpk};

/// How an odd number of poles becomes sections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pairing {
    /// The last real pole is a section of its own, of first order.
    #[default]
    KeepOdd,
    /// A pole and a zero at z = 0, which cancel, are added first. (scipy's default.)
    Nearest,
}

/// A root whose conjugate is missing in a list, or that is not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unpaired(pub Complex<f64>);

impl core::fmt::Display for Unpaired {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self(root) = self;
        if root.re.is_finite() && root.im.is_finite() {
            write!(f, "the conjugate of {root} is missing: the filter would not be real")
        } else {
            write!(f, "{root} must be finite")
        }
    }
}

impl core::error::Error for Unpaired {}

impl Root<f64> {
    /// The real roots and conjugate pairs of a list of complex roots, as scipy and MATLAB write
    /// them. An imaginary part of at most 100 roundings of the magnitude is none, and the parts of
    /// a pair may differ by as much; a pair is their mean.
    ///
    /// # Errors
    ///
    /// If the conjugate of a root is missing, or a root is not finite.
    ///
    /// ```
    /// use filterbank_core::{Complex, Root};
    ///
    /// let list = [Complex::new(0.5, -0.1), Complex::new(0.3, 0.0), Complex::new(0.5, 0.1)];
    /// let roots = Root::from_list(&list)?;
    /// assert_eq!(roots, [Root::Pair(Complex::new(0.5, 0.1)), Root::Real(0.3)]);
    /// assert!(Root::from_list(&list[..1]).is_err());
    /// # Ok::<(), filterbank_core::Unpaired>(())
    /// ```
    #[doc(alias = "cplxpair")]
    pub fn from_list(list: &[Complex<f64>]) -> Result<Vec<Self>, Unpaired> {
        const TOLERANCE: f64 = 100.0 * f64::EPSILON;
        let close = |a: f64, b: f64, size: f64| (a - b).abs() <= TOLERANCE * size;
        let (mut upper, mut lower, mut real) = (Vec::new(), Vec::new(), Vec::new());
        for root in list {
            if !(root.re.is_finite() && root.im.is_finite()) {
                return Err(Unpaired(*root));
            } else if close(root.im, 0.0, root.norm()) {
                real.push(root.re);
            } else if root.im > 0.0 {
                upper.push(*root);
            } else {
                lower.push(*root);
            }
        }
        upper.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
        real.sort_by(f64::total_cmp);
        let mut roots = Vec::new();
        for root in upper {
            let size = root.norm();
            let is_conjugate = |other: &Complex<f64>| {
                close(other.re, root.re, size) && close(-other.im, root.im, size)
            };
            let Some(index) = lower.iter().position(is_conjugate) else {
                return Err(Unpaired(root));
            };
            let other = lower.swap_remove(index);
            roots.push(Self::Pair(Complex::new(
                0.5 * (root.re + other.re),
                0.5 * (root.im - other.im),
            )));
        }
        match lower.first() {
            Some(root) => Err(Unpaired(*root)),
            None => Ok(roots.into_iter().chain(real.into_iter().map(Self::Real)).collect()),
        }
    }

    /// The root, of a pair the one with positive imaginary part.
    fn value(self) -> Complex<f64> {
        match self {
            Self::Real(root) => Complex::from_real(root),
            Self::Pair(root) => root,
        }
    }

    fn is_real(self) -> bool {
        matches!(self, Self::Real(_))
    }

    fn count(self) -> usize {
        if self.is_real() { 1 } else { 2 }
    }
}

impl Zpk<f64> {
    /// Sections with these zeros, poles and gain, in the order of the poles' distances to the unit
    /// circle. The gain is in the first. The inverse of [`Cascade::zpk`](crate::Cascade::zpk), up
    /// to the order.
    ///
    /// If there are more zeros than poles, poles at z = 0 are added, and the other way round: the
    /// filter has the same levels, delayed or advanced by some samples.
    ///
    /// ```
    /// use filterbank_core::{Band, Cascade, Method, Pairing};
    ///
    /// let band = Band::bandpass(Method::Elliptic { order: 3, ripple_db: 1.0, stop_db: 40.0 }, 2e3, 5e3);
    /// let designed = band.design(48_000.0)?;
    /// let again = Cascade::from_sections(designed.zpk().sections(Pairing::KeepOdd), 48_000.0)?;
    /// for frequency in [100.0, 2_000.0, 3_000.0, 9_000.0] {
    ///     let error = again.response(frequency) - designed.response(frequency);
    ///     assert!(error.norm() < 1e-13);
    /// }
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    #[doc(alias = "zpk2sos")]
    pub fn sections(&self, pairing: Pairing) -> Vec<Section<f64>> {
        let order = count(&self.zeros).max(count(&self.poles));
        if order == 0 {
            return [Section::identity().with_gain(self.gain)].into();
        }
        let order = if pairing == Pairing::Nearest { order.next_multiple_of(2) } else { order };
        let (mut zeros, mut poles) = (padded(&self.zeros, order), padded(&self.poles, order));
        let mut sections = Vec::new();
        while let Some(pole) = nearest_to_circle(&poles, |_| true).map(|index| poles.remove(index))
        {
            sections.push(next_section(pole, &mut poles, &mut zeros));
        }
        sections.reverse();
        if let Some(first) = sections.first_mut() {
            *first = first.with_gain(self.gain);
        }
        sections
    }
}

fn count(roots: &[Root<f64>]) -> usize {
    roots.iter().map(|root| root.count()).sum()
}

/// The roots with more roots at z = 0, up to `order`: pairs first, then real roots, each from left
/// to right.
fn padded(roots: &[Root<f64>], order: usize) -> Vec<Root<f64>> {
    let zeros = order - count(roots);
    let mut roots = roots.to_vec();
    roots.extend(core::iter::repeat_n(Root::Real(0.0), zeros));
    roots.sort_by(|a, b| {
        let (x, y) = (a.value(), b.value());
        a.is_real().cmp(&b.is_real()).then(x.re.total_cmp(&y.re)).then(x.im.total_cmp(&y.im))
    });
    roots
}

/// The section of a pole, which is the nearest to the unit circle.
fn next_section(
    pole: Root<f64>,
    poles: &mut Vec<Root<f64>>,
    zeros: &mut Vec<Root<f64>>,
) -> Section<f64> {
    let at = pole.value();
    let is_pair = |root: Root<f64>| !root.is_real();
    let reals = |roots: &[Root<f64>]| roots.iter().filter(|root| root.is_real()).count();
    if pole.is_real() && reals(poles) == 0 {
        let zero = take_nearest(zeros, at, Root::is_real);
        return section(&[zero], &[Some(pole)]);
    }
    // The last real pole needs the last real zero.
    if is_pair(pole) && reals(poles) == 1 && reals(zeros) == 1 {
        let zero = take_nearest(zeros, at, is_pair);
        return section(&[zero], &[Some(pole)]);
    }
    let second = pole
        .is_real()
        .then(|| nearest_to_circle(poles, Root::is_real).map(|index| poles.remove(index)))
        .flatten();
    let first = take_nearest(zeros, at, |_| true);
    let other = match first {
        Some(Root::Real(_)) => take_nearest(zeros, at, Root::is_real),
        _ => None,
    };
    section(&[first, other], &[Some(pole), second])
}

/// The root nearest to the unit circle among those that are allowed.
fn nearest_to_circle(roots: &[Root<f64>], allowed: impl Fn(Root<f64>) -> bool) -> Option<usize> {
    least(roots, allowed, |root| (1.0 - root.norm()).abs())
}

/// Removes the root nearest to a point among those that are allowed.
fn take_nearest(
    roots: &mut Vec<Root<f64>>,
    point: Complex<f64>,
    allowed: impl Fn(Root<f64>) -> bool,
) -> Option<Root<f64>> {
    least(roots, allowed, |root| (root - point).norm()).map(|index| roots.remove(index))
}

/// The position of the first root of least measure among those that are allowed.
fn least(
    roots: &[Root<f64>],
    allowed: impl Fn(Root<f64>) -> bool,
    measure: impl Fn(Complex<f64>) -> f64,
) -> Option<usize> {
    let places = (0..roots.len()).filter(|index| allowed(roots[*index]));
    places.min_by(|a, b| measure(roots[*a].value()).total_cmp(&measure(roots[*b].value())))
}

/// The section of at most two zeros and two poles.
fn section(zeros: &[Option<Root<f64>>], poles: &[Option<Root<f64>>]) -> Section<f64> {
    let ([b0, b1, b2], [_, a1, a2]) = (polynomial(zeros), polynomial(poles));
    Section { b0, b1, b2, a1, a2 }
}

/// `∏(1 − root z⁻¹)`.
fn polynomial(roots: &[Option<Root<f64>>]) -> [f64; 3] {
    roots.iter().flatten().fold([1.0, 0.0, 0.0], |[_, c1, c2], root| match *root {
        Root::Pair(root) => [1.0, -2.0 * root.re, root.norm_sqr()],
        Root::Real(root) => [1.0, c1 - root, c2 - c1 * root],
    })
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::{Band, Cascade, Method};
    use std::vec;

    fn response(sections: &[Section<f64>], omega: f64) -> Complex<f64> {
        let point = crate::CirclePoint::from_omega(omega);
        crate::section::response_series(sections, point)
    }

    #[test]
    fn paired_sections_are_the_filter_that_had_the_roots() {
        for order in 1..=9 {
            let elliptic = Method::Elliptic { order, ripple_db: 0.5, stop_db: 50.0 };
            for band in [
                Band::lowpass(Method::Butterworth { order }, 3_000.0),
                Band::highpass(elliptic, 3_000.0),
                Band::bandpass(elliptic, 2_000.0, 3_000.0),
                Band::bandstop(Method::Chebyshev1 { order, ripple_db: 1.0 }, 5_000.0, 9_000.0),
            ] {
                let designed: Cascade<f64> = band.design(48_000.0).expect("a design");
                for pairing in [Pairing::KeepOdd, Pairing::Nearest] {
                    let again = designed.zpk().sections(pairing);
                    assert!(again.iter().all(Section::is_stable));
                    for step in 0..30 {
                        let omega = 0.1 * f64::from(step);
                        let wanted = response(designed.sections(), omega);
                        let error = (response(&again, omega) - wanted).norm();
                        assert!(error < 1e-9, "{band} {pairing:?} at {omega}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_poles_nearest_to_the_circle_run_last() {
        let zpk = Zpk {
            zeros: vec![Root::Pair(Complex::new(0.0, 1.0)), Root::Real(-1.0), Root::Real(-1.0)],
            poles: vec![Root::Pair(Complex::new(0.0, 0.9)), Root::Pair(Complex::new(0.5, 0.1))],
            gain: 2.0,
        };
        let [first, last] = zpk.sections(Pairing::Nearest)[..] else { panic!("two sections") };
        let wanted = Section { b0: 2.0, b1: 4.0, b2: 2.0, a1: -1.0, a2: 0.26 };
        assert!(
            first
                .coefficients()
                .iter()
                .zip(wanted.coefficients())
                .all(|(x, y)| (x - y).abs() < 1e-15)
        );
        assert_eq!((last.b1, last.b2, last.a2), (0.0, 1.0, 0.81));
    }

    #[test]
    fn missing_roots_are_put_at_zero() {
        let zpk = Zpk { zeros: vec![Root::Real(0.5); 3], poles: vec![], gain: 1.0 };
        let sections = zpk.sections(Pairing::KeepOdd);
        assert_eq!(sections.len(), 2);
        assert!(sections.iter().all(|section| section.a1 == 0.0 && section.a2 == 0.0));
        let unity = Zpk { zeros: vec![], poles: vec![], gain: 3.0 }.sections(Pairing::Nearest);
        assert_eq!(unity[0].coefficients(), [3.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn lists_without_conjugates_are_refused() {
        let root = |re, im| Complex::new(re, im);
        let lists: [&[Complex<f64>]; 4] = [
            &[root(0.5, 0.1)],
            &[root(0.5, -0.1)],
            &[root(0.5, 0.1), root(0.5, -0.1), root(0.5, -0.1)],
            &[root(f64::NAN, 0.0)],
        ];
        for list in lists {
            assert!(Root::from_list(list).is_err());
        }
        let near = [root(0.5, 0.1 * (1.0 + 1e-15)), root(0.5, -0.1), root(0.3, 1e-17)];
        assert_eq!(Root::from_list(&near).map(|roots| roots.len()), Ok(2));
    }
}
