//! Layers of tunable filters: gradients by parameters, shared or one set for each item.

use filterbank::layer::Layer;
use filterbank::{Tunable, filterbank, gradient};

use crate::batch::{difference, shape};
use crate::common::noise::noise;

filterbank! {
    struct Channel: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 3), cutoff = tune(80.0)),
        body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
        fixed: peak(center = 900.0, q = 2.0, gain_db = 3.0),
        air: high_shelf(cutoff = tune(8e3), q = 0.7, gain_db = tune(1.5)),
        alias: lowpass(elliptic(order = 4, ripple_db = tune(0.1), stop_db = tune(60.0)), cutoff = tune(19e3)),
    }
}

filterbank! {
    struct Split: bank(sample_rate = 48_000.0) {
        low: lowpass(butterworth(order = 4), cutoff = tune(300.0)),
        all: peak(center = 1e3, q = 1.0, gain_db = 2.0),
        high: highpass(chebyshev1(order = 3, ripple_db = tune(0.5)), cutoff = tune(300.0)),
    }
}

/// The gradient by all parameters of the loss `Σ slope·output`, by dual numbers in the plain loop.
fn by_duals<T: Tunable>(
    filter: &T,
    params: &[f64],
    signals_of_filter: usize,
    [input, slope]: [&[f64]; 2],
    time: usize,
) -> Vec<f64> {
    use filterbank::{DesignError, Scalar, Section};
    let count = filter.params().len();
    let outputs = filter.ends().len().max(1);
    let loss = |numbers: &[filterbank::ad::Number]| {
        let mut loss = filterbank::ad::Number::default();
        let rows = input.chunks(time).zip(slope.chunks(outputs * time)).enumerate();
        for (signal, (input, slope)) in rows {
            let own = &numbers[signal / signals_of_filter * count..][..count];
            let designed = filter.tuned(own)?;
            let sections: &[Section<_>] = designed.as_ref();
            let whole = [sections.len()];
            let ends = if filter.ends().is_empty() { &whole[..] } else { filter.ends() };
            for (band, slope) in slope.chunks(time).enumerate() {
                let start = if band == 0 { 0 } else { ends[band - 1] };
                let sections = &sections[start..ends[band]];
                let mut states = vec![filterbank::section::SectionState::default(); sections.len()];
                for (x, slope) in input.iter().zip(slope) {
                    let series = sections.iter().zip(&mut states);
                    let x = filterbank::ad::Number::constant(*x);
                    let y = series.fold(x, |x, (section, state)| section.tick(state, x));
                    loss += y.scale(*slope);
                }
            }
        }
        Ok::<_, DesignError>(loss)
    };
    gradient(params, loss).expect("designable").1
}

/// The gradient of the same loss by a layer.
fn by_layer<T: Tunable>(
    layer: &mut Layer<T>,
    shape: filterbank::layer::BatchShape,
    [input, slope]: [&[f64]; 2],
) -> (Vec<f64>, Vec<f64>) {
    let (mut output, mut input_slope) = (vec![0.0; slope.len()], vec![0.0; input.len()]);
    let mut gradient = vec![0.0; layer.params().len()];
    layer.forward(shape, input, &mut output).expect("valid");
    layer.backward(input, slope, &mut input_slope, &mut gradient).expect("valid");
    (gradient, input_slope)
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    // Parameters differ in their units, so each derivative is compared on its own.
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = difference(&[*found], &[*expected]);
        println!("{index}: {error:.1e}");
        assert!(error < 1e-10, "parameter {index}: {found}, {expected}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn shared_parameters_have_the_gradient_of_dual_numbers() {
    let (input, slope) = (noise(4 * 300, 1), noise(4 * 300, 2));
    let mut layer = Layer::new(Channel::new(), &Channel::PARAMS).expect("as specified");
    let (found, _) = by_layer(&mut layer, shape(2, 2, 300), [&input, &slope]);
    let expected = by_duals(&Channel::new(), &Channel::PARAMS, 4, [&input, &slope], 300);
    assert_close(&found, &expected);
}

#[test]
fn parameters_of_items_have_the_gradient_of_dual_numbers() {
    let params: Vec<f64> = [0.9, 1.0, 1.1]
        .iter()
        .flat_map(|factor| Split::PARAMS.map(|param| factor * param))
        .collect();
    let (input, slope) = (noise(6 * 200, 3), noise(3 * 6 * 200, 4));
    let mut layer = Layer::new(Split::new(), &params).expect("designable");
    let (found, _) = by_layer(&mut layer, shape(3, 2, 200), [&input, &slope]);
    let expected = by_duals(&Split::new(), &params, 2, [&input, &slope], 200);
    assert_close(&found, &expected);
}

#[test]
fn a_retuned_layer_is_a_new_layer() {
    let (input, slope) = (noise::<f64>(2 * 300, 5), noise::<f64>(2 * 300, 6));
    let moved = Channel::PARAMS.map(|param| 1.05 * param);
    let mut retuned = Layer::new(Channel::new(), &Channel::PARAMS).expect("as specified");
    by_layer(&mut retuned, shape(2, 1, 300), [&input, &slope]);
    retuned.retune(&moved).expect("designable");
    let mut made = Layer::new(Channel::new(), &moved).expect("designable");
    let [found, expected] =
        [&mut retuned, &mut made].map(|layer| by_layer(layer, shape(2, 1, 300), [&input, &slope]));
    assert_eq!(found, expected);
}

/// Two blocks of a signal: the second continues the first, whose state is a constant.
#[test]
fn a_layer_continues_with_its_states_as_constants() {
    let (input, slope) = (noise::<f64>(500, 7), noise::<f64>(500, 8));
    let mut layer = Layer::new(Split::new(), &Split::PARAMS).expect("as specified");
    let mut whole = vec![0.0; 3 * 500];
    layer.forward(shape(1, 1, 500), &input, &mut whole).expect("valid");
    let (mut front, mut back) = (vec![0.0; 3 * 300], vec![0.0; 3 * 200]);
    layer.forward(shape(1, 1, 300), &input[..300], &mut front).expect("valid");
    let states = layer.states().to_vec();
    layer.forward_on(shape(1, 1, 200), &input[300..], &mut back).expect("valid");
    for band in 0..3 {
        let parts = [&front[300 * band..][..300], &back[200 * band..][..200]].concat();
        assert!(difference(&parts, &whole[500 * band..][..500]) < 1e-12);
    }

    let (mut input_slope, mut gradient) = ([0.0; 200], [0.0; 3]);
    let slope = [&slope[..], &slope[..100]].concat();
    layer.backward(&input[300..], &slope, &mut input_slope, &mut gradient).expect("valid");
    let mut adjoint = filterbank::Adjoint::of_params(&Split::new(), &Split::PARAMS).expect("same");
    adjoint.resume(&states).expect("as many");
    adjoint.forward(&input[300..], &mut back).expect("valid");
    let (mut expected_input, mut expected) = ([0.0; 200], [0.0; 3]);
    adjoint.backward(&slope, &mut expected_input, &mut expected).expect("valid");
    assert_eq!((gradient, input_slope), (expected, expected_input));
    assert_eq!(layer.state_slope(), adjoint.state_slope());
}
