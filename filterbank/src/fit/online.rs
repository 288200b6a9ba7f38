//! Fitting a filter while signals run.

use filterbank_core::DesignError;

use crate::fit::least_squares::FitError;
use crate::fit::scale::{Scaled, Scratch};
use crate::fit::sensitivity::Sensitivities;
use crate::tunable::SingleOutput;

/// Samples from one change of the parameters to the next.
const BLOCK: usize = 32;
/// The largest change of a variable at once: in dB, or of a logarithm.
const LARGEST_STEP: f64 = 0.1;
/// Added to the matrix, relative to its diagonal, so that what the signals do not determine stays
/// where it is.
const DAMPING: f64 = 1e-3;

/// A filter whose parameters follow a system: of the same input it learns to make the system's
/// output, sample by sample.
///
/// Every 32 samples the parameters take a Gauss-Newton step by the exact derivatives of the
/// output, in which older samples count less and less. The filter is redesigned from parameters
/// within their bounds each time, so it is always stable. For structs that
/// [`filterbank!`](crate::filterbank!) makes, nothing is allocated after [`new`](OnlineFit::new).
///
/// Source: L. Ljung and T. Söderström, *Theory and Practice of Recursive Identification* (1983),
/// section 3.4 (recursive prediction error method).
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
    scaled: Scaled<'a, T>,
    bounds: Vec<(f64, f64)>,
    sensitivities: Sensitivities,
    variables: Vec<f64>,
    params: Vec<f64>,
    scratch: Scratch,
    /// `J'J` over the memory, row by row, and `J'r` since the last step.
    matrix: Vec<f64>,
    gradient: Vec<f64>,
    factor: Vec<f64>,
    /// What remains of the matrix from one step to the next.
    fading: f64,
    /// Samples since the last step.
    samples: usize,
}

impl<'a, T: SingleOutput> OnlineFit<'a, T> {
    /// Starts from the values that the filter was specified with. `memory` is the number of
    /// samples over which the past fades to a third; less follows faster, more is less noisy.
    ///
    /// # Errors
    ///
    /// If the filter cannot be designed as it was specified. A memory below one step counts as
    /// one.
    pub fn new(filter: &'a T, memory: f64) -> Result<Self, FitError<DesignError>> {
        let scaled = Scaled::new(filter);
        let params: Vec<f64> = filter.params().map(|param| param.value).collect();
        let variables = scaled.start(&params)?;
        let sections = scaled.design(&variables).map_err(FitError::Evaluation)?;
        let count = params.len();
        Ok(Self {
            bounds: scaled.bounds(),
            sensitivities: Sensitivities::new(sections, count),
            scratch: Scratch::new(count),
            matrix: vec![0.0; count * count],
            gradient: vec![0.0; count],
            factor: vec![0.0; count * count],
            fading: (-(BLOCK as f64) / memory.max(BLOCK as f64)).exp(),
            samples: 0,
            scaled,
            variables,
            params,
        })
    }

    /// The parameters as they are now, in the order of [`Tunable::params`](crate::Tunable::params).
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// Filters `x` and learns from what the system made of it. Samples that are not finite are
    /// taken for silence, and nothing is learned from them.
    pub fn tick(&mut self, x: f64, wanted: f64) -> f64 {
        let known = x.is_finite() && wanted.is_finite();
        let y = self.sensitivities.tick(if known { x } else { 0.0 });
        if known {
            self.learn(y - wanted);
        }
        self.samples += 1;
        if self.samples == BLOCK {
            self.samples = 0;
            self.sensitivities.settle();
            self.step();
        }
        y
    }

    fn learn(&mut self, residual: f64) {
        let slopes = self.sensitivities.slopes();
        let rows = self.matrix.chunks_exact_mut(slopes.len().max(1));
        for ((row, sum), slope) in rows.zip(&mut self.gradient).zip(slopes) {
            *sum += slope * residual;
            for (entry, other) in row.iter_mut().zip(slopes) {
                *entry += slope * other;
            }
        }
    }

    fn step(&mut self) {
        let count = self.gradient.len();
        self.factor.copy_from_slice(&self.matrix);
        for index in 0..count {
            self.factor[index * (count + 1)] *= 1.0 + DAMPING;
        }
        let solved = solve(&mut self.factor, &mut self.gradient);
        if solved && self.gradient.iter().all(|step| step.is_finite()) {
            let each = self.variables.iter_mut().zip(&self.gradient).zip(&self.bounds);
            for ((variable, step), (low, high)) in each {
                let step = step.clamp(-LARGEST_STEP, LARGEST_STEP);
                *variable = (*variable - step).max(*low).min(*high);
            }
            let sections = self.sensitivities.sections_mut();
            // A step to where nothing can be designed is taken back.
            match self.scaled.retune(&self.variables, &mut self.scratch, sections) {
                Ok(()) => self.params.copy_from_slice(self.scratch.params()),
                Err(_) => self.scaled.inward_into(&self.params, &mut self.variables),
            }
        }
        self.gradient.fill(0.0);
        let finite = self.matrix.iter().all(|entry| entry.is_finite());
        let fading = if finite { self.fading } else { 0.0 };
        for entry in &mut self.matrix {
            *entry = if finite { *entry * fading } else { 0.0 };
        }
    }
}

/// Solves a symmetric positive definite system in place, by Cholesky's factorisation; parameters
/// whose row vanishes get 0. Whether it could.
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
