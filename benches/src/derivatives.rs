//! Filtering with the derivatives of every output sample.

use std::error::Error;

use filterbank::run::FilterState;
use filterbank::{
    Cascade, DesignError, Dual, Scalar, Section, Sensitivities, Tunable, TunableCascade,
};
use num_dual::{Derivative, DualSVec64};

use crate::filters::{BLOCK, equaliser, tunable_equaliser};
use crate::peers::fluxion_sections;

/// An equaliser, and the variables of its derivatives.
pub enum Problem {
    /// The five coefficients of each section.
    Coefficients(Cascade<f64>),
    /// Centre, Q and gain of each peak.
    Parameters(TunableCascade),
}

impl Problem {
    /// An equaliser of this many sections, by `"coefficients"` or `"parameters"`.
    pub fn new(sections: usize, by: &str) -> Result<Self, Box<dyn Error>> {
        match by {
            "coefficients" => Ok(Self::Coefficients(equaliser(sections)?)),
            "parameters" => Ok(Self::Parameters(tunable_equaliser(sections)?)),
            _ => Err(format!("no derivatives by {by}").into()),
        }
    }

    /// The values of the variables.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Coefficients(cascade) => {
                cascade.sections().iter().flat_map(Section::coefficients).collect()
            }
            Self::Parameters(eq) => eq.params().map(|param| param.value).collect(),
        }
    }

    /// The cascade with tangents by `N` variables, from position `start` on.
    fn cascade<const N: usize>(&self, start: usize) -> Result<Cascade<Dual<f64, N>>, DesignError> {
        let numbers = self.numbers().into_iter().enumerate();
        let numbers: Vec<_> = numbers
            .map(|(index, value)| Dual::variable(value, index.wrapping_sub(start)))
            .collect();
        match self {
            Self::Coefficients(cascade) => {
                let (rows, _) = numbers.as_chunks();
                let sections = rows.iter().map(|row| Section::from_coefficients(*row));
                Cascade::from_sections(sections, cascade.sample_rate())
            }
            Self::Parameters(eq) => eq.tuned(&numbers),
        }
    }
}

impl Problem {
    /// The filter with its sensitivity filters.
    pub fn sensitivities(&self) -> Result<Sensitivities, DesignError> {
        match self {
            Self::Coefficients(cascade) => Ok(Sensitivities::of_cascade(cascade)),
            Self::Parameters(eq) => Sensitivities::of_params(eq, &self.numbers()),
        }
    }
}

/// A running filter that differentiates.
pub trait Engine {
    /// Filters the next block, with derivatives.
    fn run(&mut self, input: &[f64]);

    /// The weighted sum of the derivatives of the last block's outputs, for each variable. (It is
    /// not timed: engines store their derivatives in different ways.)
    fn gradient(&self, weights: &[f64]) -> Vec<f64>;
}

/// [`Sensitivities`], by all rows of the Jacobian.
pub struct Rows {
    filter: Sensitivities,
    output: Vec<f64>,
    /// `[variables, time]`.
    derivatives: Vec<f64>,
}

impl Rows {
    /// At rest.
    pub fn new(problem: &Problem) -> Result<Self, DesignError> {
        let filter = problem.sensitivities()?;
        let derivatives = vec![0.0; filter.rows().len() * BLOCK];
        Ok(Self { filter, output: vec![0.0; BLOCK], derivatives })
    }
}

impl Engine for Rows {
    fn run(&mut self, input: &[f64]) {
        let Self { filter, output, derivatives } = self;
        filter.process(input, output, derivatives).expect("blocks are as long as all others");
    }

    fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let rows = self.derivatives.chunks_exact(BLOCK);
        rows.map(|row| row.iter().zip(weights).map(|(d, weight)| d * weight).sum()).collect()
    }
}

/// [`Sensitivities`], by the gradient of a weighted sum of the output, as in backward mode.
pub struct Gradient {
    filter: Sensitivities,
    output: Vec<f64>,
    weights: Vec<f64>,
    sums: Vec<f64>,
}

impl Gradient {
    /// At rest, with the weights of a block.
    pub fn new(problem: &Problem, weights: Vec<f64>) -> Result<Self, DesignError> {
        let sums = vec![0.0; problem.numbers().len()];
        let filter = problem.sensitivities()?;
        Ok(Self { filter, output: vec![0.0; BLOCK], weights, sums })
    }
}

impl Engine for Gradient {
    fn run(&mut self, input: &[f64]) {
        let Self { filter, output, weights, sums } = self;
        sums.fill(0.0);
        let filtered = filter.add_gradient(input, output, |_, time, _| weights[time], sums);
        filtered.expect("blocks are as long as all others");
    }

    fn gradient(&self, _weights: &[f64]) -> Vec<f64> {
        self.sums.clone()
    }
}

/// Dual numbers through [`Cascade::process`]: `N` tangents at once, in as many passes as needed.
pub struct Duals<const N: usize> {
    passes: Vec<Pass<N>>,
    count: usize,
}

struct Pass<const N: usize> {
    cascade: Cascade<Dual<f64, N>>,
    state: FilterState<Dual<f64, N>>,
    block: Vec<Dual<f64, N>>,
}

impl<const N: usize> Duals<N> {
    /// At rest.
    pub fn new(problem: &Problem) -> Result<Self, DesignError> {
        let pass = |start| {
            let cascade = problem.cascade(start)?;
            Ok(Pass { state: cascade.state(), cascade, block: Vec::new() })
        };
        let count = problem.numbers().len();
        Ok(Self { passes: (0..count).step_by(N).map(pass).collect::<Result<_, _>>()?, count })
    }
}

impl<const N: usize> Engine for Duals<N> {
    fn run(&mut self, input: &[f64]) {
        for Pass { cascade, state, block } in &mut self.passes {
            block.clear();
            block.extend(input.iter().map(|x| Dual::constant(*x)));
            cascade.process(state, block);
        }
    }

    fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let mut gradient = Vec::new();
        for pass in &self.passes {
            let mut sums = [0.0; N];
            for (y, weight) in pass.block.iter().zip(weights) {
                for (sum, tangent) in sums.iter_mut().zip(y.tangent()) {
                    *sum += tangent * weight;
                }
            }
            gradient.extend(sums);
        }
        gradient.truncate(self.count);
        gradient
    }
}

/// num-dual's numbers in a loop written for them: all `N` tangents at once.
pub struct NumDuals<const N: usize> {
    sections: Vec<([DualSVec64<N>; 5], [DualSVec64<N>; 2])>,
    block: Vec<DualSVec64<N>>,
}

impl<const N: usize> NumDuals<N> {
    /// At rest.
    pub fn new(problem: &Problem) -> Result<Self, DesignError> {
        let number =
            |x: Dual<f64, N>| DualSVec64::new(x.value(), Derivative::some((*x.tangent()).into()));
        let section = |section: &Section<Dual<f64, N>>| {
            (section.coefficients().map(number), [DualSVec64::from_re(0.0); 2])
        };
        let sections = problem.cascade(0)?.sections().iter().map(section).collect();
        Ok(Self { sections, block: Vec::new() })
    }
}

impl<const N: usize> Engine for NumDuals<N> {
    fn run(&mut self, input: &[f64]) {
        let series = &mut self.sections;
        let mut tick = |x: f64| {
            series.iter_mut().fold(DualSVec64::from_re(x), |x, ([b0, b1, b2, a1, a2], state)| {
                let y = *b0 * x + state[0];
                state[0] = *b1 * x - *a1 * y + state[1];
                state[1] = *b2 * x - *a2 * y;
                y
            })
        };
        self.block.clear();
        self.block.extend(input.iter().map(|x| tick(*x)));
    }

    fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; N];
        for (y, weight) in self.block.iter().zip(weights) {
            for (sum, tangent) in gradient.iter_mut().zip(y.eps.0.iter().flatten()) {
                *sum += tangent * weight;
            }
        }
        gradient
    }
}

/// fluxion's backward pass: in `f32`, from rest with every block. It gives only the weighted sum of
/// the derivatives of all samples, for weights known in advance.
pub struct Fluxion {
    sections: Vec<fluxion_ops::Biquad>,
    weights: Vec<f32>,
    gradient: Vec<fluxion_ops::BiquadGrad>,
}

impl Fluxion {
    /// By the coefficients of `cascade`.
    pub fn new(cascade: &Cascade<f64>, weights: &[f64]) -> Self {
        let sections = fluxion_sections(cascade.cast().sections());
        Self { sections, weights: single(weights), gradient: Vec::new() }
    }
}

impl Engine for Fluxion {
    fn run(&mut self, input: &[f64]) {
        self.gradient = fluxion_ops::sos_vjp(&single(input), &self.sections, &self.weights).1;
    }

    fn gradient(&self, _: &[f64]) -> Vec<f64> {
        self.gradient.iter().flat_map(|g| [g.b0, g.b1, g.b2, g.a1, g.a2].map(f64::from)).collect()
    }
}

fn single(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|x| Scalar::from_f64(*x)).collect()
}
