//! A filter that follows a system: its states, its derivatives and its steps.

use filterbank_core::{DesignError, SectionState};

use crate::fit::model::{Model, Scratch};
use crate::fit::normal_equations::NormalEquations;
use crate::fit::online::BLOCK;
use crate::fit::online::information::Information;
use crate::fit::online::level::{Energies, Share};
use crate::sensitivity::Sensitivities;
use crate::tune::Tunable;

/// The largest change of a variable in one step: in dB, or of a logarithm.
const LARGEST_STEP: f64 = 0.1;

/// The samples since the last step.
pub(super) struct Block {
    pub(super) length: usize,
    pub(super) input: [f64; BLOCK],
    pub(super) wanted: [f64; BLOCK],
    /// Whether the input and the output of the system were finite.
    pub(super) known: [bool; BLOCK],
}

impl Block {
    pub(super) const EMPTY: Self =
        Self { length: 0, input: [0.0; BLOCK], wanted: [0.0; BLOCK], known: [false; BLOCK] };
}

/// A filter that learns: every block its variables take a step of Gauss-Newton.
pub(super) struct Tracker {
    sensitivities: Sensitivities,
    /// The states of the filter that computes the output without delay; the sensitivities run block
    /// by block.
    states: Vec<SectionState<f64>>,
    variables: Vec<f64>,
    params: Vec<f64>,
    scratch: Scratch,
    /// Output minus wanted output, since the last step.
    errors: [f64; BLOCK],
    /// `[params, time]`.
    derivatives: Vec<f64>,
    sums: NormalEquations,
    information: Information,
}

impl Tracker {
    /// A filter with these variables, at rest. `forgotten` is 1 minus the forgetting factor of a
    /// block.
    pub(super) fn new<T: Tunable>(
        model: &Model<'_, T>,
        variables: Vec<f64>,
        forgotten: f64,
    ) -> Result<Self, DesignError> {
        let sections = model.sections(&variables)?;
        let count = variables.len();
        Ok(Self {
            states: vec![SectionState::default(); sections.len()],
            sensitivities: Sensitivities::new(sections, &[], count),
            scratch: Scratch::new(count),
            errors: [0.0; BLOCK],
            derivatives: vec![0.0; count * BLOCK],
            sums: NormalEquations::zeros(count),
            information: Information::new(count, forgotten),
            params: model.params(&variables),
            variables,
        })
    }

    pub(super) fn params(&self) -> &[f64] {
        &self.params
    }

    pub(super) fn variables(&self) -> &[f64] {
        &self.variables
    }

    /// The diagonal of the inverse information, see [`Information::inverse_diagonal`].
    pub(super) fn inverse_information(&self, signals: f64) -> Vec<Option<f64>> {
        self.information.inverse_diagonal(signals)
    }

    /// The energies of a block, at its end.
    pub(super) fn energies(&self, block: &Block) -> Energies {
        let (input, wanted) = (energy(&block.input), energy(&block.wanted));
        let each = block.wanted.iter().zip(&self.errors);
        let output: f64 = each.map(|(wanted, error)| (wanted + error).powi(2)).sum();
        Energies { signals: input + output, wanted, error: self.error_energy() }
    }

    /// The energy of the error since the last step.
    pub(super) fn error_energy(&self) -> f64 {
        energy(&self.errors)
    }

    /// Starts again from other variables, at rest and without information. Returns whether these
    /// variables can be designed; otherwise nothing has changed.
    pub(super) fn restart<T: Tunable>(&mut self, model: &Model<'_, T>, variables: &[f64]) -> bool {
        self.variables.copy_from_slice(variables);
        if !self.redesign(model) {
            return false;
        }
        self.sensitivities.reset();
        self.states.fill(SectionState::default());
        self.errors.fill(0.0);
        self.information.clear();
        true
    }

    /// Filters a sample at the given place in the block.
    pub(super) fn tick(&mut self, place: usize, x: f64, wanted: Option<f64>) -> f64 {
        let each = self.sensitivities.sections().iter().zip(&mut self.states);
        let y = each.fold(x, |x, (tuned, state)| tuned.section.tick(state, x));
        self.errors[place] = wanted.map_or(0.0, |wanted| y - wanted);
        y
    }

    /// Takes a step at the end of a block.
    pub(super) fn step<T: Tunable>(
        &mut self,
        model: &Model<'_, T>,
        limits: &[(f64, f64)],
        block: &Block,
        share: Share,
    ) {
        self.states.iter_mut().for_each(SectionState::settle);
        self.learn(block, share);
        let step = self.sums.gradient.as_mut_slice();
        self.information.solve(step, share.signals);
        if step.iter().all(|step| step.is_finite()) {
            for ((variable, step), (low, high)) in self.variables.iter_mut().zip(step).zip(limits) {
                let step = step.clamp(-LARGEST_STEP, LARGEST_STEP);
                *variable = (*variable - step).max(*low).min(*high);
            }
            self.redesign(model);
        }
    }

    /// Redesigns the filter from the variables. If they cannot be designed, returns to those of the
    /// last design.
    fn redesign<T: Tunable>(&mut self, model: &Model<'_, T>) -> bool {
        let sections = self.sensitivities.sections_mut();
        let Ok(grown) = model.retune(&self.variables, &mut self.scratch, sections) else {
            model.variables_into(&self.params, &mut self.variables);
            return false;
        };
        self.sensitivities.redesigned(grown);
        self.params.copy_from_slice(self.scratch.params());
        true
    }

    /// Computes the gradient of a block, and adds the block to the information.
    fn learn(&mut self, block: &Block, share: Share) {
        let derivatives = &mut self.derivatives;
        let output = &mut [0.0; BLOCK];
        let filtered = self.sensitivities.process(&block.input, output, derivatives);
        for row in derivatives.chunks_exact_mut(BLOCK) {
            for (derivative, known) in row.iter_mut().zip(&block.known) {
                *derivative = if *known { *derivative } else { 0.0 };
            }
        }
        self.sums.clear();
        let added = self.sums.add(&self.errors, derivatives);
        debug_assert!(filtered.is_ok() && added.is_ok(), "the lengths fit");
        self.sums.matrix *= share.weight;
        self.sums.gradient *= share.weight;
        self.information.add(&self.sums.matrix, share.signals);
    }
}

fn energy(signal: &[f64]) -> f64 {
    signal.iter().map(|x| x * x).sum()
}
