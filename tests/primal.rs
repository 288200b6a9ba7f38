//! The value of a dual number equals the plain type's, bit for bit, from specification to filtered
//! signal.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::bands::{METHOD_BANDS, Parts, WIDTHS, methods, shapes};
use common::noise::noise;
use common::seeded::seeded;
use filterbank::number::Complex;
use filterbank::run::Sample;
use filterbank::section::Root;
use filterbank::spec::MAX_ORDER;
use filterbank::{Band, Bank, Cascade, Dual, Method, Section, Width};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SAMPLE_RATES: [f64; 4] = [8_000.0, 44_100.0, 48_000.0, 1.0];
/// The number of rounds over every combination of band, method and width.
const ROUNDS: usize = 30;

fn log_uniform(random: &mut StdRng, low: f64, high: f64) -> f64 {
    (random.random_range(low.ln()..high.ln())).exp()
}

/// A frequency at any place between 0 and the Nyquist frequency, often close to one of them.
fn frequency(random: &mut StdRng, sample_rate: f64) -> f64 {
    let near = log_uniform(random, 1e-4, 0.5);
    sample_rate / 2.0 * if random.random_bool(0.7) { near } else { 1.0 - near }
}

/// Every band of the catalogue, with random numbers. The order changes from round to round, so that
/// every method has every order.
fn bands(random: &mut StdRng, round: usize, sample_rate: f64) -> Vec<Band<f64>> {
    let ripple_db = log_uniform(random, 1e-6, 6.0);
    let stop_db = ripple_db + log_uniform(random, 1.0, 200.0);
    let mut bands = Vec::new();
    for method in methods(round % MAX_ORDER + 1, ripple_db, stop_db) {
        let [cutoff, one, other] = [0; 3].map(|_| frequency(random, sample_rate));
        let (low, high, width) = (one.min(other), one.max(other), Width::Q(1.0));
        let parts = Parts { method, width, cutoff, center: cutoff, low, high, gain_db: 0.0 };
        bands.extend(METHOD_BANDS.iter().map(|band| band(parts)));
    }
    for kind in WIDTHS {
        let width = kind(match kind(1.0) {
            Width::Q(_) => log_uniform(random, 0.1, 50.0),
            Width::Bandwidth(_) => log_uniform(random, 0.02, 4.0),
            Width::Slope(_) => random.random_range(0.1..1.1),
        });
        let gain_db = random.random_range(-20.0..20.0);
        bands.extend(shapes(frequency(random, sample_rate), width, gain_db));
    }
    bands
}

/// The bits of all values, where all NaNs are the same.
fn bits<S: Sample>(values: &[S]) -> Vec<u64> {
    let bits = |value: &S| {
        let value = value.primal();
        if value.is_nan() { u64::MAX } else { value.to_bits() }
    };
    values.iter().map(bits).collect()
}

fn parts<S: Sample>(z: Complex<S>) -> [S; 2] {
    [z.re, z.im]
}

/// Real and imaginary part, the latter NaN for a real root.
fn root_parts<S: Sample>(root: &Root<S>) -> [S; 2] {
    match *root {
        Root::Real(x) => [x, S::from_f64(f64::NAN)],
        Root::Pair(z) => parts(z),
    }
}

/// All results of a cascade, by name. Blocks are so short that plain numbers too are filtered
/// sample by sample.
fn everything<S: Sample>(cascade: &Cascade<S>, noise: &[f64]) -> Vec<(&'static str, Vec<S>)> {
    let nyquist = cascade.sample_rate() / 2.0;
    let frequencies = [0.0, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.8, 0.999, 1.0].map(|f| f * nyquist);
    let at = |ask: &dyn Fn(f64) -> S| frequencies.map(ask).to_vec();
    let zpk = cascade.zpk();

    let mut noise: Vec<S> = noise.iter().map(|&x| S::from_f64(x)).collect();
    let (first, second) = noise.split_at_mut(70);
    let mut state = cascade.state();
    for block in first.chunks_mut(35) {
        cascade.process(&mut state, block);
    }
    for x in &mut *second {
        *x = cascade.tick(&mut state, *x);
    }
    let state = state.sections().iter().flat_map(|section| [section.s1, section.s2]).collect();

    vec![
        ("coefficients", cascade.sections().iter().flat_map(Section::coefficients).collect()),
        ("zeros", zpk.zeros.iter().flat_map(root_parts).collect()),
        ("poles", zpk.poles.iter().flat_map(root_parts).collect()),
        ("gain", vec![zpk.gain]),
        ("response", frequencies.iter().flat_map(|&f| parts(cascade.response(f))).collect()),
        ("magnitude_db", at(&|f| cascade.magnitude_db(f))),
        ("phase", at(&|f| cascade.phase(f))),
        ("group_delay", at(&|f| cascade.group_delay(f))),
        ("impulse_response", cascade.impulse_response(63)),
        ("filtered noise", noise),
        ("state", state),
    ]
}

fn assert_same_everything<T: Sample, const N: usize>(
    plain: &Cascade<T>,
    dual: &Cascade<Dual<T, N>>,
    noise: &[f64],
    band: &Band<T>,
) {
    for ((name, plain), (_, dual)) in everything(plain, noise).iter().zip(everything(dual, noise)) {
        assert_eq!(bits(&dual), bits(plain), "{name}: {dual:?} is not {plain:?}\n{band:?}");
    }
}

/// Designs random bands on the plain type and on duals over it. Returns how many were designed, and
/// how many were tried.
fn compare<T: Sample, const N: usize>() -> (usize, usize) {
    let mut random = StdRng::seed_from_u64(1);
    let noise = noise::<f64>(150, 1);
    let (mut designed, mut all) = (0, 0);
    for round in 0..ROUNDS {
        let sample_rate = SAMPLE_RATES[round % SAMPLE_RATES.len()];
        for band in bands(&mut random, round, sample_rate) {
            let band = band.map(|_, value| T::from_f64(value));
            all += 1;
            match (band.design(sample_rate), seeded::<T, N>(&band).design(sample_rate)) {
                (Ok(plain), Ok(dual)) => {
                    designed += 1;
                    assert_same_everything(&plain, &dual, &noise, &band);
                }
                (Err(plain), Err(dual)) => assert_eq!(dual.to_string(), plain.to_string()),
                (plain, dual) => panic!("{plain:?}, but {dual:?}\n{band:?} at {sample_rate} Hz"),
            }
        }
    }
    println!("{designed} of {all}");
    (designed, all)
}

#[test]
fn duals_over_f64_have_the_values_of_f64_from_specification_to_signal() {
    let (designed, all) = compare::<f64, 4>();
    assert!(all == ROUNDS * 48 && designed > 1_350, "{designed} of {all}");
}

#[test]
fn duals_over_f32_have_the_values_of_f32_from_specification_to_signal() {
    let (designed, all) = compare::<f32, 2>();
    assert!(all == ROUNDS * 48 && designed > 1_290, "{designed} of {all}");
}

#[test]
fn a_cascade_without_sections_has_the_values_of_the_plain_type() {
    let plain = Cascade::<f64>::from_sections([], 48_000.0).expect("the sample rate is valid");
    let dual =
        Cascade::<Dual<f64, 1>>::from_sections([], 48_000.0).expect("the sample rate is valid");
    for ((name, plain), (_, dual)) in
        everything(&plain, &[1.0; 100]).iter().zip(everything(&dual, &[1.0; 100]))
    {
        assert_eq!(bits(&dual), bits(plain), "{name}: {dual:?} is not {plain:?}");
    }
}

#[test]
fn a_bank_of_duals_has_the_values_of_the_plain_type() {
    let mut random = StdRng::seed_from_u64(2);
    let bands: Vec<_> = bands(&mut random, 0, 48_000.0)
        .into_iter()
        .filter(|band| band.sections(48_000.0).is_ok())
        .collect();
    assert!(bands.len() > 30);
    let seeded: Vec<_> = bands.iter().map(seeded::<f64, 4>).collect();
    let plain = Bank::from_bands(&bands, 48_000.0).expect("each has been designed");
    let dual = Bank::from_bands(&seeded, 48_000.0).expect("each has been designed");

    let input = noise::<f64>(100, 2);
    let seeded: Vec<_> = input.iter().copied().map(Dual::from).collect();
    let mut dual_output = vec![Dual::default(); bands.len() * input.len()];
    dual.process(&mut dual.state(), &seeded, &mut dual_output).expect("the lengths fit");
    // Blocks of plain numbers may run through kernels, so they are compared sample by sample.
    let mut state = plain.state();
    let mut column = vec![0.0; bands.len()];
    for (time, x) in input.iter().enumerate() {
        plain.tick(&mut state, *x, &mut column).expect("the lengths fit");
        let dual: Vec<_> = dual_output.chunks(input.len()).map(|band| band[time]).collect();
        assert_eq!(bits(&dual), bits(&column));
    }
}

#[test]
fn unconstrained_parameters_have_the_values_of_the_plain_type() {
    let mut random = StdRng::seed_from_u64(3);
    for _ in 0..2_000 {
        let size = log_uniform(&mut random, 1e-3, 30.0);
        let params: [f64; 5] = std::array::from_fn(|_| random.random_range(-size..size));
        let plain = Section::from_unconstrained(params);
        let dual = Section::from_unconstrained(Dual::<f64, 5>::seed(params));
        assert_eq!(bits(&dual.coefficients()), bits(&plain.coefficients()), "{params:?}");
        let back = (plain.to_unconstrained(), dual.to_unconstrained());
        match back {
            (Some(plain), Some(dual)) => assert_eq!(bits(&dual), bits(&plain), "{params:?}"),
            (None, None) => {}
            (plain, dual) => panic!("{plain:?}, but {dual:?} from {params:?}"),
        }
    }
}

#[test]
fn a_decayed_tail_has_the_values_of_the_plain_type() {
    // Poles at radius 0.41: the impulse response passes 1e-30 after about 80 samples. Its
    // derivative by the logarithm of the cutoff reaches it later.
    let method = Method::Butterworth { order: 2 };
    let plain = Band::lowpass(method, 12_000.0_f32).design(48_000.0).expect("an ordinary band");
    let (cutoff, method) =
        (Dual::<f32, 1>::new(12_000.0, [12_000.0]), Method::Butterworth { order: 2 });
    let dual = Band::lowpass(method, cutoff).design(48_000.0).expect("an ordinary band");
    let (mut plain_state, mut dual_state) = (plain.state(), dual.state());
    for time in 0..200 {
        let x = if time == 0 { 1.0 } else { 0.0 };
        let plain = plain.tick(&mut plain_state, x);
        let dual = dual.tick(&mut dual_state, Dual::from(x));
        assert_eq!(bits(&[dual]), bits(&[plain]), "{dual:?} is not {plain:e} at {time}");
    }
}
