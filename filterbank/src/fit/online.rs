//! Fitting a filter to running signals.

use filterbank_core::{DesignError, Parameter, Quantity, Requirement, SectionState};

use crate::fit::error::FitError;
use crate::fit::model::{Model, Scratch};
use crate::fit::normal_equations::NormalEquations;
use crate::sensitivity::Sensitivities;
use crate::tune::SingleOutput;

/// The number of samples between two steps of the parameters.
const BLOCK: usize = 32;
/// The largest change of a variable in one step: in dB, or of a logarithm.
const LARGEST_STEP: f64 = 0.1;
/// Damping, relative to the diagonal of the matrix: a parameter that the signals do not determine
/// stays where it is.
const DAMPING: f64 = 1e-3;
/// In samples.
const MEMORY: Parameter = Parameter::new("memory", Quantity::Free);

/// A filter whose parameters track a system: from the same input it learns to produce the output
/// of the system, sample by sample.
///
/// Every 32 samples the parameters take a Gauss-Newton step with the exact derivatives of the
/// output. Older samples count with an exponentially decaying weight. Each step redesigns the
/// filter from parameters within their bounds, so it is always stable. With structs of
/// [`filterbank!`](crate::filterbank!) nothing is allocated after [`new`](OnlineFit::new).
///
/// Source: L. Ljung and T. Söderström, *Theory and Practice of Recursive Identification* (1983),
/// chapter 3 (recursive prediction error method, with a forgetting factor).
///
/// ```
/// use filterbank::fit::OnlineFit;
/// use filterbank::{Band, filterbank};
///
/// filterbank! {
///     struct Model: cascade(sample_rate = 16_000.0) {
///         mode: peak(center = tune(900.0 in 200.0..=4e3), q = tune(1.0 in 0.3..=9.0), gain_db = tune(0.0)),
///     }
/// }
/// static MODEL: Model = Model::new();
///
/// let system = Band::peak(1_200.0, 2.0, 6.0).design(16_000.0)?;
/// let mut state = system.state();
/// let mut fit = OnlineFit::new(&MODEL, 4_000.0)?;
/// let mut random = 1_u64;
/// for _ in 0..40_000 {
///     random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
///     let x = (random >> 40) as f64 / f64::from(1_u32 << 24) - 0.5;
///     fit.tick(x, system.tick(&mut state, x));
/// }
/// assert!((fit.params()[0] - 1_200.0).abs() < 1.0, "{:?}", fit.params());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OnlineFit<'a, T> {
    model: Model<'a, T>,
    limits: Vec<(f64, f64)>,
    sensitivities: Sensitivities,
    /// The states of the filter that computes the output without delay; the sensitivities run block
    /// by block.
    states: Vec<SectionState<f64>>,
    variables: Vec<f64>,
    params: Vec<f64>,
    scratch: Scratch,
    /// The samples since the last step.
    block: Block,
    /// `[params, time]`.
    derivatives: Vec<f64>,
    /// The matrix, summed over the memory, and the gradient, summed since the last step.
    sums: NormalEquations,
    factor: Vec<f64>,
    /// The forgetting factor: the matrix is multiplied by it after each step.
    fading: f64,
}

/// The samples for the next step.
struct Block {
    length: usize,
    input: [f64; BLOCK],
    residuals: [f64; BLOCK],
    /// Whether the input and the output of the system were finite.
    known: [bool; BLOCK],
}

impl<'a, T: SingleOutput> OnlineFit<'a, T> {
    /// Starts from the values of the specification. `memory` is the number of samples over which
    /// the weight of the past decays to 1/e; a short memory tracks faster, a long one is less
    /// noisy. A memory below 32 samples, the length of one step, counts as 32.
    ///
    /// # Errors
    ///
    /// If the filter cannot be designed as specified, or `memory` is not finite and above 0.
    pub fn new(filter: &'a T, memory: f64) -> Result<Self, FitError<DesignError>> {
        if !(memory.is_finite() && memory > 0.0) {
            let error = DesignError::new(MEMORY, memory, Requirement::Positive);
            return Err(FitError::Evaluation(error));
        }
        let model = Model::new(filter)?;
        let params: Vec<f64> = filter.params().map(|param| param.value).collect();
        let variables = model.variables(&params)?;
        let sections = model.sections(&variables).map_err(FitError::Evaluation)?;
        let count = params.len();
        Ok(Self {
            limits: model.limits(),
            states: vec![SectionState::default(); sections.len()],
            sensitivities: Sensitivities::new(sections, &[], count),
            scratch: Scratch::new(count),
            block: Block {
                length: 0,
                input: [0.0; BLOCK],
                residuals: [0.0; BLOCK],
                known: [false; BLOCK],
            },
            derivatives: vec![0.0; count * BLOCK],
            sums: NormalEquations::zeros(count),
            factor: vec![0.0; count * count],
            fading: (-(BLOCK as f64) / memory.max(BLOCK as f64)).exp(),
            model,
            variables,
            params,
        })
    }

    /// The current parameters, in the order of [`Tunable::params`](crate::Tunable::params).
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// Filters `x` and learns from `wanted`, the output of the system for it. If a sample is not
    /// finite, it counts as 0 and the parameters do not learn from it.
    pub fn tick(&mut self, x: f64, wanted: f64) -> f64 {
        let known = x.is_finite() && wanted.is_finite();
        let x = if known { x } else { 0.0 };
        let each = self.sensitivities.sections().iter().zip(&mut self.states);
        let y = each.fold(x, |x, (tuned, state)| tuned.section.tick(state, x));
        let block = &mut self.block;
        block.input[block.length] = x;
        block.residuals[block.length] = if known { y - wanted } else { 0.0 };
        block.known[block.length] = known;
        block.length += 1;
        if block.length == BLOCK {
            block.length = 0;
            self.states.iter_mut().for_each(SectionState::settle);
            self.learn();
            self.step();
        }
        y
    }

    fn learn(&mut self) {
        let Block { input, residuals, known, .. } = &self.block;
        let derivatives = &mut self.derivatives;
        let filtered = self.sensitivities.process(input, &mut [0.0; BLOCK], derivatives);
        for row in derivatives.chunks_exact_mut(BLOCK) {
            for (derivative, known) in row.iter_mut().zip(known) {
                *derivative = if *known { *derivative } else { 0.0 };
            }
        }
        let added = self.sums.add(residuals, derivatives);
        debug_assert!(filtered.is_ok() && added.is_ok(), "the lengths fit");
    }

    fn step(&mut self) {
        let count = self.params.len();
        let NormalEquations { matrix, gradient, .. } = &mut self.sums;
        self.factor.copy_from_slice(matrix.as_slice());
        for index in 0..count {
            self.factor[index * (count + 1)] *= 1.0 + DAMPING;
        }
        let solved = solve(&mut self.factor, gradient.as_mut_slice());
        if solved && gradient.iter().all(|step| step.is_finite()) {
            let each = self.variables.iter_mut().zip(&*gradient).zip(&self.limits);
            for ((variable, step), (low, high)) in each {
                let step = step.clamp(-LARGEST_STEP, LARGEST_STEP);
                *variable = (*variable - step).max(*low).min(*high);
            }
            let sections = self.sensitivities.sections_mut();
            // If the parameters cannot be designed, the step is undone.
            match self.model.retune(&self.variables, &mut self.scratch, sections) {
                Ok(grown) => {
                    self.sensitivities.redesigned(grown);
                    self.params.copy_from_slice(self.scratch.params());
                }
                Err(_) => self.model.variables_into(&self.params, &mut self.variables),
            }
        }
        gradient.fill(0.0);
        let finite = matrix.iter().all(|entry| entry.is_finite());
        if finite {
            *matrix *= self.fading;
        } else {
            matrix.fill(0.0);
        }
    }
}

/// Solves a symmetric positive semidefinite system in place by Cholesky factorisation. A parameter
/// whose row vanishes gets 0. Returns whether the factorisation succeeded.
fn solve(matrix: &mut [f64], right: &mut [f64]) -> bool {
    let n = right.len();
    for j in 0..n {
        for i in j..n {
            let products: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let entry = matrix[i * n + j] - products;
            if i > j {
                let pivot = matrix[j * n + j];
                matrix[i * n + j] = if pivot > 0.0 { entry / pivot } else { 0.0 };
            } else if entry < 0.0 || entry.is_nan() {
                return false;
            } else {
                matrix[j * n + j] = entry.sqrt();
            }
        }
    }
    for i in 0..n {
        let products: f64 = (0..i).map(|k| matrix[i * n + k] * right[k]).sum();
        let pivot = matrix[i * n + i];
        right[i] = if pivot > 0.0 { (right[i] - products) / pivot } else { 0.0 };
    }
    for i in (0..n).rev() {
        let products: f64 = (i + 1..n).map(|k| matrix[k * n + i] * right[k]).sum();
        let pivot = matrix[i * n + i];
        right[i] = if pivot > 0.0 { (right[i] - products) / pivot } else { 0.0 };
    }
    true
}
