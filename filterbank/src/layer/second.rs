//! Second derivatives of a pass: the passes on dual numbers.

use alloc::vec::Vec;

use filterbank_core::{Dual, Section, SectionState};

use crate::layer::error::LayerError;
use crate::layer::fixed::{Backward, FixedFilters, Forward};
use crate::layer::shape::BatchShape;
use crate::layer::workspace::Workspace;

/// A number and its derivative in one direction.
pub(super) type Directed = Dual<f64, 1>;

/// The arguments of [`FixedFilters::second_backward`]: those of both passes, and a direction.
#[derive(Clone, Copy, Debug)]
pub struct SecondBackward<'a> {
    /// The signals, `[batch, channels, time]`.
    pub input: &'a [f64],
    /// The states before the first sample, `[batch, channels, sections]`.
    pub states: &'a [SectionState<f64>],
    /// The derivatives of the loss by the output.
    pub slope: &'a [f64],
    /// The derivatives of the loss by the final states.
    pub state_slope: &'a [SectionState<f64>],
    /// The part of the direction by the coefficients, `[filters, sections]`.
    pub along_sections: &'a [[f64; 5]],
    /// The part of the direction by the input.
    pub along_input: &'a [f64],
    /// The part of the direction by the initial states.
    pub along_states: &'a [SectionState<f64>],
}

/// The results of [`FixedFilters::second_backward`], each in the shape of what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondGradient {
    /// By the coefficients, `[filters, sections]`.
    pub sections: Vec<[f64; 5]>,
    /// By the input.
    pub input: Vec<f64>,
    /// By the initial states.
    pub states: Vec<SectionState<f64>>,
    /// By the derivatives of the loss by the output.
    pub slope: Vec<f64>,
    /// By the derivatives of the loss by the final states.
    pub state_slope: Vec<SectionState<f64>>,
}

impl FixedFilters<'_, f64> {
    /// The backward pass of a [`backward`](FixedFilters::backward) pass.
    ///
    /// That pass computes a gradient by coefficients, input and initial states. Its scalar product
    /// with a direction depends on all arguments; this function returns the derivatives of the
    /// product. Those by coefficients, input and initial states are the Hessian of the loss times the
    /// direction; those by `slope` and `state_slope` are the derivative of the output and the final
    /// states in the direction.
    ///
    /// Both passes run on dual numbers, by the plain loop, and the results and buffers are allocated:
    /// it costs about ten times as much as on `f64`.
    ///
    /// # Errors
    ///
    /// As [`forward`](FixedFilters::forward).
    pub fn second_backward(
        &self,
        shape: BatchShape,
        arguments: SecondBackward<'_>,
    ) -> Result<SecondGradient, LayerError> {
        let SecondBackward { along_sections, along_input, along_states, .. } = arguments;
        let (values, count) = (self.sections(), self.sections().len());
        self.check_signals(shape, arguments.input.len(), arguments.slope.len())?;
        self.check_signals(shape, along_input.len(), arguments.slope.len())?;
        self.check_states("states", shape, arguments.states.len())?;
        self.check_states("state_slope", shape, arguments.state_slope.len())?;
        self.check_states("along_states", shape, along_states.len())?;
        LayerError::check_length(
            "along_sections",
            "[filters, sections]",
            count,
            along_sections.len(),
        )?;

        let sections: Vec<Section<Directed>> =
            values.iter().zip(along_sections).map(directed_section).collect();
        let filters = FixedFilters::unchecked(self.filters(), &sections, self.ends());
        let input: Vec<Directed> =
            arguments.input.iter().zip(along_input).map(|(x, t)| directed(*x, *t)).collect();
        let mut states: Vec<_> =
            arguments.states.iter().zip(along_states).map(directed_state).collect();
        let mut output = alloc::vec![Directed::default(); arguments.slope.len()];
        let mut checkpoints = alloc::vec![SectionState::default(); filters.checkpoints(shape)];
        let mut workspace = Workspace::new();
        let forward = Forward {
            input: &input,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        filters.forward(shape, forward, &mut workspace)?;
        let (by_slope, by_state_slope) = (tangents(&output), state_tangents(&states));

        let slope: Vec<Directed> =
            arguments.slope.iter().map(|slope| Directed::constant(*slope)).collect();
        let constant =
            |slope: &SectionState<f64>| directed_state((slope, &SectionState::<f64>::REST));
        let mut state_slope: Vec<_> = arguments.state_slope.iter().map(constant).collect();
        let mut input_slope = alloc::vec![Directed::default(); input.len()];
        let mut gradient = alloc::vec![[Directed::default(); 5]; count];
        let backward = Backward {
            input: &input,
            checkpoints: &checkpoints,
            slope: &slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        filters.backward(shape, backward, &mut workspace)?;
        Ok(SecondGradient {
            sections: gradient.iter().map(|section| section.map(tangent)).collect(),
            input: tangents(&input_slope),
            states: state_tangents(&state_slope),
            slope: by_slope,
            state_slope: by_state_slope,
        })
    }
}

pub(super) fn directed(value: f64, tangent: f64) -> Directed {
    Directed::new(value, [tangent])
}

fn directed_section((section, along): (&Section<f64>, &[f64; 5])) -> Section<Directed> {
    let values = section.coefficients();
    Section::from_coefficients(core::array::from_fn(|index| directed(values[index], along[index])))
}

fn directed_state(
    (state, along): (&SectionState<f64>, &SectionState<f64>),
) -> SectionState<Directed> {
    SectionState { s1: directed(state.s1, along.s1), s2: directed(state.s2, along.s2) }
}

pub(super) fn tangent(number: Directed) -> f64 {
    number.tangent()[0]
}

pub(super) fn tangents(numbers: &[Directed]) -> Vec<f64> {
    numbers.iter().copied().map(tangent).collect()
}

fn state_tangents(states: &[SectionState<Directed>]) -> Vec<SectionState<f64>> {
    states.iter().map(|s| SectionState { s1: tangent(s.s1), s2: tangent(s.s2) }).collect()
}
