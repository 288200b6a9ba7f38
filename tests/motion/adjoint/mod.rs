//! Sections that move along frames, and their adjoint, against `SvfSection::tick` on plain and dual
//! numbers.

mod bounds;
mod gradients;
mod refusals;
mod samples;

use filterbank::run::{AdjointScratch, MovingAdjointLane, MovingLane, moving_adjoint};
use filterbank::run::{Sample, process_moving};
use filterbank::section::{Frames, Interpolation, SvfSection, SvfState};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Held frames, linear ones, and coefficients of each sample.
const COURSES: [(usize, Interpolation); 4] = [
    (7, Interpolation::Held),
    (7, Interpolation::Linear),
    (1, Interpolation::Held),
    (64, Interpolation::Held),
];

/// One signal through sections that move, with the slopes of a loss by its output and its last states.
#[derive(Clone, Debug)]
struct Problem<S> {
    sections: usize,
    hop: usize,
    interpolation: Interpolation,
    /// `[frames, sections]`.
    rows: Vec<[S; 6]>,
    /// `[s1, s2, k]` of each section.
    states: Vec<[S; 3]>,
    input: Vec<S>,
    slope: Vec<S>,
    state_slope: Vec<[S; 3]>,
}

/// The derivatives of a loss.
#[derive(Clone, Debug)]
struct Gradient<S> {
    rows: Vec<[S; 6]>,
    states: Vec<[S; 3]>,
    input: Vec<S>,
}

impl Problem<f64> {
    /// At random: every third section is of first order, and every fourth frame keeps its damping.
    fn random(seed: u64, sections: usize, time: usize, course: (usize, Interpolation)) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let (hop, interpolation) = course;
        let mut rows: Vec<[f64; 6]> = Vec::new();
        for index in 0..time.div_ceil(hop) * sections {
            let mut between =
                |low: f64, high: f64| low * (high / low).powf(random.random_range(0.0..1.0));
            let first_order = (index % sections) % 3 == 2;
            let (g, k) = (between(2e-3, 8.0), between(0.05, 5.0));
            let keeps = index >= sections && (index / sections).is_multiple_of(4);
            let kept = if keeps { rows[index - sections][2] } else { k };
            let mut mix = || random.random_range(-1.0..1.0);
            let [m0, m1, m2] = [mix(), mix(), mix()];
            rows.push(if first_order {
                [g, 0.0, 1.0, m0, m1, 0.0]
            } else {
                [g, g, kept, m0, m1, m2]
            });
        }
        let mut number = || random.random_range(-1.0..1.0);
        let states: Vec<[f64; 3]> = (0..sections)
            .map(|section| {
                if section % 3 == 2 {
                    [number(), 0.0, 1.0]
                } else {
                    // Some start with less damping than the first frame, some with more.
                    [number(), number(), 1.05 + number()]
                }
            })
            .collect();
        let numbers = |count: usize, random: &mut StdRng| -> Vec<f64> {
            (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
        };
        let [input, slope] = [numbers(time, &mut random), numbers(time, &mut random)];
        let state_slope = numbers(3 * sections, &mut random).as_chunks().0.to_vec();
        Self { sections, hop, interpolation, rows, states, input, slope, state_slope }
    }
}

impl<S: Sample> Problem<S> {
    /// The same problem on other numbers: `number` takes them in the order of [`Problem::numbers`].
    fn map<T: Sample>(&self, mut number: impl FnMut(S) -> T) -> Problem<T> {
        Problem {
            sections: self.sections,
            hop: self.hop,
            interpolation: self.interpolation,
            rows: self.rows.iter().map(|row| row.map(&mut number)).collect(),
            states: self.states.iter().map(|state| state.map(&mut number)).collect(),
            input: self.input.iter().map(|x| number(*x)).collect(),
            slope: self.slope.iter().map(|x| T::from_f64(x.primal())).collect(),
            state_slope: self
                .state_slope
                .iter()
                .map(|s| s.map(|x| T::from_f64(x.primal())))
                .collect(),
        }
    }

    fn rows(&self) -> Vec<SvfSection<S>> {
        self.rows.iter().map(|row| SvfSection::from_coefficients(*row)).collect()
    }

    fn frames<'a>(&self, rows: &'a [SvfSection<S>]) -> Frames<'a, S> {
        Frames::new(rows, self.sections, self.hop, self.interpolation).expect("valid frames")
    }

    fn states(&self) -> Vec<SvfState<S>> {
        self.states.iter().map(|[s1, s2, k]| SvfState { s1: *s1, s2: *s2, k: *k }).collect()
    }

    /// The output and the last states by [`SvfSection::tick`], sample by sample.
    fn ticked(&self) -> (Vec<S>, Vec<SvfState<S>>) {
        let (rows, mut states) = (self.rows(), self.states());
        let frames = self.frames(&rows);
        let output = self.input.iter().enumerate().map(|(n, x)| {
            (states.iter_mut().enumerate())
                .fold(*x, |x, (section, state)| frames.section_at(section, n).tick(state, x))
        });
        let output = output.collect();
        (output, states)
    }

    /// The loss of the ticked filter.
    fn loss(&self) -> S {
        let (output, states) = self.ticked();
        let mut loss = S::zero();
        for (y, slope) in output.iter().zip(&self.slope) {
            loss += *y * *slope;
        }
        for (SvfState { s1, s2, k }, [by_s1, by_s2, by_k]) in states.iter().zip(&self.state_slope) {
            loss += *s1 * *by_s1 + *s2 * *by_s2 + *k * *by_k;
        }
        loss
    }
}

impl<S: Copy> Gradient<S> {
    /// All numbers in one row.
    fn numbers(&self) -> Vec<S> {
        let rows = self.rows.as_flattened().iter();
        rows.chain(self.states.as_flattened()).chain(&self.input).copied().collect()
    }
}

/// Filters many signals, cut into blocks.
fn filtered<S: Sample>(problems: &[Problem<S>], block: usize) -> Vec<(Vec<S>, Vec<SvfState<S>>)> {
    let rows: Vec<_> = problems.iter().map(Problem::rows).collect();
    let mut results: Vec<_> =
        problems.iter().map(|problem| (problem.input.clone(), problem.states())).collect();
    let time = problems[0].input.len();
    for start in (0..time).step_by(block) {
        let end = time.min(start + block);
        let mut lanes: Vec<_> = (problems.iter().zip(&rows).zip(&mut results))
            .map(|((problem, rows), (signal, states))| MovingLane {
                frames: problem.frames(rows),
                states,
                block: &mut signal[start..end],
            })
            .collect();
        process_moving(start, &mut lanes).expect("everything fits");
    }
    results
}

/// The gradients of many signals, by blocks from the last to the first.
fn gradients<S: Sample>(problems: &[Problem<S>], block: usize) -> Vec<Gradient<S>> {
    let rows: Vec<_> = problems.iter().map(Problem::rows).collect();
    let time = problems[0].input.len();
    let mut scratch = AdjointScratch::new();
    let mut results: Vec<_> = problems
        .iter()
        .map(|problem| {
            let by_state = |[s1, s2, k]: &[S; 3]| SvfState { s1: *s1, s2: *s2, k: *k };
            let state_slope: Vec<_> = problem.state_slope.iter().map(by_state).collect();
            (problem.slope.clone(), state_slope, vec![[S::zero(); 6]; problem.rows.len()])
        })
        .collect();
    for start in (0..time).step_by(block).rev() {
        // The states at the start of the block.
        let before: Vec<_> = problems
            .iter()
            .map(|problem| Problem { input: problem.input[..start].to_vec(), ..problem.clone() })
            .collect();
        let before = filtered(&before, block);
        let end = time.min(start + block);
        let mut lanes: Vec<_> = (problems.iter().zip(&rows).zip(&before).zip(&mut results))
            .map(|(((problem, rows), (_, states)), (slope, state_slope, gradient))| {
                MovingAdjointLane {
                    frames: problem.frames(rows),
                    states,
                    input: &problem.input[start..end],
                    slope: &mut slope[start..end],
                    state_slope,
                    gradient,
                }
            })
            .collect();
        moving_adjoint(start, &mut lanes, &mut scratch).expect("everything fits");
    }
    let gradient = |(input, states, rows): (Vec<S>, Vec<SvfState<S>>, Vec<[S; 6]>)| Gradient {
        rows,
        states: states.iter().map(|state| [state.s1, state.s2, state.k]).collect(),
        input,
    };
    results.into_iter().map(gradient).collect()
}
