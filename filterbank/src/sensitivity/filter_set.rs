//! Filters on one input: a bank whose coefficients can be replaced while it runs.

use alloc::vec::Vec;

use filterbank_core::{Bank, FilterState, Section, SectionState, ShapeError};

/// Filtering does not depend on the sample rate.
const ANY_RATE: f64 = 1.0;

/// Cascades of sections on a shared input.
#[derive(Clone, Debug, Default)]
pub(super) struct FilterSet {
    sections: Vec<Section<f64>>,
    ends: Vec<usize>,
    state: FilterState<f64>,
}

impl FilterSet {
    pub(super) fn clear(&mut self) {
        self.sections.clear();
        self.ends.clear();
    }

    pub(super) fn push(&mut self, series: impl Iterator<Item = Section<f64>>) {
        self.sections.extend(series);
        self.ends.push(self.sections.len());
    }

    /// Allocates the states, at rest.
    pub(super) fn start(&mut self) {
        self.state = FilterState::new(alloc::vec![SectionState::default(); self.sections.len()]);
    }

    /// Replaces the states by those of other filters.
    pub(super) fn continue_from(&mut self, states: Vec<SectionState<f64>>) {
        self.state = FilterState::new(states);
    }

    /// Sets all states to zero.
    pub(super) fn reset(&mut self) {
        self.state.reset();
    }

    /// The states of all sections.
    pub(super) fn states_mut(&mut self) -> &mut [SectionState<f64>] {
        self.state.sections_mut()
    }

    /// Filters `[time]` to `[filters, time]`.
    pub(super) fn process(&mut self, input: &[f64], rows: &mut [f64]) -> Result<(), ShapeError> {
        let Self { sections, ends, state } = self;
        let Ok(bank) = Bank::from_slices(sections, ends, ANY_RATE) else {
            // Unreachable: every pushed filter sets its end.
            return ShapeError::check("ends", sections.len(), ends.last().copied().unwrap_or(0));
        };
        bank.process(state, input, rows)
    }
}

/// The all-pole part `1/A` of a section.
pub(super) fn all_pole(section: &Section<f64>) -> Section<f64> {
    Section { b0: 1.0, b1: 0.0, b2: 0.0, ..*section }
}
