//! Indices of parameters, other sample rates, and state-variable filters.

use filterbank::section::{SvfCascade, SvfSection};
use filterbank::{Band, DesignError, Dual, Scalar, Tunable, Tune, filterbank};

use crate::common::bits::assert_same_bits;
use crate::filters::{Crossover, MOVED, RATE, Rated, VocalEq, vocal_bands, vocal_sections};

#[test]
fn constants_are_the_indices_of_the_parameters() {
    let indices = [
        VocalEq::MUD_CENTER,
        VocalEq::MUD_Q,
        VocalEq::MUD_GAIN_DB,
        VocalEq::AIR_SLOPE,
        VocalEq::AIR_GAIN_DB,
        VocalEq::HUM_RIPPLE_DB,
        VocalEq::HUM_LOW,
        VocalEq::HUM_HIGH,
        VocalEq::ALIAS_STOP_DB,
    ];
    assert!(indices.into_iter().eq(0..VocalEq::PARAMS.len()));
    assert_eq!(VocalEq::PARAM_NAMES[VocalEq::HUM_HIGH], "hum.high");
    assert_eq!((Rated::ALIAS_STOP_DB, Crossover::HIGH_CUTOFF), (8, 3));
}

filterbank! {
    /// Names that have no plain capitals.
    struct Names: bank {
        r#type: notch(center = tune(50.0), q = 9.0),
        größe: notch(center = tune(60.0), q = 9.0),
        low_mid: notch(center = tune(70.0), q = 9.0),
    }
}

#[test]
fn any_name_has_a_constant() {
    let found = [Names::TYPE_CENTER, Names::GRÖSSE_CENTER, Names::LOW_MID_CENTER];
    assert_eq!(found, [0, 1, 2]);
}

#[test]
fn every_struct_is_tunable_at_any_sample_rate() -> Result<(), DesignError> {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        let (rated, vocal) = (Rated::at(rate)?, VocalEq::at(rate)?);
        assert_eq!(rated, vocal);
        assert_eq!(rated.sample_rate(), rate);
        assert!(rated.params().map(|param| param.name).eq(Rated::PARAM_NAMES));
        assert!(rated.params().map(|param| param.quantity).eq(Rated::QUANTITIES));
        assert!(rated.params().map(|param| param.value).eq(Rated::PARAMS));
        for (param, (low, high)) in rated.params().zip(Rated::BOUNDS) {
            let clipped = param.name.starts_with("hum.") && param.name != "hum.ripple_db";
            let expected = if clipped { (0.0, 0.49 * rate) } else { (low, high) };
            assert_eq!(param.bounds, expected, "{}", param.name);
        }
        assert_eq!(rated.tuned(&MOVED)?.sections(), vocal_sections(&MOVED, rate));
        assert!(rated.band_names().eq(["rumble", "mud", "air", "hum", "alias"]));
        assert_eq!(rated.param_bands(), [1, 1, 1, 2, 2, 3, 3, 3, 4]);
        assert_eq!(rated.tunes()[1].params()[0].1, Tune::within(250.0, 120.0..=500.0));

        let bank = Crossover::at(rate)?;
        assert!(bank.params().map(|param| param.name).eq(Crossover::PARAM_NAMES));
        assert_eq!(bank.ends(), [2, 5, 8]);
        assert_eq!(bank.param_bands(), [0, 1, 1, 2]);
        assert!(bank.band_names().eq(["low", "mid", "high"]));
        assert_eq!(bank.tunes().len(), 3);
    }
    assert_eq!(
        Crossover::at(RATE)?.tuned(&Crossover::PARAMS)?.sections(),
        Crossover::new().sections()
    );
    Ok(())
}

filterbank! {
    struct Bright: cascade {
        low: low_shelf(cutoff = tune(100.0 in 20.0..=1_000.0), q = 0.7, gain_db = tune(2.0)),
        air: high_shelf(cutoff = tune(18_000.0 in 2_000.0..=20_000.0), q = 0.7, gain_db = 3.0),
        top: peak(center = tune(19_000.0 in 18_000.0..=20_000.0), q = 1.0, gain_db = 3.0),
    }
}

#[test]
fn what_the_sample_rate_cannot_hold_is_clipped() -> Result<(), DesignError> {
    let bright = Bright::at(32_000.0)?;
    let found: Vec<_> = bright.params().map(|param| (param.value, param.bounds)).collect();
    let limit = 0.49 * 32_000.0;
    let free = (f64::NEG_INFINITY, f64::INFINITY);
    let expected =
        [(100.0, (20.0, 1_000.0)), (2.0, free), (limit, (2_000.0, limit)), (limit, (limit, limit))];
    assert_eq!(found, expected);
    // Every position of every knob is a filter.
    for unit in [0.0, 0.25, 1.0] {
        let params: Vec<f64> = bright.params().map(|param| param.from_unit(unit)).collect();
        assert!(bright.tuned(&params)?.is_stable());
    }
    // A session that was made at another rate.
    let clamped = bright.clamp_params(&Bright::PARAMS);
    assert_eq!(clamped, [100.0, 2.0, limit, limit]);
    bright.tuned(&clamped).map(drop)
}

#[test]
fn a_fixed_frequency_is_not_clipped() {
    let message = |rate| VocalEq::at(rate).expect_err("too slow").to_string();
    assert_eq!(
        message(32_000.0),
        "`alias.cutoff` = 20000 Hz must lie strictly between 0 and the Nyquist frequency 16000 Hz"
    );
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let sentence = format!("`sample_rate` = {rate} Hz must be finite and above 0");
        assert_eq!(message(rate), sentence);
        assert_eq!(Crossover::at(rate).expect_err("no rate").to_string(), sentence);
    }
}

/// The bands as state-variable sections, designed at run time.
fn svf<S: Scalar>(bands: &[Band<S>], sample_rate: f64) -> SvfCascade<S, 10> {
    SvfCascade::from_bands(bands, sample_rate).expect("designable")
}

#[test]
fn state_variable_sections_equal_the_run_time_design() -> Result<(), DesignError> {
    assert_eq!(VocalEq::svf_from_params(&MOVED)?, svf(&vocal_bands(&MOVED), RATE));
    assert_eq!(Rated::svf_from_params(&MOVED, 96_000.0)?, svf(&vocal_bands(&MOVED), 96_000.0));
    let seeded = Dual::seed(MOVED);
    let (found, expected) = (VocalEq::svf_from_params(&seeded)?, svf(&vocal_bands(&seeded), RATE));
    assert_same_bits(&found.biquads(), &expected.biquads());

    // Fixed bands are designed in f64, tuned ones in f32.
    let single = MOVED.map(f32::from_f64);
    let found = VocalEq::svf_from_params(&single)?;
    let numbers = |section: &SvfSection<f32>| (section.g(), section.k(), section.mix());
    let baked = svf(&vocal_bands(&MOVED), RATE).cast::<f32>();
    let tuned = svf(&vocal_bands(&single), RATE);
    let of_rumble = 2;
    for (index, section) in found.sections().iter().enumerate() {
        let expected = if index < of_rumble { &baked } else { &tuned };
        assert_eq!(numbers(section), numbers(&expected.sections()[index]));
    }
    Ok(())
}

#[test]
fn state_variable_sections_have_the_same_errors_and_allocate_nothing() {
    for (index, value) in [(0, 600.0), (1, 0.0), (2, 1e4), (7, 45.0), (8, f64::NAN)] {
        let mut params = VocalEq::PARAMS;
        params[index] = value;
        let sentence = |error: DesignError| error.to_string();
        let biquad = VocalEq::from_params(&params).map(drop).map_err(sentence);
        let svf = VocalEq::svf_from_params(&params).map(drop).map_err(sentence);
        assert!(biquad.is_err());
        assert_eq!(svf, biquad);
    }
    let allocations = allocation_counter::measure(|| {
        let svf = VocalEq::svf_from_params(&MOVED).expect("designable");
        let wrong = VocalEq::svf_from_params(&[0.0; 9]).expect_err("out of range");
        std::hint::black_box((svf, wrong));
    });
    assert_eq!(allocations.count_total, 0);
}
