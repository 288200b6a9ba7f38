//! Second derivatives of a pass of moving filters: the passes on dual numbers.

use alloc::vec::Vec;

use filterbank_core::{Frames, SvfSection, SvfState};

use crate::layer::error::LayerError;
use crate::layer::moving::{GRADIENT, MovingBackward, MovingFilters, MovingForward};
use crate::layer::second::{Directed, directed, tangent, tangents};
use crate::layer::shape::BatchShape;
use crate::layer::workspace::Workspace;

/// The arguments of [`MovingFilters::second_backward`]: those of both passes, and a direction.
#[derive(Clone, Copy, Debug)]
pub struct MovingSecondBackward<'a> {
    /// The signals, `[batch, channels, time]`.
    pub input: &'a [f64],
    /// The states before the first sample, `[batch, channels, sections]`.
    pub states: &'a [SvfState<f64>],
    /// The derivatives of the loss by the output.
    pub slope: &'a [f64],
    /// The derivatives of the loss by the final states.
    pub state_slope: &'a [SvfState<f64>],
    /// The part of the direction by the coefficients, `[filters, frames, sections]`.
    pub along_rows: &'a [[f64; 6]],
    /// The part of the direction by the input.
    pub along_input: &'a [f64],
    /// The part of the direction by the initial states.
    pub along_states: &'a [SvfState<f64>],
}

/// The results of [`MovingFilters::second_backward`], each in the shape of what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingSecondGradient {
    /// By the coefficients, `[filters, frames, sections]`.
    pub rows: Vec<[f64; 6]>,
    /// By the input.
    pub input: Vec<f64>,
    /// By the initial states.
    pub states: Vec<SvfState<f64>>,
    /// By the derivatives of the loss by the output.
    pub slope: Vec<f64>,
    /// By the derivatives of the loss by the final states.
    pub state_slope: Vec<SvfState<f64>>,
}

impl MovingFilters<'_, f64> {
    /// The backward pass of a [`backward`](MovingFilters::backward) pass: see
    /// [`FixedFilters::second_backward`](crate::layer::FixedFilters::second_backward).
    ///
    /// # Errors
    ///
    /// As [`forward`](MovingFilters::forward).
    pub fn second_backward(
        &self,
        shape: BatchShape,
        arguments: MovingSecondBackward<'_>,
    ) -> Result<MovingSecondGradient, LayerError> {
        let MovingSecondBackward { along_rows, along_input, along_states, .. } = arguments;
        self.check_signals(shape, arguments.input.len(), arguments.slope.len())?;
        self.check_signals(shape, along_input.len(), arguments.slope.len())?;
        self.check_states("states", shape, arguments.states.len())?;
        self.check_states("state_slope", shape, arguments.state_slope.len())?;
        self.check_states("along_states", shape, along_states.len())?;
        let values = self.filters().iter().flat_map(Frames::rows);
        let count = self.filters().iter().map(|filter| filter.rows().len()).sum();
        LayerError::check_length("along_rows", GRADIENT, count, along_rows.len())?;

        let rows: Vec<SvfSection<Directed>> =
            values.zip(along_rows).map(directed_section).collect();
        let first = &self.filters()[0];
        let filters = MovingFilters::new(
            self.filters().len(),
            &rows,
            first.sections(),
            first.hop(),
            first.interpolation(),
        )?;
        let input: Vec<Directed> =
            arguments.input.iter().zip(along_input).map(|(x, t)| directed(*x, *t)).collect();
        let mut states: Vec<_> =
            arguments.states.iter().zip(along_states).map(directed_state).collect();
        let mut output = alloc::vec![Directed::default(); arguments.slope.len()];
        let mut checkpoints = alloc::vec![SvfState::default(); filters.checkpoints(shape)];
        let mut workspace = Workspace::new();
        let forward = MovingForward {
            input: &input,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        filters.forward(shape, forward, &mut workspace)?;
        let (by_slope, by_state_slope) = (tangents(&output), state_tangents(&states));

        let slope: Vec<Directed> =
            arguments.slope.iter().map(|slope| Directed::constant(*slope)).collect();
        let constant = |slope: &SvfState<f64>| directed_state((slope, &SvfState::<f64>::REST));
        let mut state_slope: Vec<_> = arguments.state_slope.iter().map(constant).collect();
        let mut input_slope = alloc::vec![Directed::default(); input.len()];
        let mut gradient = alloc::vec![[Directed::default(); 6]; count];
        let backward = MovingBackward {
            input: &input,
            checkpoints: &checkpoints,
            slope: &slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        filters.backward(shape, backward, &mut workspace)?;
        Ok(MovingSecondGradient {
            rows: gradient.iter().map(|section| section.map(tangent)).collect(),
            input: tangents(&input_slope),
            states: state_tangents(&state_slope),
            slope: by_slope,
            state_slope: by_state_slope,
        })
    }
}

fn directed_section((section, along): (&SvfSection<f64>, &[f64; 6])) -> SvfSection<Directed> {
    let values = section.coefficients();
    SvfSection::from_coefficients(core::array::from_fn(|index| {
        directed(values[index], along[index])
    }))
}

fn directed_state((state, along): (&SvfState<f64>, &SvfState<f64>)) -> SvfState<Directed> {
    SvfState {
        s1: directed(state.s1, along.s1),
        s2: directed(state.s2, along.s2),
        k: directed(state.k, along.k),
    }
}

fn state_tangents(states: &[SvfState<Directed>]) -> Vec<SvfState<f64>> {
    let part =
        |s: &SvfState<Directed>| SvfState { s1: tangent(s.s1), s2: tangent(s.s2), k: tangent(s.k) };
    states.iter().map(part).collect()
}
