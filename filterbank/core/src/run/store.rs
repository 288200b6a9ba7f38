//! Storage of sections and their states: arrays, slices or vectors.

use crate::number::Scalar;
use crate::section::{Section, SectionState};

/// Storage of the sections of a [`Cascade`](crate::Cascade) or [`Bank`](crate::Bank): a `Vec` for a
/// number known at run time, an array for a number known at compile time, a slice for borrowed
/// sections.
pub trait SectionStore<S>: AsRef<[Section<S>]> {
    /// Storage of one state for each section.
    type States: StateStore<S>;

    /// States at rest, one for each section.
    fn states(&self) -> Self::States;

    /// Replaces `states` by states at rest if there are not as many as sections.
    fn match_states(&self, states: &mut Self::States);
}

/// Storage of the states of sections: a `Vec` for a number known at run time, an array for a number
/// known at compile time.
pub trait StateStore<S>: AsRef<[SectionState<S>]> + AsMut<[SectionState<S>]> {
    /// States at rest. A `Vec` is empty, because the number of sections is not known yet.
    fn initial() -> Self;
}

impl<S: Scalar, const N: usize> StateStore<S> for [SectionState<S>; N] {
    fn initial() -> Self {
        [SectionState::default(); N]
    }
}

#[cfg(feature = "alloc")]
impl<S> StateStore<S> for alloc::vec::Vec<SectionState<S>> {
    fn initial() -> Self {
        Self::new()
    }
}

impl<S: Scalar, const N: usize> SectionStore<S> for [Section<S>; N] {
    type States = [SectionState<S>; N];

    fn states(&self) -> Self::States {
        [SectionState::default(); N]
    }

    #[inline(always)]
    fn match_states(&self, _states: &mut Self::States) {}
}

/// States in a `Vec`, for stores whose size is not part of the type.
#[cfg(feature = "alloc")]
macro_rules! growable {
    ($($store:ty),*) => {$(
        impl<S: Scalar> SectionStore<S> for $store {
            type States = alloc::vec::Vec<SectionState<S>>;

            fn states(&self) -> Self::States {
                alloc::vec![SectionState::default(); self.len()]
            }

            #[inline(always)]
            fn match_states(&self, states: &mut Self::States) {
                if states.len() != self.len() {
                    *states = self.states();
                }
            }
        }
    )*};
}

#[cfg(feature = "alloc")]
growable!(alloc::vec::Vec<Section<S>>, &[Section<S>]);

/// The default store of cascades and banks.
#[cfg(feature = "alloc")]
pub(crate) type RuntimeSections<S> = alloc::vec::Vec<Section<S>>;
/// A placeholder: without an allocator, types must name their store.
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeSections<S> = [Section<S>; 0];

/// The states of [`RuntimeSections`].
#[cfg(feature = "alloc")]
pub(crate) type RuntimeStates<S> = alloc::vec::Vec<SectionState<S>>;
/// See [`RuntimeSections`].
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeStates<S> = [SectionState<S>; 0];

/// The default storage of the ends of a bank's bands.
#[cfg(feature = "alloc")]
pub(crate) type RuntimeEnds = alloc::vec::Vec<usize>;
/// See [`RuntimeSections`].
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeEnds = [usize; 0];
