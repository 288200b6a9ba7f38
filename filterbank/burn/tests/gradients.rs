//! Modules against finite differences, against the library, and through an optimiser.

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_optim::{AdamConfig, GradientsParams};
use filterbank::tune::Unconstrained;
use filterbank::{Band, Method, Tunable, TunableBank, TunableCascade, Tune};
use filterbank_burn::{Filter, FilterBank, FilterError};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn eq() -> Outcome<TunableCascade> {
    let peak = Band::peak(Tune::free(900.0), Tune::free(1.5), Tune::within(3.0, -12.0..=12.0));
    let rumble = Band::highpass(Method::Butterworth { order: 3 }, Tune::free(100.0));
    Ok(TunableCascade::new([("body", peak), ("rumble", rumble)], 8_000.0)?)
}

fn split() -> Outcome<TunableBank> {
    let method = Method::Butterworth { order: 2 };
    let low = Band::lowpass(method, Tune::free(500.0));
    let mid = Band::bandpass(method, Tune::free(600.0), Tune::free(1_500.0));
    Ok(TunableBank::new([("low", low), ("mid", mid)], 8_000.0)?)
}

/// Numbers between -1 and 1.
fn noise(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn tensor<const D: usize>(values: &[f64], shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (device, DType::F64))
}

fn values<const D: usize>(tensor: Tensor<D>) -> Outcome<Vec<f64>> {
    Ok(tensor.try_into_data()?.try_cast_as::<f64>()?.as_slice::<f64>()?.to_vec())
}

/// Compares a gradient with central differences.
#[track_caller]
fn compare(point: &[f64], gradient: &[f64], loss: impl Fn(&[f64]) -> Outcome<f64>) -> Outcome {
    assert_eq!(point.len(), gradient.len());
    for (index, found) in gradient.iter().enumerate() {
        let moved = |step: f64| {
            let mut moved = point.to_vec();
            moved[index] += step;
            loss(&moved)
        };
        let step = 1e-5;
        let difference = (moved(step)? - moved(-step)?) / (2.0 * step);
        let error = (found - difference).abs() / (found.abs() + 0.1);
        assert!(error < 1e-7, "{index}: {found} {difference}");
    }
    Ok(())
}

#[test]
fn gradients_of_a_cascade_are_those_of_differences() -> Outcome {
    let device = Device::flex().autodiff();
    let filter = Filter::new(eq()?, &device)?;
    let shape = [2, 2, 30];
    let (signal, weight) = (noise(120, 1), noise(120, 2));
    let mut free = Unconstrained::new(eq()?)?.start();
    // One filter for each item.
    free.extend(free.clone().iter().map(|x| x + 0.2));
    let run = |signal: &[f64], free: &[f64]| -> Outcome<_> {
        let input = tensor(signal, shape, &device).require_grad();
        let free = tensor(free, [2, 4], &device).require_grad();
        // A layer in front and one behind.
        let output = filter.forward_with(input.clone().tanh(), free.clone())?;
        let loss = (output.clone() * output * tensor(&weight, shape, &device)).sum();
        Ok((input, free, loss))
    };
    let (input, free_tensor, loss) = run(&signal, &free)?;
    let gradients = loss.backward();
    let by_input = values(input.grad(&gradients).ok_or("no gradient by the input")?)?;
    let by_free = values(free_tensor.grad(&gradients).ok_or("no gradient by the filter")?)?;
    compare(&signal, &by_input, |signal| Ok(values(run(signal, &free)?.2)?[0]))?;
    compare(&free, &by_free, |free| Ok(values(run(&signal, free)?.2)?[0]))
}

#[test]
fn gradients_of_a_bank_are_those_of_differences() -> Outcome {
    let device = Device::flex().autodiff();
    let bank = Unconstrained::new(split()?)?.ordered(&["low.cutoff", "mid.low", "mid.high"])?;
    let start = bank.start();
    let bank = FilterBank::of(bank, &device);
    let (signal, weight) = (noise(2 * 25, 3), noise(2 * 2 * 25, 4));
    let run = |free: &[f64]| -> Outcome<_> {
        let free = tensor(free, [1, 3], &device).require_grad();
        let output = bank.forward_with(tensor(&signal, [2, 1, 25], &device), free.clone())?;
        assert_eq!(output.dims(), [2, 1, 2, 25]);
        let loss = (output.exp() * tensor(&weight, [2, 1, 2, 25], &device)).sum();
        Ok((free, loss))
    };
    let (free, loss) = run(&start)?;
    let by_free = values(free.grad(&loss.backward()).ok_or("no gradient")?)?;
    compare(&start, &by_free, |free| Ok(values(run(free)?.1)?[0]))
}

#[test]
fn outputs_are_those_of_the_library_with_and_without_derivatives() -> Outcome {
    let cascade = eq()?;
    let start: Vec<f64> = cascade.params().map(|param| param.value).collect();
    let signal = noise(40, 5);
    let mut expected = signal.clone();
    let designed = cascade.tuned(&start)?;
    designed.process(&mut designed.state(), &mut expected);
    for device in [Device::flex(), Device::flex().autodiff()] {
        let filter = Filter::new(eq()?, &device)?;
        let output = filter.forward(tensor(&signal, [1, 1, 40], &device))?;
        // The parameters are f32.
        for (found, expected) in values(output)?.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
        let single = tensor(&signal, [1, 1, 40], &device).cast(DType::F32);
        assert_eq!(filter.forward(single)?.dtype(), DType::F32);
    }
    Ok(())
}

#[test]
fn signals_need_no_derivatives_and_f32_has_them_too() -> Outcome {
    let device = Device::flex().autodiff();
    let filter = Filter::new(eq()?, &device)?;
    let signal = Tensor::<3>::from_data(
        TensorData::new(noise(40, 5), [1, 1, 40]),
        (&Device::flex(), DType::F32),
    );
    let gradients = filter.forward(signal)?.powi_scalar(2).sum().backward();
    let gradient = values(filter.free.val().grad(&gradients).ok_or("no gradient")?)?;
    assert!(gradient.len() == 4 && gradient.iter().all(|slope| *slope != 0.0));
    Ok(())
}

#[test]
fn a_filter_learns_another_one() -> Outcome {
    let device = Device::flex().autodiff();
    let wanted = Band::peak(1_200.0, 1.0, -6.0).design(8_000.0)?;
    let peak = Band::peak(Tune::free(600.0), Tune::free(2.0), Tune::within(1.0, -12.0..=12.0));
    let mut filter = Filter::new(TunableCascade::new([("body", peak)], 8_000.0)?, &device)?;
    let mut adam = AdamConfig::new().init();
    let mut losses = Vec::new();
    for step in 0..200 {
        let signal = noise(512, step + 7);
        let mut target = signal.clone();
        wanted.process(&mut wanted.state(), &mut target);
        let output = filter.forward(tensor(&signal, [1, 1, 512], &device))?;
        let loss = (output - tensor(&target, [1, 1, 512], &device)).powi_scalar(2).mean();
        losses.extend(values(loss.clone())?);
        let gradients = GradientsParams::from_grads(loss.backward(), &filter);
        filter = adam.step(0.05, filter, gradients);
    }
    assert!(losses[199] < 1e-4 * losses[0], "{} {}", losses[0], losses[199]);
    assert_eq!(filter.num_params(), 3);
    Ok(())
}

#[test]
fn what_has_no_filter_is_refused() -> Outcome {
    let device = Device::flex();
    let filter = Filter::new(eq()?, &device)?;
    let input = Tensor::<3>::zeros([2, 1, 8], &device);
    let error = filter.forward_with(input.clone(), Tensor::zeros([1, 3], &device));
    assert!(matches!(error, Err(FilterError::Params { expected: 4, found: 3 })));
    let error = filter.forward_with(input.clone(), Tensor::zeros([3, 4], &device));
    let error = error.expect_err("three filters for two items").to_string();
    assert!(error.starts_with("there are 3 filters for a batch of 2 items"), "{error}");
    let nan = Tensor::<2>::full([1, 4], f32::NAN, &device);
    let error = filter.forward_with(input.clone(), nan).expect_err("NaN").to_string();
    assert!(error.contains("= NaN"), "{error}");
    let error = filter.forward(input.cast(DType::F16)).expect_err("half precision").to_string();
    assert_eq!(error, "`input` holds F16, but must hold F32 or F64");
    // Nothing to filter.
    assert_eq!(filter.forward(Tensor::zeros([0, 1, 8], &device))?.dims(), [0, 1, 8]);
    Ok(())
}
