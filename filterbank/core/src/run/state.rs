//! The state of a running filter.

use core::marker::PhantomData;

use crate::number::Scalar;
use crate::run::store::{RuntimeStates, StateStore};
use crate::section::SectionState;

/// The state of a running [`Cascade`](crate::Cascade) or [`Bank`](crate::Bank), for one channel:
/// two numbers per section, in a bank band after band.
///
/// `T` stores the states. If their number is not the number of sections, the filter first replaces
/// them by states at rest, so an empty default is valid. This is the only case in which processing
/// allocates.
///
/// # When coefficients change
///
/// Sections run in transposed direct form II: a state is a sum of past inputs and outputs, weighted
/// by the coefficients of that time, and means nothing to other coefficients. A filter that takes over
/// the state of another one clicks, and may be very loud: a lowpass that goes from 15 kHz to 50 Hz in
/// one step turns an input of 1 into a peak of 55.7, and if its cutoff is random in every sample, it
/// explodes. For coefficients that change, use an [`SvfCascade`](crate::SvfCascade): it has the same
/// transfer functions, and states that go on safely. Otherwise [`reset`](FilterState::reset) the state
/// while the output is muted.
///
/// ```
/// use filterbank_core::{Band, FilterState};
///
/// let peak = Band::peak(1_000.0, 2.0, 6.0).design(48_000.0)?;
/// let mut state = FilterState::default();
/// let first = peak.tick(&mut state, 1.0);
/// peak.tick(&mut state, 0.5);
/// state.reset();
/// assert_eq!(peak.tick(&mut state, 1.0), first);
/// # Ok::<(), filterbank_core::DesignError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterState<S, T = RuntimeStates<S>> {
    sections: T,
    scalar: PhantomData<S>,
}

impl<S, T: StateStore<S>> Default for FilterState<S, T> {
    fn default() -> Self {
        Self::new(T::initial())
    }
}

impl<S, T> FilterState<S, T> {
    /// From the states of the sections, in order.
    ///
    /// ```
    /// use filterbank_core::{FilterState, SectionState};
    ///
    /// static LEFT: FilterState<f32, [SectionState<f32>; 4]> = FilterState::new([SectionState::<f32>::REST; 4]);
    /// # let _ = LEFT;
    /// ```
    pub const fn new(sections: T) -> Self {
        Self { sections, scalar: PhantomData }
    }

    /// The store, which a filter matches to its sections.
    pub(crate) fn store_mut(&mut self) -> &mut T {
        &mut self.sections
    }
}

impl<S: Scalar, T: StateStore<S>> FilterState<S, T> {
    /// Sets all states to zero.
    pub fn reset(&mut self) {
        self.sections_mut().fill(SectionState::default());
    }

    /// Drops the tangents and keeps the values: from here on the state counts as a constant. This
    /// is the `detach()` of truncated back-propagation.
    pub fn detach(&mut self) {
        for section in self.sections_mut() {
            *section = section.detach();
        }
    }

    /// The state of each section.
    pub fn sections(&self) -> &[SectionState<S>] {
        self.sections.as_ref()
    }

    /// The state of each section, mutable.
    pub fn sections_mut(&mut self) -> &mut [SectionState<S>] {
        self.sections.as_mut()
    }
}
