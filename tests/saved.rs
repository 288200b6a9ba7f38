//! Specifications, filters, states and optimisers in files: what is read equals what was written, to
//! the bit, and what is wrong is an error with a reason.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::fmt::Debug;

use common::bands::{catalogue, methods};
use common::noise::{noise, normal};
use filterbank::fit::Adam;
use filterbank::run::FilterState;
use filterbank::section::{SectionState, SvfCascade, SvfSection, SvfState};
use filterbank::spec::{Quantity, Shape};
use filterbank::tune::{Param, Unconstrained};
use filterbank::{
    Band, Bank, Cascade, Method, Section, Sensitivities, Tunable, TunableBank, TunableCascade,
    Tune, Width,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Through JSON and through TOML, in which the value stands under a name.
#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("JSON");
    assert_eq!(&serde_json::from_str::<T>(&json).expect(&json), value, "{json}");
    let tree = serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    assert_eq!(&serde_json::from_value::<T>(tree).expect(&json), value, "{json}");
    let table = std::collections::BTreeMap::from([("value", value)]);
    let toml = toml::to_string(&table).expect("TOML");
    let mut table: std::collections::BTreeMap<String, T> = toml::from_str(&toml).expect(&toml);
    assert_eq!(&table.remove("value").expect("the value"), value, "{toml}");
}

/// The error of a JSON text.
#[track_caller]
fn error<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).expect_err("refused").to_string()
}

#[test]
fn bands_are_read_as_they_are_written() {
    let mut random = normal(1);
    for band in catalogue() {
        round_trip(&band);
        let mut change = |value: f64| value * (1.0 + 1e-3 * random.next().expect("endless"));
        round_trip(&band.map(|_, value| change(value)));
        let tunes = [
            |value| Tune::Fixed(value),
            |value| Tune::free(value),
            |value| Tune::within(value, value..=value),
            |value| Tune::within(value, 0.1..=f64::INFINITY),
            |value| Tune::within(value, f64::NEG_INFINITY..=1e4),
        ];
        for tune in tunes {
            round_trip(&band.map(|_, value| tune(change(value))));
        }
        round_trip(&band.map(|_, value| f64_to_f32(value)));
        if let Some(width) = band.width() {
            round_trip(width);
        }
    }
    for method in methods(5, 0.1, 40.0) {
        round_trip(&method);
    }
    for shape in Shape::ALL {
        round_trip(shape);
    }
    round_trip(&Quantity::Frequency);
}

#[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
fn f64_to_f32(value: f64) -> f32 {
    value as f32
}

#[test]
fn bands_are_written_as_a_person_would() -> Outcome {
    let toml = r#"
        sample_rate = 48_000

        [[bands]]
        name = "rumble"
        shape = "highpass"
        method = "butterworth"
        order = 4
        cutoff = 80

        [[bands]]
        name = "body"
        shape = "peak"
        center = { start = 250, low = 120, high = 500 }
        q = 1
        gain_db = { start = -2.5 }
    "#;
    let butterworth = Method::Butterworth { order: 4 };
    let center = Tune::within(250.0, 120.0..=500.0);
    let expected = TunableCascade::new(
        [
            ("rumble", Band::highpass(butterworth, Tune::from(80.0))),
            ("body", Band::peak(center, Tune::from(1.0), Tune::free(-2.5))),
        ],
        48_000.0,
    )?;
    assert_eq!(toml::from_str::<TunableCascade>(toml)?, expected);

    let bessel: Band<f64> = serde_json::from_str(
        r#"{"shape": "lowpass", "order": 3, "norm": "delay", "cutoff": 100, "method": "bessel"}"#,
    )?;
    assert_eq!(bessel.to_string(), "lowpass(bessel(order = 3, norm = delay), cutoff = 100)");
    let shelf = Band::high_shelf(1_000.0, Width::Slope(0.5), 3.0);
    let json = r#"{"shape":"high_shelf","cutoff":1000.0,"slope":0.5,"gain_db":3.0}"#;
    assert_eq!(serde_json::to_string(&shelf)?, json);
    let cutoff = Param {
        name: "a.cutoff",
        quantity: Quantity::Frequency,
        value: 100.0,
        bounds: (20.0, f64::INFINITY),
    };
    let json = r#"{"name":"a.cutoff","quantity":"frequency","value":100.0,"low":20.0}"#;
    assert_eq!(serde_json::to_string(&cutoff)?, json);
    let adam: Adam = toml::from_str("learning_rate = 0.01")?;
    assert_eq!(adam, Adam::new(0.01));
    Ok(())
}

#[test]
fn filters_and_states_are_read_as_they_are_written() -> Outcome {
    let bands =
        [Band::highpass(Method::Butterworth { order: 3 }, 80.0), Band::peak(1_000.0, 1.0, 6.0)];
    let cascade = Cascade::from_bands(&bands, 48_000.0)?;
    let bank = Bank::from_bands(&bands, 48_000.0)?;
    round_trip(&cascade);
    round_trip(&cascade.cast::<f32>());
    round_trip(&bank);
    round_trip(&Bank::<f64>::from_cascades([])?);
    round_trip(&cascade.sections()[0]);
    let [one, two, three] = cascade.sections() else { return Err("three sections".into()) };
    round_trip(&Cascade::from_array([*one, *two, *three], 48_000.0)?);
    let svf = SvfCascade::<f64, 3>::from_bands(&bands, 48_000.0)?;
    round_trip(&svf);
    round_trip(&svf.sections()[0]);

    let mut state = cascade.state();
    let mut block: Vec<f64> = noise(100, 2);
    cascade.process(&mut state, &mut block);
    round_trip(&state);
    let mut states = svf.states();
    svf.process(&mut states, &mut block);
    round_trip(&states);

    // The state goes on where it was.
    let saved = serde_json::to_string(&(&cascade, &state))?;
    let (again, mut state_again): (Cascade<f64>, FilterState<f64>) = serde_json::from_str(&saved)?;
    let mut block_again = block.clone();
    cascade.process(&mut state, &mut block);
    again.process(&mut state_again, &mut block_again);
    assert_eq!(block, block_again);

    // Rows may have any leading coefficient, as scipy's.
    let json = r#"{"sample_rate": 8000, "sos": [[2, 0, 0, 4, -2, 1]]}"#;
    let rows: Cascade<f64> = serde_json::from_str(json)?;
    assert_eq!(rows.sos(), [[0.5, 0.0, 0.0, 1.0, -0.5, 0.25]]);
    Ok(())
}

/// Steps of Adam towards a recorded filter; saved and read again after half of them, if asked.
fn trained(save: bool) -> Result<(Vec<f64>, Adam), Box<dyn std::error::Error>> {
    let band = Band::peak(Tune::free(400.0), Tune::free(2.0), Tune::within(1.0, -12.0..=12.0));
    let mut filter = Unconstrained::new(TunableCascade::new([("body", band)], 8_000.0)?)?;
    let wanted = Band::peak(1_000.0, 1.0, -6.0).design(8_000.0)?;
    let (mut free, mut adam) = (filter.start(), Adam::new(0.03));
    let mut state: FilterState<f64> = wanted.state();
    for step in 0..60 {
        let input: Vec<f64> = noise(256, step);
        let mut target = input.clone();
        wanted.process(&mut state, &mut target);
        let (mut output, mut gradient) = (vec![0.0; input.len()], [0.0; 3]);
        let slope = |_, time: usize, y: f64| y - target[time];
        Sensitivities::of_params(&filter, &free)?.add_gradient(
            &input,
            &mut output,
            slope,
            &mut gradient,
        )?;
        adam.step(&mut free, &gradient)?;
        if save && step == 29 {
            let saved = serde_json::to_string(&(filter.filter(), &free, &adam, &state))?;
            let cascade: TunableCascade;
            (cascade, free, adam, state) = serde_json::from_str(&saved)?;
            filter = Unconstrained::new(cascade)?;
        }
    }
    Ok((free, adam))
}

#[test]
fn a_training_goes_on_bit_for_bit() -> Outcome {
    let (free, adam) = trained(false)?;
    let (free_again, adam_again) = trained(true)?;
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&free), bits(&free_again));
    assert_eq!(adam, adam_again);
    round_trip(&adam);
    Ok(())
}

#[test]
fn filters_with_parameters_are_read_as_they_are_written() -> Outcome {
    let edge = Tune::within(20_000.0, 18_000.0..=22_000.0);
    let bands = || {
        [("a", Band::notch(edge, Tune::free(2.0))), ("ä \"b\"", Band::notch(edge, Tune::from(2.0)))]
    };
    // Clipped: both bounds are the limit.
    round_trip(&TunableCascade::clipped(bands(), 32_000.0)?);
    round_trip(&TunableBank::clipped(bands(), 32_000.0)?);
    round_trip(&TunableCascade::new(bands(), 48_000.0)?);
    let empty: [(String, Band<Tune>); 0] = [];
    round_trip(&TunableBank::new(empty, 48_000.0)?);
    let bank = TunableBank::new(bands(), 48_000.0)?;
    let again: TunableBank = serde_json::from_str(&serde_json::to_string(&bank)?)?;
    assert!(again.params().eq(bank.params()) && again.ends() == bank.ends());
    Ok(())
}

#[test]
fn wrong_bands_are_refused_with_a_reason() {
    let peak = |fields: &str| error::<Band<f64>>(&format!("{{\"shape\": \"peak\"{fields}}}"));
    for (json, reason) in [
        ("{}", "missing field `shape`"),
        (r#"{"shape": "paek"}"#, "unknown word `paek`, expected one of: lowpass, highpass, "),
        (r#"{"shape": "lowpass", "cutoff": 1}"#, "missing field `method`"),
        (r#"{"shape": "lowpass", "method": "butterworth", "cutoff": 1}"#, "missing field `order`"),
        (
            r#"{"shape": "lowpass", "method": "butterworth", "order": 0, "cutoff": 1}"#,
            "`order` = 0 must be an integer from 1 to 24",
        ),
        (
            r#"{"shape": "lowpass", "method": "butterworth", "order": 1, "cutoff": 1, "norm": "phase"}"#,
            "`lowpass` does not take `norm`",
        ),
        (
            r#"{"shape": "lowpass", "method": "elliptic", "order": 1, "cutoff": 1, "ripple_db": 1}"#,
            "missing field `stop_db`",
        ),
        (r#"{"shape": "notch", "center": 1, "slope": 1}"#, "`notch` does not take `slope`"),
        ("[]", "invalid type: sequence, expected a band: a map with a shape"),
    ] {
        let found = error::<Band<f64>>(json);
        assert!(found.starts_with(reason), "{json}: {found}");
    }
    for (fields, reason) in [
        (r#", "center": 1, "q": 1"#, "missing field `gain_db`"),
        (r#", "center": 1, "gain_db": 1"#, "`peak` takes exactly one of: q, bandwidth"),
        (
            r#", "center": 1, "gain_db": 1, "q": 1, "bandwidth": 1"#,
            "`peak` takes exactly one of: q, bandwidth",
        ),
        (r#", "center": 1, "center": 2"#, "`center` is given twice"),
        (r#", "shape": "peak""#, "`shape` is given twice"),
        (r#", "centre": 1"#, "unknown parameter `centre`"),
        (r#", "cutoff": 1"#, "`peak` does not take `cutoff`"),
        (r#", "method": "bessel""#, "`peak` takes no method"),
        (r#", "center": "high""#, "invalid type: string"),
    ] {
        let found = peak(fields);
        assert!(found.starts_with(reason), "{fields}: {found}");
    }
    let found = error::<Method<f64>>(r#"{"method": "bessel", "order": 2, "ripple_db": 1}"#);
    assert!(found.starts_with("`bessel` does not take `ripple_db`"), "{found}");
    assert!(error::<Method<f64>>(r#"{"shape": "peak"}"#).starts_with("a method has no `shape`"));
    let found = error::<Tune>(r#""250""#);
    assert!(found.contains("expected a number, or a map with `start`"), "{found}");
    assert!(error::<Tune>(r#"{"start": 1, "hihg": 2}"#).starts_with("unknown field `hihg`"));
}

#[test]
fn wrong_filters_and_states_are_refused_with_a_reason() {
    let tunable = |center: &str, rate: &str| {
        error::<TunableCascade>(&format!(
            r#"{{"sample_rate": {rate}, "bands": [{{"name": "a", "shape": "notch", "center": {center}, "q": 1}}]}}"#
        ))
    };
    let found = tunable("30000", "48000");
    assert!(found.starts_with("band 0: `center` = 30000 Hz must lie strictly"), "{found}");
    let found = tunable(r#"{"start": 10, "low": 20}"#, "48000");
    assert!(found.starts_with("band 0: `center` = 10 Hz must lie between 20 Hz"), "{found}");
    let found = tunable("100", "-1");
    assert!(found.starts_with("`sample_rate` = -1 Hz must be finite and above 0"), "{found}");

    for (sos, reason) in [
        ("[[1, 0, 0, 0, 0, 0]]", "`a0` = 0 must be finite and not 0"),
        ("[[1, 0, 0, 1, 0]]", "invalid length 5"),
        ("[[1, 0, 0, 1e-300, 0, 1e10]]", "`b0` = inf must be finite"),
        ("[[1, 0, 0, 1, 0, null]]", "invalid type: null"),
    ] {
        let json = format!("{{\"sample_rate\": 8000, \"sos\": {sos}}}");
        let found = error::<Cascade<f32>>(&json);
        // In f32, 1e-300 is 0.
        assert!(found.starts_with(reason) || found.starts_with("`a0` = 0"), "{sos}: {found}");
        let found = error::<Cascade<f64>>(&json);
        let reason = if reason.starts_with("`b0`") { "`a2` = inf must be finite" } else { reason };
        assert!(found.starts_with(reason), "{sos}: {found}");
    }
    let found = error::<Cascade<f64>>(r#"{"sample_rate": 0, "sos": []}"#);
    assert!(found.starts_with("`sample_rate` = 0 Hz must be finite and above 0"), "{found}");
    let json = r#"{"sample_rate": 1, "sos": [[1, 0, 0, 1, 0, 0]]}"#;
    let found = error::<Cascade<f64, [Section<f64>; 2]>>(json);
    assert!(found.starts_with("`sos.len()` = 1 must be 2"), "{found}");
    let found = error::<Bank<f64>>(r#"{"sample_rate": 1, "band": []}"#);
    assert!(found.starts_with("unknown field `band`"), "{found}");
    let found = error::<SvfCascade<f64, 1>>("[]");
    assert!(found.starts_with("`sections` = 0 must be 1"), "{found}");
    let toml = "g = nan\ng2 = 1.0\nk = 1.0\nm0 = 1.0\nm1 = 0.0\nm2 = 0.0";
    let found = toml::from_str::<SvfSection<f64>>(toml).expect_err("NaN").to_string();
    assert!(found.contains("`g` = NaN must be finite"), "{found}");
    assert!(error::<SectionState<f64>>(r#"{"s1": 1}"#).starts_with("missing field `s2`"));
    assert!(error::<SvfState<f64>>(r#"{"s1": 1, "s2": 1}"#).starts_with("missing field `k`"));
}

#[test]
fn wrong_optimisers_are_refused_with_a_reason() {
    for (fields, reason) in [
        ("", "missing field `learning_rate`"),
        (r#""learning_rate": -1"#, "the learning rate -1 must be finite and at least 0"),
        (r#""learning_rate": 1, "beta1": 1"#, "the decay rate 1 must be at least 0 and below 1"),
        (r#""learning_rate": 1, "epsilon": 0"#, "`epsilon` = 0 must be finite and above 0"),
        (r#""learning_rate": 1, "steps": -1"#, "`steps` = -1 must be at least 0"),
        (
            r#""learning_rate": 1, "moments": [{"mean": 0, "square": 0}]"#,
            "`steps` = 0 must be at least 0, and above 0 with 1 `moments`",
        ),
        (
            r#""learning_rate": 1, "steps": 1, "moments": [{"mean": 0, "square": -1}]"#,
            "`moments` of parameter 0: `mean` = 0 must be finite, `square` = -1 finite and at least",
        ),
        (r#""learning_rate": 1, "rate": 1"#, "unknown field `rate`"),
    ] {
        let found = error::<Adam>(&format!("{{{fields}}}"));
        assert!(found.starts_with(reason), "{fields}: {found}");
    }
}
