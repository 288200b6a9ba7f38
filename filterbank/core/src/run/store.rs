//! Where sections and their states are kept: in arrays, slices or vectors.

use crate::number::Scalar;
use crate::section::{Section, SectionState};

/// Keeps the sections of a [`Cascade`](crate::Cascade) or [`Bank`](crate::Bank): a `Vec` where
/// their number is known at run time, an array where it is known at compile time, a slice for a
/// view of another's.
pub trait SectionStore<S>: AsRef<[Section<S>]> {
    /// Keeps one state for each section.
    type States: StateStore<S>;

    /// States at rest, one for each section.
    fn states(&self) -> Self::States;

    /// Replaces `states` by states at rest if they belong to another number of sections.
    fn match_states(&self, states: &mut Self::States);
}

/// Keeps the states of sections: of a number known at run time in a `Vec`, at compile time in an
/// array.
pub trait StateStore<S>: AsRef<[SectionState<S>]> + AsMut<[SectionState<S>]> {
    /// States at rest: of no section, where the number is not known.
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

/// Growable states, for stores whose size the type does not tell.
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

/// The store of cascades and banks whose size is known at run time.
#[cfg(feature = "alloc")]
pub(crate) type RuntimeSections<S> = alloc::vec::Vec<Section<S>>;
/// Without an allocator there is none, and types must name their store.
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeSections<S> = [Section<S>; 0];

/// The states of [`RuntimeSections`].
#[cfg(feature = "alloc")]
pub(crate) type RuntimeStates<S> = alloc::vec::Vec<SectionState<S>>;
/// See [`RuntimeSections`].
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeStates<S> = [SectionState<S>; 0];

/// Where each band of a bank ends in its store, at run time.
#[cfg(feature = "alloc")]
pub(crate) type RuntimeEnds = alloc::vec::Vec<usize>;
/// See [`RuntimeSections`].
#[cfg(not(feature = "alloc"))]
pub(crate) type RuntimeEnds = [usize; 0];
