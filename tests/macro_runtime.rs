//! The macro against the run time, bit for bit.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::array;

use common::bits::assert_same_bits;
use filterbank::{
    Band, BandLabel, Bank, BesselNorm, Cascade, DesignError, Dual, Method, Param, Requirement,
    Scalar, Section, Tunable, Width, filterbank,
};

const RATE: f64 = 48_000.0;

/// A method of the macro as one of the run time.
macro_rules! method {
    (butterworth($($field:ident = $value:expr),*)) => { Method::Butterworth { $($field: $value),* } };
    (chebyshev1($($field:ident = $value:expr),*)) => { Method::Chebyshev1 { $($field: $value),* } };
    (chebyshev2($($field:ident = $value:expr),*)) => { Method::Chebyshev2 { $($field: $value),* } };
    (elliptic($($field:ident = $value:expr),*)) => { Method::Elliptic { $($field: $value),* } };
    (bessel(order = $order:expr)) => {
        Method::Bessel { order: $order, norm: BesselNorm::default() }
    };
    (bessel(order = $order:expr, norm = phase)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Phase }
    };
    (bessel(order = $order:expr, norm = delay)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Delay }
    };
    (bessel(order = $order:expr, norm = magnitude)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Magnitude }
    };
}

macro_rules! width {
    (q $value:expr) => {
        Width::Q($value)
    };
    (bandwidth $value:expr) => {
        Width::Bandwidth($value)
    };
    (slope $value:expr) => {
        Width::Slope($value)
    };
}

/// A band of the macro as one of the run time.
macro_rules! band {
    (lowpass($method:ident $arguments:tt, cutoff = $cutoff:expr)) => {
        Band::Lowpass { method: method!($method $arguments), cutoff: $cutoff }
    };
    (highpass($method:ident $arguments:tt, cutoff = $cutoff:expr)) => {
        Band::Highpass { method: method!($method $arguments), cutoff: $cutoff }
    };
    (bandpass($method:ident $arguments:tt, low = $low:expr, high = $high:expr)) => {
        Band::Bandpass { method: method!($method $arguments), low: $low, high: $high }
    };
    (bandstop($method:ident $arguments:tt, low = $low:expr, high = $high:expr)) => {
        Band::Bandstop { method: method!($method $arguments), low: $low, high: $high }
    };
    (resonant_lowpass(cutoff = $cutoff:expr, $width:ident = $value:expr)) => {
        Band::ResonantLowpass { cutoff: $cutoff, width: width!($width $value) }
    };
    (resonant_highpass(cutoff = $cutoff:expr, $width:ident = $value:expr)) => {
        Band::ResonantHighpass { cutoff: $cutoff, width: width!($width $value) }
    };
    (bandpass_constant_skirt(center = $center:expr, $width:ident = $value:expr)) => {
        Band::BandpassConstantSkirt { center: $center, width: width!($width $value) }
    };
    (bandpass_constant_peak(center = $center:expr, $width:ident = $value:expr)) => {
        Band::BandpassConstantPeak { center: $center, width: width!($width $value) }
    };
    (notch(center = $center:expr, $width:ident = $value:expr)) => {
        Band::Notch { center: $center, width: width!($width $value) }
    };
    (allpass(center = $center:expr, $width:ident = $value:expr)) => {
        Band::Allpass { center: $center, width: width!($width $value) }
    };
    (peak(center = $center:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::Peak { center: $center, width: width!($width $value), gain_db: $gain }
    };
    (low_shelf(cutoff = $cutoff:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::LowShelf { cutoff: $cutoff, width: width!($width $value), gain_db: $gain }
    };
    (high_shelf(cutoff = $cutoff:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::HighShelf { cutoff: $cutoff, width: width!($width $value), gain_db: $gain }
    };
}

/// Makes cascades and banks of the same bands by the macro, with and without a sample rate, and
/// by the run time, and compares all that they are made of.
macro_rules! same {
    ($($name:ident: $band:ident $arguments:tt),* $(,)?) => {{
        filterbank! {
            struct Baked: cascade(sample_rate = 48_000.0) { $($name: $band $arguments),* }
        }
        filterbank! {
            struct BakedBank: bank(sample_rate = 48_000.0) { $($name: $band $arguments),* }
        }
        filterbank! { struct Rated: cascade { $($name: $band $arguments),* } }
        filterbank! { struct RatedBank: bank() { $($name: $band $arguments),* } }

        let bands: &[Band<f64>] = &[$(band!($band $arguments)),*];
        let cascade = Cascade::from_bands(bands, RATE).expect("designable");
        let bank = Bank::from_bands(bands, RATE).expect("designable");

        let baked = Baked::new();
        assert_eq!(baked.sections(), cascade.sections());
        assert_eq!(Baked::from_params(&[]).as_ref(), Ok(&baked));
        assert_eq!(Rated::new(RATE).expect("designable").sections(), cascade.sections());
        assert_eq!((Baked::BANDS, Baked::SECTIONS), (bands.len(), cascade.sections().len()));
        assert_eq!((Rated::BANDS, Rated::SECTIONS), (Baked::BANDS, Baked::SECTIONS));
        assert_eq!((baked.sample_rate(), Baked::SAMPLE_RATE), (RATE, RATE));

        let baked_bank = BakedBank::new();
        assert_eq!(baked_bank.sections(), bank.sections());
        assert_eq!(BakedBank::from_params(&[]).as_ref(), Ok(&baked_bank));
        let rated_bank = RatedBank::new(RATE).expect("designable");
        for other in [baked_bank.bands().collect::<Vec<_>>(), rated_bank.bands().collect()] {
            assert!(other.iter().map(Cascade::sections).eq(bank.bands().map(|band| band.sections().to_vec())));
        }

        let single: Cascade<f32> = cascade.cast();
        assert_eq!(Baked::new_f32().sections(), single.sections());
        assert_eq!(baked.cast::<f32>(), Baked::new_f32());
        assert_eq!(BakedBank::new_f32().sections(), single.sections());

        let mut named = bands.iter();
        $(
            let band = named.next().expect("as many bands as names").design(RATE);
            let band = band.expect("designable");
            assert_eq!(baked.$name().sections(), band.sections(), stringify!($name));
            assert_eq!(baked_bank.$name().sections(), band.sections(), stringify!($name));
            assert_eq!(baked.$name().sample_rate(), RATE);
        )*
    }};
}

/// Each band type of a method, at many orders.
macro_rules! method_test {
    ($method:ident $(, $name:ident = $value:tt)*) => {
        #[test]
        fn $method() {
            same! {
                lowpass_1: lowpass($method(order = 1 $(, $name = $value)*), cutoff = 1_234.5),
                lowpass_2: lowpass($method(order = 2 $(, $name = $value)*), cutoff = 80.0),
                lowpass_3: lowpass($method(order = 3 $(, $name = $value)*), cutoff = 23_999.0),
                lowpass_4: lowpass($method(order = 4 $(, $name = $value)*), cutoff = 12_000.0),
                lowpass_9: lowpass($method(order = 9 $(, $name = $value)*), cutoff = 1_000.0),
                lowpass_24: lowpass($method(order = 24 $(, $name = $value)*), cutoff = 500.0),
            }
            same! {
                highpass_1: highpass($method(order = 1 $(, $name = $value)*), cutoff = 20.0),
                highpass_2: highpass($method(order = 2 $(, $name = $value)*), cutoff = 20.0),
                highpass_3: highpass($method(order = 3 $(, $name = $value)*), cutoff = 440.0),
                highpass_8: highpass($method(order = 8 $(, $name = $value)*), cutoff = 3_000.0),
                highpass_24: highpass($method(order = 24 $(, $name = $value)*), cutoff = 20_000.0),
            }
            same! {
                bandpass_1: bandpass($method(order = 1 $(, $name = $value)*), low = 20.0, high = 20_000.0),
                bandpass_2: bandpass($method(order = 2 $(, $name = $value)*), low = 300.0, high = 3_400.0),
                bandpass_5: bandpass($method(order = 5 $(, $name = $value)*), low = 900.0, high = 1_100.0),
                bandpass_12: bandpass($method(order = 12 $(, $name = $value)*), low = 500.0, high = 2e3),
                bandpass_24: bandpass($method(order = 24 $(, $name = $value)*), low = 1e3, high = 9e3),
            }
            same! {
                bandstop_1: bandstop($method(order = 1 $(, $name = $value)*), low = 49.0, high = 51.0),
                bandstop_2: bandstop($method(order = 2 $(, $name = $value)*), low = 300.0, high = 3_400.0),
                bandstop_7: bandstop($method(order = 7 $(, $name = $value)*), low = 900.0, high = 1_100.0),
                bandstop_24: bandstop($method(order = 24 $(, $name = $value)*), low = 1e3, high = 9e3),
            }
        }
    };
}

method_test!(butterworth);
method_test!(chebyshev1, ripple_db = 0.1);
method_test!(chebyshev2, stop_db = 60.0);
method_test!(elliptic, ripple_db = 0.5, stop_db = 80.0);
method_test!(bessel);

#[test]
fn norms_of_bessel() {
    same! {
        plain: lowpass(bessel(order = 6), cutoff = 1_000.0),
        phases: lowpass(bessel(order = 6, norm = phase), cutoff = 1_000.0),
        delay: lowpass(bessel(order = 6, norm = delay), cutoff = 1_000.0),
        magnitude: lowpass(bessel(order = 6, norm = magnitude), cutoff = 1_000.0),
    }
}

#[test]
fn shapes() {
    same! {
        resonant_lowpass_q: resonant_lowpass(cutoff = 1_000.0, q = 4.0),
        resonant_lowpass_bandwidth: resonant_lowpass(cutoff = 1_000.0, bandwidth = 0.5),
        resonant_highpass_q: resonant_highpass(cutoff = 30.0, q = 0.707),
        resonant_highpass_bandwidth: resonant_highpass(cutoff = 30.0, bandwidth = 2.0),
        skirt_q: bandpass_constant_skirt(center = 440.0, q = 10.0),
        skirt_bandwidth: bandpass_constant_skirt(center = 440.0, bandwidth = 1.0),
        constant_peak_q: bandpass_constant_peak(center = 440.0, q = 10.0),
        constant_peak_bandwidth: bandpass_constant_peak(center = 440.0, bandwidth = 1.0),
        notch_q: notch(center = 50.0, q = 30.0),
        notch_bandwidth: notch(center = 50.0, bandwidth = 0.01),
        allpass_q: allpass(center = 700.0, q = 0.5),
        allpass_bandwidth: allpass(center = 700.0, bandwidth = 3.0),
        peak_q: peak(center = 250.0, q = 1.0, gain_db = -2.5),
        peak_bandwidth: peak(center = 250.0, bandwidth = 1.0, gain_db = 12.0),
        flat: peak(center = 250.0, q = 1.0, gain_db = 0.0),
        low_shelf_q: low_shelf(cutoff = 120.0, q = 0.707, gain_db = 3.0),
        low_shelf_bandwidth: low_shelf(cutoff = 120.0, bandwidth = 1.5, gain_db = -3.0),
        low_shelf_slope: low_shelf(cutoff = 120.0, slope = 1.0, gain_db = 6.0),
        high_shelf_q: high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = 1.5),
        high_shelf_bandwidth: high_shelf(cutoff = 10_000.0, bandwidth = 1.5, gain_db = -1.5),
        high_shelf_slope: high_shelf(cutoff = 10_000.0, slope = 0.25, gain_db = -20.0),
    }
}

#[test]
fn one_band() {
    same! { only: peak(center = 250.0, q = 1.0, gain_db = -2.5) }
}

#[test]
fn ways_to_write_numbers() {
    filterbank! {
        struct Numbers: cascade(sample_rate = 48e3) {
            integer: peak(center = 250, q = 1, gain_db = -2),
            grouped: peak(center = 2_5_0.0_f64, q = 1_f64, gain_db = -2.),
            exponent: peak(center = 25e1, q = 1E0, gain_db = -0.2e+1),
            hexadecimal: peak(center = 0xfa, q = 0b1, gain_db = -0o2),
        }
    }
    let numbers = Numbers::new();
    assert_eq!(numbers.grouped(), numbers.integer());
    assert_eq!(numbers.exponent(), numbers.integer());
    assert_eq!(numbers.hexadecimal(), numbers.integer());
    assert_eq!(Numbers::SAMPLE_RATE, RATE);
}

filterbank! {
    /// Bands of different sizes, with something tuned in most of them.
    struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = tune(1.0), gain_db = tune(-2.5)),
        // Not in the order of the parameters.
        air: high_shelf(gain_db = tune(1.5 in -6.0..=6.0), slope = tune(0.7), cutoff = 1e4),
        hum: bandstop(chebyshev1(order = 3, ripple_db = tune(0.5)), high = tune(55), low = tune(45)),
        alias: lowpass(
            elliptic(order = 5, ripple_db = 0.1, stop_db = tune(60.0 in 40.0..=80.0)),
            cutoff = 20_000.0,
        ),
    }
}

filterbank! {
    struct Rated: cascade {
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = tune(1.0), gain_db = tune(-2.5)),
        air: high_shelf(gain_db = tune(1.5 in -6.0..=6.0), slope = tune(0.7), cutoff = 1e4),
        hum: bandstop(chebyshev1(order = 3, ripple_db = tune(0.5)), high = tune(55), low = tune(45)),
        alias: lowpass(
            elliptic(order = 5, ripple_db = 0.1, stop_db = tune(60.0 in 40.0..=80.0)),
            cutoff = 20_000.0,
        ),
    }
}

filterbank! {
    struct Crossover: bank(sample_rate = 48_000.0) {
        low: lowpass(bessel(order = 4, norm = magnitude), cutoff = tune(300.0)),
        mid: bandpass(butterworth(order = 3), low = tune(300.0), high = tune(3_000.0)),
        high: highpass(chebyshev2(order = 5, stop_db = 50.0), cutoff = tune(3_000.0)),
    }
}

/// The bands of [`VocalEq`] with these parameters.
fn vocal_bands<S: Scalar>(params: &[S; 9]) -> [Band<S>; 5] {
    let [center, q, gain_db, slope, shelf_gain_db, ripple_db, low, high, stop_db] = *params;
    let fixed = S::from_f64;
    let cutoff = fixed(1e4);
    [
        Band::highpass(Method::Butterworth { order: 4 }, fixed(80.0)),
        Band::peak(center, q, gain_db),
        Band::HighShelf { cutoff, width: Width::Slope(slope), gain_db: shelf_gain_db },
        Band::bandstop(Method::Chebyshev1 { order: 3, ripple_db }, low, high),
        Band::lowpass(
            Method::Elliptic { order: 5, ripple_db: fixed(0.1), stop_db },
            fixed(20_000.0),
        ),
    ]
}

fn vocal_sections<S: Scalar>(params: &[S; 9], sample_rate: f64) -> Vec<Section<S>> {
    let cascade = Cascade::from_bands(&vocal_bands(params), sample_rate).expect("designable");
    cascade.sections().to_vec()
}

/// Values with one unit tangent each.
fn seeded<const N: usize>(params: &[f64; N]) -> [Dual<f64, N>; N] {
    array::from_fn(|index| Dual::variable(params[index], index))
}

const MOVED: [f64; 9] = [321.0, 0.9, 3.25, 1.1, -5.0, 1.0, 40.0, 60.0, 41.0];

#[test]
fn what_is_tuned_is_listed() {
    assert_eq!(
        VocalEq::PARAM_NAMES,
        [
            "mud.center",
            "mud.q",
            "mud.gain_db",
            "air.slope",
            "air.gain_db",
            "hum.ripple_db",
            "hum.low",
            "hum.high",
            "alias.stop_db"
        ]
    );
    assert_eq!(VocalEq::PARAMS, [250.0, 1.0, -2.5, 0.7, 1.5, 0.5, 45.0, 55.0, 60.0]);
    let free = (f64::NEG_INFINITY, f64::INFINITY);
    assert_eq!(
        VocalEq::BOUNDS,
        [(120.0, 500.0), free, free, free, (-6.0, 6.0), free, free, free, (40.0, 80.0)]
    );
    assert_eq!((VocalEq::BANDS, VocalEq::SECTIONS), (5, 2 + 1 + 1 + 3 + 3));
    assert_eq!(
        (Rated::PARAM_NAMES, Rated::PARAMS, Rated::BOUNDS),
        (VocalEq::PARAM_NAMES, VocalEq::PARAMS, VocalEq::BOUNDS)
    );
}

#[test]
fn params_as_written_give_the_filter_as_written() -> Result<(), DesignError> {
    assert_eq!(VocalEq::from_params(&VocalEq::PARAMS)?, VocalEq::new());
    assert_eq!(VocalEq::default(), VocalEq::new());
    assert_eq!(Crossover::from_params(&Crossover::PARAMS)?, Crossover::new());
    assert_eq!(VocalEq::new().sections(), vocal_sections(&VocalEq::PARAMS, RATE));
    Ok(())
}

#[test]
fn moved_params_give_the_design_of_the_run_time() -> Result<(), DesignError> {
    assert_eq!(VocalEq::from_params(&MOVED)?.sections(), vocal_sections(&MOVED, RATE));

    let single = MOVED.map(f32::from_f64);
    assert_eq!(
        VocalEq::<f32>::from_params(&single)?.sections()[2..],
        vocal_sections(&single, RATE)[2..]
    );
    // What is not tuned stays as it was designed in f64.
    assert_eq!(VocalEq::<f32>::from_params(&single)?.rumble(), VocalEq::new_f32().rumble());
    Ok(())
}

#[test]
fn tangents_are_those_of_the_run_time() -> Result<(), DesignError> {
    let params = seeded(&MOVED);
    let eq = VocalEq::from_params(&params)?;
    assert_same_bits(eq.sections(), &vocal_sections(&params, RATE));
    assert_eq!(eq.cast::<f64>(), VocalEq::from_params(&MOVED)?);
    assert_eq!(eq.magnitude_db(321.0).tangent()[2].round(), 1.0, "gain at the centre, by itself");

    let eq = Rated::from_params(&params, 96_000.0)?;
    assert_same_bits(eq.sections(), &vocal_sections(&params, 96_000.0));
    Ok(())
}

#[test]
fn a_rate_at_construction() -> Result<(), DesignError> {
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        let eq = Rated::new(rate)?;
        assert_eq!(eq.sections(), vocal_sections(&Rated::PARAMS, rate));
        assert_eq!(eq.sample_rate(), rate);
        let single: Vec<Section<f32>> = eq.sections().iter().map(Section::cast).collect();
        assert_eq!(eq.cast::<f32>().sections(), single);
        assert_eq!(Rated::from_params(&MOVED, rate)?.sections(), vocal_sections(&MOVED, rate));
    }
    let error = Rated::new(32_000.0).expect_err("too slow");
    assert_eq!(
        error.to_string(),
        "`alias.cutoff` = 20000 Hz must lie strictly between 0 and the Nyquist frequency 16000 Hz"
    );
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Rated::new(rate).expect_err("no rate");
        let sentence = format!("`sample_rate` = {rate} Hz must be finite and above 0");
        assert_eq!(error.to_string(), sentence);
    }
    Ok(())
}

#[test]
fn errors_name_the_parameter() {
    let message = |index: usize, value: f64| {
        let mut params = VocalEq::PARAMS;
        params[index] = value;
        let error = VocalEq::from_params(&params).expect_err("out of range");
        let seeded = VocalEq::from_params(&seeded(&params)).expect_err("on any scalar");
        assert_eq!(error.to_string(), seeded.to_string());
        let name = VocalEq::PARAM_NAMES[index];
        let (band, parameter) = name.split_once('.').expect("band.parameter");
        assert_eq!(error.parameter(), parameter);
        assert!(matches!(error.band(), Some(BandLabel::Name(label)) if label == band));
        error.to_string()
    };
    assert_eq!(message(0, 600.0), "`mud.center` = 600 Hz must lie between 120 Hz and 500 Hz");
    assert_eq!(message(0, f64::NAN), "`mud.center` = NaN Hz must lie between 120 Hz and 500 Hz");
    assert_eq!(message(1, 0.0), "`mud.q` = 0 must be finite and above 0");
    assert_eq!(message(1, f64::NAN), "`mud.q` = NaN must be finite and above 0");
    assert_eq!(message(2, 1e4), "`mud.gain_db` = 10000 dB must lie between -300 dB and 300 dB");
    assert_eq!(message(4, -6.5), "`air.gain_db` = -6.5 dB must lie between -6 dB and 6 dB");
    assert_eq!(message(7, 45.0), "`hum.high` = 45 Hz must be above `low` = 45 Hz");
    assert_eq!(
        message(6, -1.0),
        "`hum.low` = -1 Hz must lie strictly between 0 and the Nyquist frequency 24000 Hz"
    );
    assert_eq!(
        message(8, f64::INFINITY),
        "`alias.stop_db` = inf dB must lie between 40 dB and 80 dB"
    );
}

#[test]
fn the_trait_of_tuning() -> Result<(), DesignError> {
    /// What generic code sees.
    fn names(filter: &impl Tunable) -> Vec<String> {
        (0..filter.param_count())
            .filter_map(|index| Some(filter.param(index)?.name.to_owned()))
            .collect()
    }
    let eq = VocalEq::new();
    assert_eq!(eq.param_count(), 9);
    assert_eq!(names(&eq), VocalEq::PARAM_NAMES);
    let center = Param { name: "mud.center", value: 250.0, bounds: (120.0, 500.0) };
    assert_eq!(eq.param(0), Some(center));
    assert_eq!(eq.param(9), None);
    assert_eq!(eq.tuned(&MOVED)?, VocalEq::from_params(&MOVED)?);
    let (tuned, expected) = (eq.tuned(&seeded(&MOVED))?, VocalEq::from_params(&seeded(&MOVED))?);
    assert_same_bits(tuned.sections(), expected.sections());
    for wrong in [&MOVED[1..], &[0.0; 10], &[]] {
        let error = eq.tuned(wrong).expect_err("wrong length");
        assert_eq!(error.requirement(), Requirement::Count { expected: 9 });
        assert_eq!(error.to_string(), format!("`params.len()` = {} must be 9", wrong.len()));
    }
    assert_eq!(names(&Crossover::new()), Crossover::PARAM_NAMES);
    Ok(())
}

/// Something like noise.
fn signal(length: usize) -> Vec<f64> {
    (0..length).map(|n| ((n * n * 7919 + n * 104_729) % 2003) as f64 / 1001.5 - 1.0).collect()
}

#[test]
fn a_cascade_runs_as_at_run_time() {
    let eq = VocalEq::new();
    let runtime = Cascade::from_bands(&vocal_bands(&VocalEq::PARAMS), RATE).expect("designable");
    let (mut state, mut ticked) = (eq.state(), VocalEqState::default());
    assert_eq!(state, ticked);
    let (mut runtime_state, mut runtime_ticked) = (runtime.state(), runtime.state());
    let mut block = signal(1000);
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
    let mut block: Vec<f32> = signal(1000).into_iter().map(f32::from_f64).collect();
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
fn a_bank_runs_as_at_run_time() -> Result<(), Box<dyn std::error::Error>> {
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
    let input = signal(500);
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

    let params = seeded(&Crossover::PARAMS);
    let sample =
        Crossover::from_params(&params)?.tick(&mut CrossoverState::default(), Dual::constant(1.0));
    assert_eq!(sample.map(Scalar::primal), bank.tick(&mut bank.state(), 1.0));
    Ok(())
}

#[test]
fn constants_and_statics() {
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

#[test]
fn redesigning_allocates_nothing() {
    let params = seeded(&MOVED);
    let allocations = allocation_counter::measure(|| {
        let eq = VocalEq::from_params(&MOVED).expect("designable");
        let seeded = VocalEq::from_params(&params).expect("designable");
        let rated = Rated::from_params(&params, 96_000.0).expect("designable");
        let bank = Crossover::from_params(&Crossover::PARAMS).expect("designable");
        let wrong = VocalEq::from_params(&[0.0; 9]).expect_err("out of range");
        let mut state = eq.state();
        let y = eq.tick(&mut state, 1.0);
        std::hint::black_box((eq, seeded, rated, bank, wrong, state, y));
    });
    assert_eq!(allocations.count_total, 0);
}
