//! What is refused, in which words, and that nothing is changed then.

use filterbank::run::{AdjointScratch, MovingAdjointLane, MovingLane};
use filterbank::run::{moving_adjoint, process_moving};
use filterbank::section::{Frames, Interpolation, SvfSection, SvfState};
use filterbank::{Dual, Scalar};

const GOOD: [f64; 6] = [0.1, 0.1, 0.5, 1.0, 0.5, 0.0];

fn refusal<S: Scalar>(rows: &[[S; 6]], sections: usize, hop: usize) -> String {
    let rows: Vec<_> = rows.iter().map(|row| SvfSection::from_coefficients(*row)).collect();
    let frames = Frames::new(&rows, sections, hop, Interpolation::Held);
    frames.expect_err("the frames are not valid").to_string()
}

#[test]
fn coefficients_are_refused_by_name() {
    for (index, name, value, allowed) in [
        (0, "g", 0.0, "must be finite and above 0"),
        (0, "g", -1.0, "must be finite and above 0"),
        (0, "g", f64::NAN, "must be finite"),
        (0, "g", f64::INFINITY, "must be finite"),
        (1, "g2", -0.1, "must lie between 0 and inf"),
        (1, "g2", f64::NAN, "must be finite"),
        (2, "k", 0.0, "must be finite and above 0"),
        (2, "k", -0.5, "must be finite and above 0"),
        (2, "k", f64::INFINITY, "must be finite"),
        (3, "m0", f64::NAN, "must be finite"),
        (4, "m1", f64::INFINITY, "must be finite"),
        (5, "m2", f64::NEG_INFINITY, "must be finite"),
    ] {
        let mut rows = [GOOD; 6];
        rows[5][index] = value;
        let expected = format!("frame 2, section 1: `{name}` = {value} {allowed}");
        assert_eq!(refusal(&rows, 2, 64), expected);
    }
    let infinite = GOOD.map(|c| Dual::<f64, 1>::new(c, [f64::INFINITY]));
    assert_eq!(refusal(&[infinite], 1, 64), "frame 0, section 0: `g` = 0.1 must be finite");
}

#[test]
fn shapes_of_frames_are_refused() {
    assert_eq!(refusal(&[GOOD], 1, 0), "`hop` = 0 must be at least 1 sample");
    assert_eq!(refusal(&[GOOD], 0, 1), "`sections` = 0 must be at least 1");
    let length = |found| {
        format!(
            "`rows` has length {found}, but must have length 2 times the number of frames, which is \
             at least 1"
        )
    };
    assert_eq!(refusal(&[GOOD; 3], 2, 1), length(3));
    assert_eq!(refusal::<f64>(&[], 2, 1), length(0));
    let mut rows = [GOOD; 6];
    rows[3][1] = 0.0;
    let order = refusal(&rows, 2, 1);
    assert!(order.starts_with("frame 1, section 1: the order must be the same"), "{order}");
}

/// The second integrator may not run backwards.
#[test]
fn negative_gains_of_the_second_integrator_are_not_stable() {
    let section = SvfSection::from_coefficients([0.1, -0.1, 0.5, 0.0, 1.0, 0.0]);
    assert!(!section.is_stable());
    let mut state = SvfState::<f64>::REST;
    let last = (0..2_000).fold(0.0, |_, _| section.tick(&mut state, 1.0));
    assert!(last.abs() > 1e6);
}

#[test]
fn lanes_of_wrong_lengths_are_refused_and_left_as_they_are() {
    let rows = [SvfSection::from_coefficients(GOOD); 4];
    let frames = Frames::new(&rows, 2, 64, Interpolation::Held).expect("valid frames");
    let (mut good, mut bad) = ([1.0; 128], [1.0; 129]);
    let (mut states, mut others) = ([SvfState::<f64>::REST; 2], [SvfState::<f64>::REST; 2]);
    let mut lanes = [
        MovingLane { frames, states: &mut states, block: &mut good },
        MovingLane { frames, states: &mut others, block: &mut bad },
    ];
    let error = process_moving(0, &mut lanes).expect_err("the frames end too early").to_string();
    assert_eq!(error, "`frames` has length 2, but must have length 3");
    assert!(process_moving(usize::MAX, &mut lanes).is_err());
    let lane = MovingLane { frames, states: &mut states[..1], block: &mut good };
    let error = process_moving(0, &mut [lane]).expect_err("a state is missing").to_string();
    assert_eq!(error, "`states` has length 1, but must have length 2");
    assert_eq!((good, states), ([1.0; 128], [SvfState::<f64>::REST; 2]));

    for (wrong, expected) in [
        ("states", "`states` has length 1, but must have length 2"),
        ("slope", "`slope` has length 127, but must have length 128"),
        ("state_slope", "`state_slope` has length 1, but must have length 2"),
        ("gradient", "`gradient` has length 3, but must have length 4"),
    ] {
        let shorter = |name: &str, length: usize| length - usize::from(name == wrong);
        let (mut slope, mut gradient) = ([1.0; 128], [[0.0; 6]; 4]);
        let mut state_slope = [SvfState::<f64>::REST; 2];
        let lane = MovingAdjointLane {
            frames,
            states: &states[..shorter("states", 2)],
            input: &good,
            slope: &mut slope[..shorter("slope", 128)],
            state_slope: &mut state_slope[..shorter("state_slope", 2)],
            gradient: &mut gradient[..shorter("gradient", 4)],
        };
        let error = moving_adjoint(0, &mut [lane], &mut AdjointScratch::new());
        assert_eq!(error.expect_err("a slice is too short").to_string(), expected);
        assert_eq!((slope, gradient), ([1.0; 128], [[0.0; 6]; 4]));
    }
}

#[test]
fn nothing_to_do_is_no_error() {
    let rows = [SvfSection::from_coefficients(GOOD)];
    let frames = Frames::new(&rows, 1, 64, Interpolation::Linear).expect("valid frames");
    process_moving::<f64>(0, &mut []).expect("no lanes");
    let lane = MovingLane { frames, states: &mut [SvfState::<f64>::REST], block: &mut [] };
    process_moving(64, &mut [lane]).expect("no samples");
    moving_adjoint::<f64>(0, &mut [], &mut AdjointScratch::new()).expect("no lanes");
}
