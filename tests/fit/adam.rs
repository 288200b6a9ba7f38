//! Adam against an independent implementation, and its refusal of invalid gradients.

use filterbank::fit::{Adam, StepError};
use serde_json::Value;

use crate::common::golden::{items, number, numbers, text};
use crate::common::worst::larger;

#[test]
fn parameters_are_those_of_the_reference_after_every_step() {
    let document: Value = serde_json::from_str(&text("adam.json")).expect("JSON");
    let setting = |name: &str| number(&document[name]);
    let mut adam = Adam::new(setting("learning_rate"));
    // The reference uses the usual decay rates and epsilon.
    let explicit = adam.clone().with_betas(setting("beta1"), setting("beta2"));
    assert_eq!(explicit.with_epsilon(setting("epsilon")), adam);

    let mut params = numbers(&document["start"]);
    let steps = items(&document["steps"]);
    assert_eq!(steps.len(), 20);
    let mut worst = 0.0;
    for step in steps {
        adam.step(&mut params, &numbers(&step["gradient"])).expect("the gradient is finite");
        for (found, expected) in params.iter().zip(numbers(&step["parameters"])) {
            let error = (found - expected).abs() / expected.abs();
            assert!(error <= 1e-15, "{found} is not {expected}");
            worst = larger(worst, error);
        }
    }
    println!("worst relative error {worst:.1e}");
}

#[test]
fn a_refused_step_changes_nothing() {
    let mut adam = Adam::new(0.1);
    let mut params = [1.0, 2.0];
    adam.step(&mut params, &[0.5, -0.5]).expect("the gradient is finite");
    let (adam_before, params_before) = (adam.clone(), params);

    let mut refused = |gradient: &[f64]| {
        let error = adam.step(&mut params, gradient).unwrap_err();
        assert_eq!((&adam, params), (&adam_before, params_before));
        error
    };
    assert_eq!(refused(&[1.0]), StepError::Length { expected: 2, found: 1 });
    assert_eq!(refused(&[1.0; 3]), StepError::Length { expected: 2, found: 3 });
    assert_eq!(refused(&[]), StepError::Length { expected: 2, found: 0 });
    let infinite = StepError::Gradient { index: 0, value: f64::INFINITY };
    assert_eq!(refused(&[f64::INFINITY, f64::NAN]), infinite);
    let nan = refused(&[1.0, f64::NAN]);
    assert!(matches!(nan, StepError::Gradient { index: 1, value } if value.is_nan()));

    let mut others = [1.0; 3];
    let error = adam.step(&mut others, &[1.0; 3]).unwrap_err();
    assert_eq!(error, StepError::Length { expected: 2, found: 3 });
    assert_eq!((adam, others), (adam_before, [1.0; 3]));
}

#[test]
fn a_refused_first_step_leaves_the_number_of_parameters_open() {
    let mut adam = Adam::new(0.1);
    let fresh = adam.clone();
    let error = adam.step(&mut [1.0, 2.0], &[1.0]).unwrap_err();
    assert_eq!(error, StepError::Length { expected: 2, found: 1 });
    assert!(adam.step(&mut [1.0, 2.0], &[f64::NAN, 1.0]).is_err());
    assert_eq!(adam, fresh);
    assert_eq!(adam.step(&mut [1.0; 3], &[1.0; 3]), Ok(()));
    assert!(adam.step(&mut [1.0; 2], &[1.0; 2]).is_err());
    assert_eq!(Adam::new(0.1).step(&mut [], &[]), Ok(()));
}

#[test]
fn the_first_step_is_the_learning_rate_whatever_the_size_of_the_gradient() {
    let gradient = [1e-3, -1.0, 1e3, -1e100, 0.0];
    let mut params = [0.0; 5];
    Adam::new(0.25).step(&mut params, &gradient).expect("the gradient is finite");
    for (param, expected) in params.iter().zip([-0.25, 0.25, -0.25, 0.25, 0.0]) {
        // Epsilon is 1e-5 of the smallest derivative.
        assert!((param - expected).abs() <= 0.25e-5, "{param}");
    }
    let mut params = [0.0; 5];
    let mut adam = Adam::new(0.25).with_epsilon(1e-20);
    adam.step(&mut params, &gradient).expect("the gradient is finite");
    for (param, expected) in params.iter().zip([-0.25, 0.25, -0.25, 0.25, 0.0]) {
        assert!((param - expected).abs() <= 1e-15, "{param}");
    }
}

#[test]
fn a_new_learning_rate_keeps_the_running_means() {
    let [mut one, mut other] = [Adam::new(0.1), Adam::new(0.1)];
    let [mut params, mut others] = [[0.0], [0.0]];
    one.step(&mut params, &[1.0]).expect("the gradient is finite");
    other.step(&mut others, &[1.0]).expect("the gradient is finite");
    other.set_learning_rate(0.2);
    let before = params[0];
    one.step(&mut params, &[-0.5]).expect("the gradient is finite");
    other.step(&mut others, &[-0.5]).expect("the gradient is finite");
    let (step, twice) = (params[0] - before, others[0] - before);
    assert!((twice / step - 2.0).abs() < 1e-14, "{step} {twice}");
}

#[test]
fn any_gradient_that_is_accepted_leaves_the_parameters_finite_and_movable() {
    let mut adam = Adam::new(0.1);
    let mut params = [0.0; 4];
    for gradient in [[1e150, 1e100, 5e-324, 0.0], [-1e150, -1e100, 1.0, 0.0]] {
        for _ in 0..100 {
            adam.step(&mut params, &gradient).expect("the gradient is accepted");
            assert!(params.iter().all(|p| p.is_finite()), "{params:?}");
        }
    }
    assert!(params[0] != 0.0 && params[1] != 0.0);
    // Their squares would be infinite, and the parameter would never move again.
    for beyond in [1e151, -1e200, f64::MAX] {
        let before = params;
        let error = adam.step(&mut params, &[beyond, 0.0, 0.0, 0.0]).expect_err("refused");
        assert_eq!(error, StepError::Gradient { index: 0, value: beyond });
        assert_eq!(params, before);
    }
}

#[test]
fn invalid_decay_rates_are_refused() {
    for value in [1.0, -0.1, f64::NAN] {
        let mut params = [1.0];
        let error = Adam::new(0.1).with_betas(0.9, value).step(&mut params, &[1.0]);
        assert!(matches!(error, Err(StepError::DecayRate { .. })), "{error:?}");
        assert_eq!(params, [1.0]);
    }
}

#[test]
fn learning_rates_and_epsilons_without_sense_are_refused() {
    let mut params = [1.0];
    for value in [-1.0, f64::INFINITY, f64::NAN] {
        let error = Adam::new(value).step(&mut params, &[1.0]);
        assert!(matches!(error, Err(StepError::LearningRate { .. })), "{value}: {error:?}");
        let mut adam = Adam::new(0.1);
        adam.set_learning_rate(value);
        let error = adam.step(&mut params, &[1.0]);
        assert!(matches!(error, Err(StepError::LearningRate { .. })), "{value}: {error:?}");
    }
    for value in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        let error = Adam::new(0.1).with_epsilon(value).step(&mut params, &[0.0]);
        assert!(matches!(error, Err(StepError::Epsilon { .. })), "{value}: {error:?}");
    }
    assert_eq!(params, [1.0]);
    // A learning rate of 0 stands still.
    assert_eq!(Adam::new(0.0).step(&mut params, &[1.0]), Ok(()));
    assert_eq!(params, [1.0]);
}

#[test]
fn parameters_that_are_not_finite_are_refused() {
    for value in [f64::NAN, f64::INFINITY] {
        let mut params = [1.0, value];
        let mut adam = Adam::new(0.1);
        let error = adam.step(&mut params, &[1.0, 1.0]).expect_err("no parameter");
        assert!(matches!(error, StepError::Param { index: 1, .. }), "{error}");
        assert_eq!((params[0], adam), (1.0, Adam::new(0.1)));
    }
    // The learning rate is finite, but not its quotient with 1 − 0.9.
    for gradient in [0.0, 1.0] {
        let mut params = [0.5];
        let error = Adam::new(f64::MAX).step(&mut params, &[gradient]).expect_err("too large");
        assert_eq!((error, params), (StepError::Param { index: 0, value: 0.5 }, [0.5]));
        assert!(error.to_string().contains("the learning rate is too large"), "{error}");
    }
}
