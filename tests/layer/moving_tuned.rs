//! Layers of bands whose parameters change in time: gradients by the parameters of every frame.

use filterbank::layer::{LayerError, MovingLayer};
use filterbank::section::{Frames, Interpolation, SvfSection, SvfState};
use filterbank::{Band, DesignError, Method, Tunable, TunableCascade, Tune, gradient};

use crate::batch::{RATE, difference, shape};
use crate::common::noise::{noise, uniform};

/// Bands with none, one, three and five parameters, and more than one section.
fn channel() -> TunableCascade {
    let method =
        Method::Elliptic { order: 4, ripple_db: Tune::free(0.5), stop_db: Tune::free(50.0) };
    let bands = [
        ("rumble", Band::highpass(Method::Butterworth { order: 3 }, Tune::free(120.0))),
        ("fixed", Band::peak(Tune::from(900.0), Tune::from(2.0), Tune::from(3.0))),
        ("body", Band::peak(Tune::free(400.0), Tune::free(1.0), Tune::within(-3.0, -12.0..=12.0))),
        ("voice", Band::bandpass(method, Tune::free(200.0), Tune::free(9_000.0))),
    ];
    TunableCascade::new(bands, RATE).expect("designable")
}

/// Parameters of frames: those of the specification, each moved by up to a tenth.
fn frames(filter: &TunableCascade, count: usize, seed: u64) -> Vec<f64> {
    let mut random = uniform(seed);
    let mut moved = |value: f64| value * (1.0 + 0.1 * random.next().expect("endless"));
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    (0..count).flat_map(|_| start.clone()).map(&mut moved).collect()
}

/// The gradient by all parameters of the loss `Σ slope·output`, by dual numbers, sample by sample.
fn by_duals(
    filter: &TunableCascade,
    params: &[f64],
    filters: usize,
    (hop, interpolation): (usize, Interpolation),
    [input, slope]: [&[f64]; 2],
    time: usize,
) -> Vec<f64> {
    use filterbank::ad::Number;
    let count = filter.params().len();
    let loss = |numbers: &[Number]| {
        let mut rows: Vec<SvfSection<Number>> = Vec::new();
        for frame in numbers.chunks(count) {
            for band in filter.bands(frame)? {
                rows.extend(band.svf_sections(RATE)?.iter().copied());
            }
        }
        let sections = rows.len() / (numbers.len() / count);
        let row = rows.len() / filters;
        let signals = input.len() / time;
        let mut loss = Number::default();
        for (signal, (input, slope)) in input.chunks(time).zip(slope.chunks(time)).enumerate() {
            let own = &rows[signal * filters / signals * row..][..row];
            let frames = Frames::new(own, sections, hop, interpolation).expect("valid");
            let mut states = vec![SvfState::default(); sections];
            for (sample, (x, slope)) in input.iter().zip(slope).enumerate() {
                let mut y = Number::constant(*x);
                for (section, state) in states.iter_mut().enumerate() {
                    y = frames.section_at(section, sample).tick(state, y);
                }
                loss += y * Number::constant(*slope);
            }
        }
        Ok::<_, DesignError>(loss)
    };
    gradient(params, loss).expect("designable").1
}

#[test]
fn the_gradient_of_every_frame_is_that_of_dual_numbers() {
    let filter = channel();
    for (filters, hop, interpolation, more) in [
        (1, 30, Interpolation::Held, 0),
        (2, 40, Interpolation::Linear, 0),
        (2, 25, Interpolation::Linear, 1),
        (1, 1, Interpolation::Held, 0),
    ] {
        let time: usize = if hop == 1 { 6 } else { 100 };
        let count = filters * (time.div_ceil(hop) + more);
        let params = frames(&filter, count, 1);
        let (input, slope) = (noise::<f64>(4 * time, 2), noise::<f64>(4 * time, 3));
        let mut layer =
            MovingLayer::new(filter.clone(), filters, hop, interpolation).expect("valid");
        let (mut output, mut by_input) = (vec![0.0; 4 * time], vec![0.0; 4 * time]);
        layer.forward(shape(2, 2, time), &params, &input, &mut output).expect("valid");
        let mut found = vec![0.0; params.len()];
        layer.backward(&input, &slope, &mut by_input, &mut found).expect("valid");
        let moves = (hop, interpolation);
        let expected = by_duals(&filter, &params, filters, moves, [&input, &slope], time);
        // Each parameter has a unit of its own.
        let parameters = filter.params().len();
        for param in 0..parameters {
            let of = |all: &[f64]| -> Vec<f64> {
                all.iter().skip(param).step_by(parameters).copied().collect()
            };
            let error = difference(&of(&found), &of(&expected));
            println!("hop {hop}, parameter {param}: {error:.1e}");
            assert!(error < 1e-10, "{error:.1e}");
        }
    }
}

#[test]
fn a_batch_in_two_parts_has_the_output_of_the_whole() {
    let filter = channel();
    let params = frames(&filter, 10, 4);
    let row = filter.params().len();
    let input = noise::<f64>(1_000, 5);
    for interpolation in [Interpolation::Held, Interpolation::Linear] {
        let more = usize::from(interpolation == Interpolation::Linear);
        let mut layer = MovingLayer::new(filter.clone(), 1, 100, interpolation).expect("valid");
        let mut whole = vec![0.0; 1_000];
        layer.forward(shape(1, 1, 1_000), &params, &input, &mut whole).expect("valid");
        let mut parts = vec![0.0; 1_000];
        let (front, back) = parts.split_at_mut(600);
        let first = &params[..(6 + more) * row];
        layer.forward(shape(1, 1, 600), first, &input[..600], front).expect("valid");
        layer.forward_on(shape(1, 1, 400), &params[6 * row..], &input[600..], back).expect("valid");
        assert!(difference(&parts, &whole) < 1e-12);
    }
}

#[test]
fn wrong_parameters_are_refused_by_filter_and_frame() {
    let filter = channel();
    let row = filter.params().len();
    let mut layer = MovingLayer::new(filter.clone(), 2, 10, Interpolation::Held).expect("valid");
    let mut params = frames(&filter, 6, 6);
    let mut sentence = |params: &[f64], items: usize| {
        let (input, mut output) = (vec![0.0; 25 * items], vec![0.0; 25 * items]);
        let passed = layer.forward(shape(items, 1, 25), params, &input, &mut output);
        passed.expect_err("refused").to_string()
    };
    let found = sentence(&params[1..], 2);
    assert_eq!(
        found,
        format!(
            "`params` has length {}, but must have length {}: [filters, frames, params]",
            6 * row - 1,
            6 * row
        )
    );
    let found = sentence(&params[2 * row..], 2);
    assert!(found.starts_with("there are 2 frames, one every 10 samples, for"), "{found}");
    assert!(sentence(&params, 3).starts_with("there are 2 filters for a batch of 3 items"));
    params[5 * row] = 30_000.0;
    params[4 * row + 3] = 13.0;
    let found = sentence(&params, 2);
    assert!(found.starts_with("filter 1, frame 1: band 2: `gain_db` = 13 dB must lie"), "{found}");
    let none = layer.backward(&[0.0; 50], &[0.0; 50], &mut [0.0; 50], &mut vec![0.0; 6 * row]);
    assert_eq!(none, Err(LayerError::NoForward));
    for (filters, hop, wanted) in [(0, 10, "there are 0 filters"), (1, 0, "filter 0: `hop` = 0")] {
        let made = MovingLayer::new(filter.clone(), filters, hop, Interpolation::Held);
        assert!(made.expect_err("refused").to_string().starts_with(wanted));
    }
}
