//! Filters for other values of their parameters.

use filterbank::spec::{BandLabel, Quantity, Requirement};
use filterbank::tune::{Param, parse_band};
use filterbank::{
    Band, DesignError, Dual, Method, Scalar, Section, Tunable, TunableBank, TunableCascade, Tune,
    filterbank,
};

use crate::common::bits::assert_same_bits;
use crate::filters::{Crossover, MOVED, RATE, Rated, VocalEq, vocal_sections};

#[test]
fn tuned_parameters_are_listed_with_their_bounds() {
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
fn changed_params_give_the_run_time_design() -> Result<(), DesignError> {
    assert_eq!(VocalEq::from_params(&MOVED)?.sections(), vocal_sections(&MOVED, RATE));

    let single = MOVED.map(f32::from_f64);
    assert_eq!(
        VocalEq::<f32>::from_params(&single)?.sections()[2..],
        vocal_sections(&single, RATE)[2..]
    );
    // Bands without parameters keep their coefficients, designed in f64.
    assert_eq!(VocalEq::<f32>::from_params(&single)?.rumble(), VocalEq::new_f32().rumble());
    Ok(())
}

#[test]
fn tangents_equal_the_run_time_tangents() -> Result<(), DesignError> {
    let params = Dual::seed(MOVED);
    let eq = VocalEq::from_params(&params)?;
    assert_same_bits(eq.sections(), &vocal_sections(&params, RATE));
    assert_eq!(eq.cast::<f64>(), VocalEq::from_params(&MOVED)?);
    assert_eq!(eq.magnitude_db(321.0).tangent()[2].round(), 1.0, "gain at the centre, by itself");

    let eq = Rated::from_params(&params, 96_000.0)?;
    assert_same_bits(eq.sections(), &vocal_sections(&params, 96_000.0));
    Ok(())
}

#[test]
fn a_sample_rate_can_be_given_at_construction() -> Result<(), DesignError> {
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
        let seeded = VocalEq::from_params(&Dual::seed(params)).expect_err("on any scalar");
        assert_eq!(error.to_string(), seeded.to_string());
        let name = VocalEq::PARAM_NAMES[index];
        let (band, parameter) = name.split_once('.').expect("band.parameter");
        assert_eq!(error.parameter().name, parameter);
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
fn the_tunable_trait_gives_names_values_and_filters() -> Result<(), DesignError> {
    /// Access from generic code.
    fn names(filter: &impl Tunable) -> Vec<String> {
        filter.params().map(|param| param.name.to_owned()).collect()
    }
    let eq = VocalEq::new();
    assert_eq!(eq.params().len(), 9);
    assert_eq!(names(&eq), VocalEq::PARAM_NAMES);
    let quantity = Quantity::Frequency;
    let center = Param { name: "mud.center", quantity, value: 250.0, bounds: (120.0, 500.0) };
    assert_eq!(eq.params().next(), Some(center));
    assert!(eq.params().map(|param| param.quantity).eq(VocalEq::QUANTITIES));
    assert_eq!(eq.tuned(&MOVED)?, VocalEq::from_params(&MOVED)?);
    let (tuned, expected) =
        (eq.tuned(&Dual::seed(MOVED))?, VocalEq::from_params(&Dual::seed(MOVED))?);
    assert_same_bits(tuned.sections(), expected.sections());
    for wrong in [&MOVED[1..], &[0.0; 10], &[]] {
        let error = eq.tuned(wrong).expect_err("wrong length");
        assert_eq!(error.requirement(), Requirement::Count { expected: 9 });
        assert_eq!(error.to_string(), format!("`params.len()` = {} must be 9", wrong.len()));
    }
    assert_eq!(names(&Crossover::new()), Crossover::PARAM_NAMES);
    Ok(())
}

#[test]
fn redesigning_allocates_nothing() {
    let params = Dual::seed(MOVED);
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

filterbank! {
    /// Bounds that are no `f32`, and one from 1 to 20.
    struct Mapped: cascade(sample_rate = 48_000.0) {
        bell: peak(
            center = tune(500.0 in 20.0..=20_000.0),
            q = tune(1.0 in 0.7..=10.1),
            gain_db = tune(0.0 in -12.3..=12.3),
        ),
        hum: notch(center = 50.0, q = tune(2.0 in 1.0..=20.0)),
    }
}

#[test]
fn ends_of_bounds_are_reached_within_rounding() -> Result<(), DesignError> {
    let bands = [
        (
            "bell",
            parse_band(
                "peak(center = tune(500 in 20..=20000), q = tune(1 in 0.7..=10.1), gain_db = tune(0 in -12.3..=12.3))",
            ),
        ),
        ("hum", parse_band("notch(center = 50, q = tune(2 in 1..=20))")),
    ];
    let bands = bands.map(|(name, band)| (name, band.expect("a band")));
    let runtime = TunableCascade::new(bands, 48_000.0)?;
    let ends = [[20.0_f64, 0.7, -12.3, 1.0], [20_000.0, 10.1, 12.3, 20.0]];
    for end in ends {
        let exact = Mapped::from_params(&end)?;
        // As hosts hand them over: from f32, and through a logarithm.
        let single = end.map(f32::from_f64);
        Mapped::<f32>::from_params(&single)?;
        let widened = single.map(f64::from);
        let mapped = end.map(|value| value.signum() * value.abs().ln().exp());
        for values in [widened, mapped] {
            assert!(values.iter().zip(end).all(|(value, end)| (value / end - 1.0).abs() < 1e-7));
            let filter = Mapped::from_params(&values)?;
            for (section, exact) in filter.sections().iter().zip(exact.sections()) {
                let pairs = section.coefficients().into_iter().zip(exact.coefficients());
                pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6));
            }
            assert_eq!(runtime.tuned(&values)?.sections(), filter.sections());
            let seeded = Mapped::from_params(&Dual::seed(values))?;
            let expected = Mapped::from_params(&Dual::seed(end))?;
            let tangent = |eq: &Mapped<Dual<f64, 4>>| *eq.magnitude_db(700.0).tangent();
            for (a, b) in tangent(&seeded).into_iter().zip(tangent(&expected)) {
                assert!((a - b).abs() <= 1e-5 * b.abs(), "{a} is not {b}");
            }
        }
        // Beyond rounding, a value is out.
        for index in 0..4 {
            let mut beyond = end;
            beyond[index] += 1e-5 * (end[index] - Mapped::PARAMS[index]);
            assert!(Mapped::from_params(&beyond).is_err(), "{beyond:?}");
            assert!(runtime.tuned(&beyond).is_err(), "{beyond:?}");
        }
    }
    Ok(())
}

#[test]
fn params_can_be_clamped_to_their_bounds() -> Result<(), DesignError> {
    let (low, high) = ([20.0, 0.7, -12.3, 1.0], [20_000.0, 10.1, 12.3, 20.0]);
    assert_eq!(Mapped::clamp_params(&[f64::NEG_INFINITY; 4]), low);
    assert_eq!(Mapped::clamp_params(&[1e9; 4]), high);
    assert_eq!(Mapped::clamp_params(&Mapped::PARAMS), Mapped::PARAMS);
    assert!(Mapped::clamp_params(&[f64::NAN; 4]).iter().all(|value| value.is_nan()));
    // What has no bounds stays, with and without a sample rate, in a cascade and in a bank.
    let wild = [1e9; 9];
    let clamped = [500.0, 1e9, 1e9, 1e9, 6.0, 1e9, 1e9, 1e9, 80.0];
    assert_eq!((VocalEq::clamp_params(&wild), Rated::clamp_params(&wild)), (clamped, clamped));
    let band = Band::lowpass(Method::Butterworth { order: 2 }, Tune::within(1e3, 100.0..=2e3));
    let cascade = TunableCascade::new([("a", band)], 48_000.0)?;
    let bank = TunableBank::new([("a", band)], 48_000.0)?;
    assert_eq!((cascade.clamp_params(&[9e3]), bank.clamp_params(&[9.0])), (vec![2e3], vec![100.0]));
    Ok(())
}
