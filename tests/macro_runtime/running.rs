//! Running filters of the macro.

use filterbank::spec::BesselNorm;
use filterbank::{Band, Bank, Cascade, Dual, Method, Scalar};

use crate::common::noise::noise;
use crate::filters::{Crossover, CrossoverState, RATE, VocalEq, VocalEqState, vocal_bands};

#[test]
fn a_cascade_runs_like_the_run_time_cascade() {
    let eq = VocalEq::new();
    let runtime = Cascade::from_bands(&vocal_bands(&VocalEq::PARAMS), RATE).expect("designable");
    let (mut state, mut ticked) = (eq.state(), VocalEqState::default());
    assert_eq!(state, ticked);
    let (mut runtime_state, mut runtime_ticked) = (runtime.state(), runtime.state());
    let mut block = noise::<f64>(1000, 1);
    let mut expected = block.clone();
    for x in &block {
        assert_eq!(eq.tick(&mut ticked, *x), runtime.tick(&mut runtime_ticked, *x));
    }
    eq.process(&mut state, &mut block);
    runtime.process(&mut runtime_state, &mut expected);
    assert_eq!(block, expected);
    assert_eq!(state.sections(), runtime_state.sections());
    assert_eq!(ticked.sections(), runtime_ticked.sections());
    assert_eq!(eq.magnitude_db(250.0), runtime.magnitude_db(250.0));
    assert_eq!(eq.group_delay(1_000.0), runtime.group_delay(1_000.0));

    let single = VocalEq::new_f32();
    let runtime: Cascade<f32> = runtime.cast();
    let (mut state, mut runtime_state): (VocalEqState<f32>, _) = (single.state(), runtime.state());
    let mut block: Vec<f32> = noise(1000, 1);
    for &x in &block[..100] {
        assert_eq!(single.tick(&mut state, x), runtime.tick(&mut runtime_state, x));
    }
    let mut expected = block.clone();
    single.process(&mut state, &mut block);
    runtime.process(&mut runtime_state, &mut expected);
    assert_eq!(block, expected);
    assert_eq!(state.sections(), runtime_state.sections());
}

#[test]
fn a_bank_runs_like_the_run_time_bank() -> Result<(), Box<dyn std::error::Error>> {
    let bank = Crossover::new();
    let runtime = Bank::from_bands(
        &[
            Band::lowpass(Method::Bessel { order: 4, norm: BesselNorm::Magnitude }, 300.0),
            Band::bandpass(Method::Butterworth { order: 3 }, 300.0, 3_000.0),
            Band::highpass(Method::Chebyshev2 { order: 5, stop_db: 50.0 }, 3_000.0),
        ],
        RATE,
    )?;
    assert_eq!(bank.sections(), runtime.sections());
    let (mut state, mut ticked): (CrossoverState, CrossoverState) = (bank.state(), bank.state());
    let (mut runtime_state, mut runtime_ticked) = (runtime.state(), runtime.state());
    let input = noise::<f64>(500, 2);
    let mut output = vec![0.0; 3 * input.len()];
    let mut expected = output.clone();
    bank.process(&mut state, &input, &mut output)?;
    runtime.process(&mut runtime_state, &input, &mut expected)?;
    assert_eq!(output, expected);
    assert_eq!(state.sections(), runtime_state.sections());
    for x in &input {
        let tick: [f64; 3] = bank.tick(&mut ticked, *x);
        let mut expected = [0.0; 3];
        runtime.tick(&mut runtime_ticked, *x, &mut expected)?;
        assert_eq!(tick, expected);
    }

    let params = Dual::seed(Crossover::PARAMS);
    let sample =
        Crossover::from_params(&params)?.tick(&mut CrossoverState::default(), Dual::constant(1.0));
    assert_eq!(sample.map(Scalar::primal), bank.tick(&mut bank.state(), 1.0));
    Ok(())
}

#[test]
fn filters_are_constants_and_statics() {
    static EQ: VocalEq = VocalEq::new();
    static SINGLE: VocalEq<f32> = VocalEq::new_f32();
    const BANK: Crossover = Crossover::new();
    const SINGLE_BANK: Crossover<f32> = Crossover::new_f32();
    const LAST: f64 = VocalEq::PARAMS[VocalEq::PARAMS.len() - 1];
    let copy = EQ;
    assert_eq!(copy, VocalEq::new());
    assert_eq!(EQ.cast::<f32>(), SINGLE);
    assert_eq!(BANK.cast::<f32>(), SINGLE_BANK);
    assert_eq!(LAST, 60.0);
    let outputs = [0.0; Crossover::BANDS];
    assert_eq!(BANK.tick(&mut BANK.state(), 0.0), outputs);
    assert_eq!(size_of::<VocalEqState>(), VocalEq::SECTIONS * 2 * size_of::<f64>());
    std::thread::spawn(|| assert!(EQ.is_stable())).join().expect("shared among threads");
}
