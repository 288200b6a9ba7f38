//! Band transforms: from a lowpass prototype to analog sections at the prewarped edges.
//!
//! | to | replace the prototype's `s` by |
//! |---|---|
//! | lowpass | `s/Ω` |
//! | highpass | `Ω/s` |
//! | bandpass | `(s/Ω₀ + Ω₀/s)/δ` |
//! | bandstop | `δ/(s/Ω₀ + Ω₀/s)` |
//!
//! with centre `Ω₀ = sqrt(Ω_low Ω_high)` and relative bandwidth `δ = (Ω_high − Ω_low)/Ω₀`.
//!
//! Source: these are the classic analog frequency transformations, as in T. W. Parks and
//! C. S. Burrus, *Digital Filter Design* (1987), chapter 7.
//!
//! # Factored form
//!
//! Textbooks solve for the new roots one by one. The following form is derived here instead. A
//! band transform maps a root `p` to the two solutions of `s² − 2us + 1 = 0` (in units of `Ω₀`),
//! where `u = pδ/2` for a bandpass and `δ/(2p)` for a bandstop. Their product is 1: one of them is
//! `r e^{jφ}` with `r ≥ 1`, the other is `e^{−jφ}/r`. So one square root gives both, without
//! cancellation, and the sections at the upper and the lower edge have equal Q.

use arrayvec::ArrayVec;

use super::analog::{AnalogSection, AnalogSections};
use super::prewarp::Edges;
use super::prototype::{Factor, Prototype};
use crate::number::{Complex, Scalar};

/// Collects the sections and multiplies the first by the gain of the prototype.
fn collect<S: Scalar>(
    prototype: &Prototype<S>,
    sections: impl Iterator<Item = AnalogSection<S>>,
) -> AnalogSections<S> {
    let mut sections: AnalogSections<S> = sections.collect();
    if let Some(first) = sections.first_mut() {
        first.amplify(prototype.gain);
    }
    sections
}

/// Lowpass at the prewarped edge `omega`; each section has gain 1 at 0 Hz.
pub(super) fn lowpass<S: Scalar>(prototype: &Prototype<S>, omega: S) -> AnalogSections<S> {
    let (zero, one) = (S::zero(), S::one());
    collect(
        prototype,
        prototype.factors.iter().map(|factor| match *factor {
            Factor::Real { pole } => {
                let d0 = pole * omega;
                AnalogSection::First { gain: d0, numerator: [zero, one], denominator: d0 }
            }
            Factor::Pair { pole, zero: at } => {
                let d = [pole.re.scale(-2.0), pole.norm_sqr()];
                let (gain, n) = match at {
                    Some(at) => (d[1] / (at * at), [one, zero, at * at]),
                    None => (d[1], [zero, zero, one]),
                };
                AnalogSection::second_at(omega, gain, n, d)
            }
        }),
    )
}

/// Highpass at the prewarped edge `omega`; each section has gain 1 at the Nyquist frequency.
pub(super) fn highpass<S: Scalar>(prototype: &Prototype<S>, omega: S) -> AnalogSections<S> {
    let (zero, one) = (S::zero(), S::one());
    collect(
        prototype,
        prototype.factors.iter().map(|factor| match *factor {
            Factor::Real { pole } => AnalogSection::First {
                gain: one,
                numerator: [one, zero],
                denominator: omega / pole,
            },
            Factor::Pair { pole, zero: at } => {
                let inverse = pole.norm_sqr().recip();
                let d = [pole.re.scale(-2.0) * inverse, inverse];
                let n0 = at.map_or(zero, |at| (at * at).recip());
                AnalogSection::second_at(omega, one, [one, zero, n0], d)
            }
        }),
    )
}

/// The roots of `s² − 2us + 1` for a conjugate pair of `u`. The quadratic factor of the upper edge
/// is `s² + damping·s + radius²`; the factor of the lower edge is
/// `s² + damping/radius²·s + 1/radius²`.
struct Split<S> {
    radius: S,
    damping: S,
}

impl<S: Scalar> Split<S> {
    /// For `u` in the second quadrant.
    fn poles(u: Complex<S>) -> Self {
        // u² − 1 as a product does not cancel. Its root in the upper half plane lies in the same
        // quadrant as u, so the sum does not cancel either.
        let one = Complex::from_real(S::one());
        let root = ((u - one) * (u + one)).sqrt();
        let root = if root.im.primal() < 0.0 { -root } else { root };
        let outer = u + root;
        Self { radius: outer.norm(), damping: outer.re.scale(-2.0) }
    }

    /// The radius for `u = jv` on the imaginary axis: `v + sqrt(v² + 1)`. For `v = 0`, a zero of
    /// the prototype at infinity in a bandstop, it is 1.
    fn zero_radius(v: S) -> S {
        v + v.hypot(S::one())
    }

    fn upper(&self) -> [S; 2] {
        [self.damping, self.radius * self.radius]
    }

    fn lower(&self) -> [S; 2] {
        let inverse = (self.radius * self.radius).recip();
        [self.damping * inverse, inverse]
    }
}

/// Bandpass between two edges; each section has gain 1 at the centre.
pub(super) fn bandpass<S: Scalar>(prototype: &Prototype<S>, edges: Edges<S>) -> AnalogSections<S> {
    let Edges { center, relative_width } = edges;
    let (zero, one) = (S::zero(), S::one());
    collect(
        prototype,
        prototype.factors.iter().flat_map(|factor| match *factor {
            Factor::Real { pole } => {
                let d1 = pole * relative_width;
                one_section(AnalogSection::second_at(center, one, [zero, d1, zero], [d1, one]))
            }
            Factor::Pair { pole, zero: at } => {
                let split = Split::poles(pole.scale(relative_width.scale(0.5)));
                // At the centre |s² + d1 s + d0| is |p|δr at the upper edge, |p|δ/r at the lower.
                let level = pole.norm() * relative_width;
                let (upper, lower) = if let Some(at) = at {
                    let zero_level = at * relative_width;
                    let radius = Split::zero_radius(zero_level.scale(0.5));
                    let ratio = level / zero_level;
                    (
                        (ratio * split.radius / radius, [one, zero, radius * radius]),
                        (ratio * radius / split.radius, [one, zero, (radius * radius).recip()]),
                    )
                } else {
                    (
                        (level * split.radius, [zero, zero, one]),
                        (level / split.radius, [one, zero, zero]),
                    )
                };
                two_sections(
                    AnalogSection::second_at(center, lower.0, lower.1, split.lower()),
                    AnalogSection::second_at(center, upper.0, upper.1, split.upper()),
                )
            }
        }),
    )
}

/// Bandstop between two edges; the gains of each section at 0 Hz and at the Nyquist frequency
/// are reciprocals of each other.
pub(super) fn bandstop<S: Scalar>(prototype: &Prototype<S>, edges: Edges<S>) -> AnalogSections<S> {
    let Edges { center, relative_width } = edges;
    let (zero, one) = (S::zero(), S::one());
    collect(
        prototype,
        prototype.factors.iter().flat_map(|factor| match *factor {
            Factor::Real { pole } => {
                let d = [relative_width / pole, one];
                one_section(AnalogSection::second_at(center, one, [one, zero, one], d))
            }
            Factor::Pair { pole, zero: at } => {
                let half_width = relative_width.scale(0.5);
                let split = Split::poles(pole.scale(half_width / pole.norm_sqr()));
                let radius = at.map_or(one, |at| Split::zero_radius(half_width / at));
                let radius_sqr = radius * radius;
                let level = split.radius / radius;
                two_sections(
                    AnalogSection::second_at(
                        center,
                        level.recip(),
                        [one, zero, radius_sqr.recip()],
                        split.lower(),
                    ),
                    AnalogSection::second_at(center, level, [one, zero, radius_sqr], split.upper()),
                )
            }
        }),
    )
}

fn one_section<S>(section: AnalogSection<S>) -> ArrayVec<AnalogSection<S>, 2> {
    core::iter::once(section).collect()
}

fn two_sections<S>(
    lower: AnalogSection<S>,
    upper: AnalogSection<S>,
) -> ArrayVec<AnalogSection<S>, 2> {
    [lower, upper].into()
}
