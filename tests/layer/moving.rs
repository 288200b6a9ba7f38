//! Moving filters over a batch: outputs are those of sections run sample by sample, derivatives those
//! of dual numbers, whatever the cuts.

use filterbank::layer::{
    BatchShape, LayerSample, MovingBackward, MovingFilters, MovingForward, Workspace,
};
use filterbank::section::{Frames, Interpolation, SvfSection, SvfState};
use filterbank::{Band, Scalar, gradient};

use crate::batch::{RATE, difference, narrow, shape};
use crate::common::noise::uniform;

/// A batch through moving filters, and the slopes of a loss by the output and the final states.
#[derive(Clone, Debug)]
pub struct Moving {
    pub shape: BatchShape,
    pub filters: usize,
    pub sections: usize,
    pub hop: usize,
    pub interpolation: Interpolation,
    /// `[filters, frames, sections]`
    pub rows: Vec<SvfSection<f64>>,
    pub states: Vec<SvfState<f64>>,
    pub input: Vec<f64>,
    pub slope: Vec<f64>,
    pub state_slope: Vec<SvfState<f64>>,
}

/// The slopes by all that the loss depends on: coefficients, states, input.
pub type Slopes = [Vec<f64>; 3];

impl Moving {
    pub fn new(
        shape: BatchShape,
        filters: usize,
        sections: usize,
        (hop, interpolation): (usize, Interpolation),
        seed: u64,
    ) -> Self {
        let mut random = uniform(seed);
        let mut number = || random.next().expect("endless");
        let mut peak = |_| {
            let (center, q) = (1_500.0 * (2.0 * number()).exp(), (1.2 * number()).exp());
            let peak = Band::peak(center, q, 9.0 * number());
            peak.svf_sections(RATE).expect("designable")[0]
        };
        let frames = shape.time.div_ceil(hop);
        let rows: Vec<_> = (0..filters * frames * sections).map(&mut peak).collect();
        let mut states = |slopes: bool| -> Vec<_> {
            let state = |index: usize| {
                let (signal, section) = (index / sections, index % sections);
                let filter = if filters == 1 { 0 } else { signal / shape.channels };
                let k = rows[filter * frames * sections + section].k();
                SvfState { s1: number(), s2: number(), k: if slopes { 0.3 } else { k } }
            };
            (0..shape.signals() * sections).map(state).collect()
        };
        let (states, state_slope) = (states(false), states(true));
        let input = uniform(seed + 1).take(shape.samples()).collect();
        let slope = uniform(seed + 2).take(shape.samples()).collect();
        Self {
            shape,
            filters,
            sections,
            hop,
            interpolation,
            rows,
            states,
            input,
            slope,
            state_slope,
        }
    }

    pub fn moving(&self) -> MovingFilters<'_, f64> {
        MovingFilters::new(self.filters, &self.rows, self.sections, self.hop, self.interpolation)
            .expect("valid")
    }

    /// The forward pass: output, final states and checkpoints.
    pub fn forward<T: LayerSample<Number = f64>>(
        &self,
        workspace: &mut Workspace<f64>,
    ) -> (Vec<T>, Vec<SvfState<f64>>, Vec<SvfState<f64>>) {
        let (moving, input) = (self.moving(), narrow(&self.input));
        let mut output = vec![T::narrow(f64::NAN); input.len()];
        let mut states = self.states.clone();
        let mut checkpoints = vec![SvfState::default(); moving.checkpoints(self.shape)];
        let forward = MovingForward {
            input: &input,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        moving.forward(self.shape, forward, workspace).expect("valid");
        (output, states, checkpoints)
    }

    pub fn backward<T: LayerSample<Number = f64>>(
        &self,
        checkpoints: &[SvfState<f64>],
        workspace: &mut Workspace<f64>,
    ) -> Slopes {
        let (input, slope): (Vec<T>, Vec<T>) = (narrow(&self.input), narrow(&self.slope));
        let mut input_slope = vec![T::narrow(f64::NAN); input.len()];
        let mut state_slope = self.state_slope.clone();
        let mut gradient = vec![[0.0; 6]; self.rows.len()];
        let backward = MovingBackward {
            input: &input,
            checkpoints,
            slope: &slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        self.moving().backward(self.shape, backward, workspace).expect("valid");
        let input = input_slope.into_iter().map(T::widen).collect();
        [gradient.into_flattened(), in_one_list(&state_slope), input]
    }

    pub fn slopes<T: LayerSample<Number = f64>>(&self) -> Slopes {
        let mut workspace = Workspace::new();
        let (_, _, checkpoints) = self.forward::<T>(&mut workspace);
        self.backward::<T>(&checkpoints, &mut workspace)
    }

    /// The numbers that the loss depends on: coefficients, states, input.
    pub fn numbers(&self) -> Vec<f64> {
        let coefficients = self.rows.iter().flat_map(SvfSection::coefficients);
        coefficients.chain(in_one_list(&self.states)).chain(self.input.iter().copied()).collect()
    }

    /// The output and the final states for other numbers, sample by sample.
    pub fn run<S: Scalar>(&self, numbers: &[S]) -> (Vec<S>, Vec<SvfState<S>>) {
        let (coefficients, rest) = numbers.split_at(6 * self.rows.len());
        let (states, input) = rest.split_at(3 * self.states.len());
        let coefficients = coefficients.as_chunks::<6>().0;
        let rows: Vec<_> =
            coefficients.iter().map(|row| SvfSection::from_coefficients(*row)).collect();
        let state = |[s1, s2, k]: &[S; 3]| SvfState { s1: *s1, s2: *s2, k: *k };
        let mut states: Vec<_> = states.as_chunks::<3>().0.iter().map(state).collect();
        let (time, row) = (self.shape.time, rows.len() / self.filters);
        let mut output = Vec::new();
        for signal in 0..self.shape.signals() {
            let filter = if self.filters == 1 { 0 } else { signal / self.shape.channels };
            let rows = &rows[filter * row..][..row];
            let frames =
                Frames::new(rows, self.sections, self.hop, self.interpolation).expect("valid");
            let states = &mut states[signal * self.sections..][..self.sections];
            for (sample, x) in input[signal * time..][..time].iter().enumerate() {
                let mut y = *x;
                for (section, state) in states.iter_mut().enumerate() {
                    y = frames.section_at(section, sample).tick(state, y);
                }
                output.push(y);
            }
        }
        (output, states)
    }

    /// The loss for other numbers: all that comes out, weighted with the slopes.
    pub fn loss<S: Scalar>(&self, numbers: &[S]) -> S {
        let (output, states) = self.run(numbers);
        let out = output.into_iter().chain(states.into_iter().flat_map(|s| [s.s1, s.s2, s.k]));
        let slopes = self.slope.iter().copied().chain(in_one_list(&self.state_slope));
        out.zip(slopes).map(|(y, slope)| y * S::from_f64(slope)).sum()
    }
}

pub fn in_one_list(states: &[SvfState<f64>]) -> Vec<f64> {
    states.iter().flat_map(|state| [state.s1, state.s2, state.k]).collect()
}

#[track_caller]
fn assert_close(found: &Slopes, expected: &Slopes, tolerance: f64) {
    let kinds = ["coefficients", "states", "input"].iter();
    for (kind, (found, expected)) in kinds.zip(found.iter().zip(expected)) {
        let error = difference(found, expected);
        println!("{kind}: {error:.1e}");
        assert!(error <= tolerance, "{kind}: {error:.1e}, above {tolerance:.0e}");
    }
}

/// Batches of every kind, with frames that fit blocks and frames that do not.
fn kinds(time: usize) -> Vec<Moving> {
    let mut kinds = Vec::new();
    for (index, hop) in [1, 7, 64, 480].into_iter().enumerate() {
        for interpolation in [Interpolation::Held, Interpolation::Linear] {
            let seed = 10 * index as u64;
            let moves = (hop, interpolation);
            kinds.push(Moving::new(shape(3, 2, time), 1, 2, moves, seed));
            kinds.push(Moving::new(shape(3, 3, time), 3, 2, moves, seed + 1));
        }
    }
    kinds
}

#[test]
fn outputs_and_states_are_those_of_single_samples() {
    for moving in kinds(1_100) {
        let (output, states, _) = moving.forward::<f64>(&mut Workspace::new());
        let (expected, final_states) = moving.run(&moving.numbers());
        assert!(difference(&output, &expected) < 1e-12);
        assert!(difference(&in_one_list(&states), &in_one_list(&final_states)) < 1e-12);
    }
}

#[test]
fn slopes_are_those_of_dual_numbers() {
    for moving in kinds(15) {
        let Ok((_, expected)) = gradient(&moving.numbers()[..], |numbers| moving.loss(numbers));
        let (rows, rest) = expected.split_at(6 * moving.rows.len());
        let (states, input) = rest.split_at(3 * moving.states.len());
        let expected = [rows, states, input].map(<[f64]>::to_vec);
        assert_close(&moving.slopes::<f64>(), &expected, 1e-10);
    }
}

#[test]
fn the_dot_test_holds_over_many_blocks() {
    for moving in kinds(1_100) {
        let numbers = moving.numbers();
        let direction: Vec<f64> = uniform(77).take(numbers.len()).collect();
        let Ok((_, forwards)) =
            filterbank::ad::jacobian_vector(&numbers[..], &direction, |n| [moving.loss(n)]);
        let slopes = moving.slopes::<f64>().concat();
        let products: Vec<f64> = slopes.iter().zip(&direction).map(|(a, b)| a * b).collect();
        let size: f64 = products.iter().map(|product| product.abs()).sum();
        let error = (products.iter().sum::<f64>() - forwards[0]).abs() / size;
        println!("{error:.1e}");
        assert!(error < 1e-12, "{error:.1e}");
    }
}

/// Frame 0 of the second half is the last frame of the first one too, where coefficients move between.
#[test]
fn cuts_at_frames_do_not_matter() {
    for interpolation in [Interpolation::Held, Interpolation::Linear] {
        for filters in [1, 2] {
            let whole = Moving::new(shape(2, 1, 1_000), filters, 3, (100, interpolation), 9);
            let expected = whole.slopes::<f64>();
            let more = usize::from(interpolation == Interpolation::Linear);
            let part = |samples: std::ops::Range<usize>, frames: std::ops::Range<usize>| {
                let cut = |row: &[f64]| -> Vec<f64> {
                    row.chunks(1_000).flat_map(|row| row[samples.clone()].to_vec()).collect()
                };
                let rows = whole.rows.chunks(30);
                Moving {
                    shape: shape(2, 1, samples.len()),
                    rows: rows
                        .flat_map(|row| row[3 * frames.start..3 * frames.end].to_vec())
                        .collect(),
                    input: cut(&whole.input),
                    slope: cut(&whole.slope),
                    ..whole.clone()
                }
            };
            let (mut first, mut second) = (part(0..400, 0..4 + more), part(400..1_000, 4..10));
            let mut workspace = Workspace::new();
            let (_, states, front) = first.forward::<f64>(&mut workspace);
            second.states = states;
            let (_, _, back) = second.forward::<f64>(&mut workspace);
            let [rows, states, input] = second.backward::<f64>(&back, &mut workspace);
            let state = |[s1, s2, k]: &[f64; 3]| SvfState { s1: *s1, s2: *s2, k: *k };
            first.state_slope = states.as_chunks().0.iter().map(state).collect();
            let [first_rows, states, first_input] = first.backward::<f64>(&front, &mut workspace);
            let mut joined = Vec::new();
            let halves = first_rows.chunks(18 * (4 + more)).zip(rows.chunks(18 * 6));
            for (front, back) in halves {
                let mut row = [&front[..18 * 4], back].concat();
                for (sum, term) in row[18 * 4..].iter_mut().zip(&front[18 * 4..]) {
                    *sum += term;
                }
                joined.extend(row);
            }
            let halves = first_input.chunks(400).zip(input.chunks(600));
            let input = halves.flat_map(|(front, back)| [front, back].concat()).collect();
            assert_close(&[joined, states, input], &expected, 1e-11);
        }
    }
}

#[test]
fn signals_of_f32_are_filtered_in_f64() {
    for moving in kinds(500) {
        let round =
            |numbers: &[f64]| narrow::<f32>(numbers).iter().map(|x| f64::from(*x)).collect();
        let rounded =
            Moving { input: round(&moving.input), slope: round(&moving.slope), ..moving.clone() };
        let single = moving.forward::<f32>(&mut Workspace::new());
        let double = rounded.forward::<f64>(&mut Workspace::new());
        assert_eq!((single.0, single.1), (narrow(&double.0), double.1));
        let ([rows, states, input], expected) = (moving.slopes::<f32>(), rounded.slopes::<f64>());
        assert_eq!(
            [rows, states, input],
            [expected[0].clone(), expected[1].clone(), round(&expected[2])]
        );
    }
}

/// Sections that stand still are those of a fixed filter.
#[test]
fn a_moving_filter_at_rest_is_a_fixed_filter() {
    use filterbank::Section;
    use filterbank::layer::{FixedFilters, Forward};
    let mut still = Moving::new(shape(2, 2, 600), 1, 4, (64, Interpolation::Linear), 3);
    let frame = still.rows[..4].to_vec();
    still.rows = frame.repeat(10);
    still.states.fill(SvfState::default());
    let (found, ..) = still.forward::<f64>(&mut Workspace::new());
    let sections: Vec<Section<f64>> = frame.iter().map(Section::from).collect();
    let mut expected = vec![0.0; found.len()];
    let forward = Forward {
        input: &still.input,
        output: &mut expected,
        states: &mut [filterbank::section::SectionState::default(); 16],
        checkpoints: None,
    };
    let fixed = FixedFilters::cascades(1, &sections).expect("valid");
    fixed.forward(still.shape, forward, &mut Workspace::new()).expect("valid");
    assert!(difference(&found, &expected) < 1e-11);
}

#[test]
fn after_a_sample_that_is_not_finite_the_rest_of_its_signal_is_nan() {
    for bad in [f64::NAN, f64::INFINITY] {
        for moving in kinds(700) {
            let mut broken = moving.clone();
            broken.input[700 + 400] = bad;
            let (found, states, _) = broken.forward::<f64>(&mut Workspace::new());
            let (clean, ..) = moving.forward::<f64>(&mut Workspace::new());
            for (signal, (found, clean)) in found.chunks(700).zip(clean.chunks(700)).enumerate() {
                let good = if signal == 1 { 400 } else { 700 };
                assert!(difference(&found[..good], &clean[..good]) < 1e-12);
                assert!(found[good..].iter().all(|y| y.is_nan()));
            }
            assert!(states[2..4].iter().all(|state| state.s1.is_nan() && state.s2.is_nan()));
            let [rows, ..] = broken.slopes::<f64>();
            let touched = &rows[6 * 2 * (400 / moving.hop)..][..6];
            assert!(touched.iter().any(|slope| slope.is_nan()), "{touched:?}");
        }
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    use rayon::ThreadPoolBuilder;
    for moving in [
        Moving::new(shape(17, 2, 1_500), 1, 6, (64, Interpolation::Held), 1),
        Moving::new(shape(6, 3, 3_000), 6, 6, (50, Interpolation::Linear), 2),
    ] {
        assert!(moving.shape.samples() * moving.sections > 1 << 18);
        let in_threads = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| (moving.forward::<f32>(&mut Workspace::new()), moving.slopes::<f32>()))
        };
        let alone = in_threads(1);
        for threads in [2, 3, 16] {
            assert_eq!(in_threads(threads), alone);
        }
    }
}

#[test]
fn wrong_frames_are_refused() {
    let moving = Moving::new(shape(2, 1, 100), 1, 2, (32, Interpolation::Held), 1);
    let sentence = |filters, rows: &[_], sections, hop, interpolation| {
        let made = MovingFilters::new(filters, rows, sections, hop, interpolation);
        let forward = MovingForward {
            input: &moving.input,
            output: &mut [0.0; 200],
            states: &mut [SvfState::default(); 4],
            checkpoints: None,
        };
        let passed =
            made.and_then(|made| made.forward(moving.shape, forward, &mut Workspace::new()));
        passed.expect_err("refused").to_string()
    };
    let (rows, held) = (&moving.rows[..], Interpolation::Held);
    let bad = SvfSection::second_order(-1.0, 1.0, [1.0, 0.0, 0.0]);
    let with_bad = [&rows[..6], &[bad, rows[7]]].concat();
    for (found, wanted) in [
        (sentence(3, rows, 2, 32, held), "`rows` has length 8, but must have length 6"),
        (sentence(0, &[], 2, 32, held), "there are 0 filters"),
        (sentence(2, &rows[..0], 2, 32, held), "`rows` has length 0, but must have length 2"),
        (sentence(1, rows, 3, 32, held), "filter 0: `rows` has length 8"),
        (sentence(1, rows, 2, 0, held), "filter 0: `hop` = 0 must be at least 1 sample"),
        (
            sentence(1, rows, 2, 20, held),
            "there are 4 frames, one every 20 samples, for signals of 100 samples, but there must be 5",
        ),
        (
            sentence(1, rows, 2, 60, Interpolation::Linear),
            "there are 4 frames, one every 60 samples, for signals of 100 samples, but there must be 2",
        ),
        (sentence(2, &with_bad, 2, 60, held), "filter 1: frame 1, section 0: `g` = -1 must be"),
        (sentence(4, rows, 2, 100, held), "there are 4 filters for a batch of 2 items"),
    ] {
        assert!(found.starts_with(wanted), "{found}");
    }
}
