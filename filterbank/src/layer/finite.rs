//! Numbers that are not finite: a layer does not hide them.

use filterbank_core::{Sample, Scalar, SectionState};

/// The number of samples that are looked at together.
const GROUP: usize = 64;

/// The index of the first number that is infinite or NaN.
pub(super) fn first_not_finite<S: Scalar>(row: &[S]) -> Option<usize> {
    let finite = |group: &[S]| group.iter().fold(true, |all, x| all & x.is_finite());
    let group = row.chunks(GROUP).position(|group| !finite(group))?;
    let within = row[group * GROUP..].iter().position(|x| !x.is_finite())?;
    Some(group * GROUP + within)
}

/// Whether all states are finite.
pub(super) fn are_finite<S: Scalar>(states: &[SectionState<S>]) -> bool {
    states.iter().all(|state| state.s1.is_finite() && state.s2.is_finite())
}

/// NaN, with every tangent.
pub(super) fn not_a_number<S: Sample>() -> S {
    S::zero() / S::zero()
}
