//! The errors of specifications that cannot be designed: their messages, in `tests/snapshots`, and
//! their data.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::fmt::Write;

use common::bands::{Numbers, ORDINARY, every_band};
use common::seeded::seeded;
use common::steepest_slope::steepest_slope;
use filterbank::fit::Adam;
use filterbank::spec::{BandLabel, MAX_ORDER, Parameter, Requirement};
use filterbank::{Band, Bank, Cascade, DesignError, Method, Scalar, Width};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

const SAMPLE_RATE: f64 = 48_000.0;
const NYQUIST: f64 = 24_000.0;

const BUTTERWORTH: Method<f64> = Method::Butterworth { order: 4 };

/// The mistakes in a band.
fn mistakes<S: Scalar>(band: &Band<S>, sample_rate: f64) -> Vec<DesignError> {
    let mut errors = Vec::new();
    band.check(sample_rate, |error| errors.push(error));
    errors
}

fn with(band: &Band<f64>, parameter: &str, value: f64) -> Band<f64> {
    band.map(|it, old| if it.name == parameter { value } else { old })
}

/// Sentences, each once, under headings.
#[derive(Default)]
struct Catalogue {
    text: String,
    seen: Vec<String>,
}

impl Catalogue {
    fn heading(&mut self, heading: &str) {
        let _ = writeln!(self.text, "# {heading}");
    }

    fn say(&mut self, sentence: String) {
        if !self.seen.contains(&sentence) {
            let _ = writeln!(self.text, "{sentence}");
            self.seen.push(sentence);
        }
    }

    /// Adds all mistakes in a band; the first one is also the error of the design.
    fn add(&mut self, band: &Band<f64>, sample_rate: f64) {
        let designed = band.sections(sample_rate).err().map(|error| error.to_string());
        let mut sentences: Vec<_> =
            mistakes(band, sample_rate).iter().map(ToString::to_string).collect();
        if sentences.is_empty() {
            sentences.extend(designed);
        } else {
            assert_eq!(designed.as_ref(), sentences.first(), "{band:?}");
        }
        for sentence in sentences {
            self.say(sentence);
        }
    }
}

#[test]
fn every_parameter_error_tells_the_valid_range() {
    let mut catalogue = Catalogue::default();
    let names = [
        "order",
        "ripple_db",
        "stop_db",
        "cutoff",
        "center",
        "low",
        "high",
        "q",
        "bandwidth",
        "slope",
        "gain_db",
    ];
    for parameter in names {
        catalogue.heading(parameter);
        for band in every_band(&ORDINARY) {
            assert_eq!(mistakes(&band, SAMPLE_RATE), []);
            if band.params().iter().any(|(it, _)| it.name == parameter) {
                let large = if parameter == "gain_db" { 1e4 } else { 1e5 };
                for value in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, large] {
                    catalogue.add(&with(&band, parameter, value), SAMPLE_RATE);
                }
            }
        }
        if parameter == "order" {
            for order in [0, MAX_ORDER + 1] {
                for band in every_band(&Numbers { order, ..ORDINARY }) {
                    catalogue.add(&band, SAMPLE_RATE);
                }
            }
        }
    }
    insta::assert_snapshot!("parameters", catalogue.text);
}

#[test]
fn parameters_that_contradict_each_other_are_named() {
    let mut catalogue = Catalogue::default();
    let elliptic = |ripple_db, stop_db| Method::Elliptic { order: 4, ripple_db, stop_db };

    catalogue.heading("edges swapped, equal, at and beyond the Nyquist frequency");
    for (low, high) in [(2e3, 1e3), (1e3, 1e3), (1e3, NYQUIST), (NYQUIST, 1e3), (3e4, 4e4)] {
        catalogue.add(&Band::bandpass(BUTTERWORTH, low, high), SAMPLE_RATE);
        catalogue.add(&Band::bandstop(BUTTERWORTH, low, high), SAMPLE_RATE);
    }
    catalogue.heading("ripple above the attenuation, equal to it");
    for (ripple_db, stop_db) in [(3.0, 1.0), (1.0, 1.0)] {
        catalogue.add(&Band::lowpass(elliptic(ripple_db, stop_db), 1e3), SAMPLE_RATE);
    }
    catalogue.heading("a slope where there is none, too steep a one");
    for (width, gain_db) in [(Width::Slope(0.8), 6.0), (Width::Slope(0.0), 6.0)] {
        catalogue.add(&Band::notch(1e3, width), SAMPLE_RATE);
        catalogue.add(&Band::peak(1e3, width, gain_db), SAMPLE_RATE);
    }
    for (slope, gain_db) in [(1.3, 40.0), (1.3, -40.0), (25.0, 6.0), (-1.0, 6.0), (-1.0, 0.0)] {
        catalogue.add(&Band::low_shelf(1e3, Width::Slope(slope), gain_db), SAMPLE_RATE);
        catalogue.add(&Band::high_shelf(1e3, Width::Slope(slope), gain_db), SAMPLE_RATE);
    }
    catalogue.heading("everything at once");
    let nothing = Method::Elliptic { order: 0, ripple_db: 0.0, stop_db: 0.0 };
    catalogue.add(&Band::bandpass(nothing, -1.0, 3e4), SAMPLE_RATE);
    catalogue.add(&Band::low_shelf(0.0, -1.0, 2e3), SAMPLE_RATE);
    insta::assert_snapshot!("combinations", catalogue.text);
}

#[test]
fn mistakes_beyond_single_bands_are_explained() {
    let mut catalogue = Catalogue::default();
    let butterworth = Method::Butterworth { order: 8 };
    let peak = Band::peak(1e3, 1.0, 6.0);
    let wrong = Band::peak(3e4, 1.0, 6.0);

    catalogue.heading("sample rate");
    for sample_rate in [0.0, -48e3, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        catalogue.add(&peak, sample_rate);
        catalogue.say(Cascade::<f64>::from_sections([], sample_rate).unwrap_err().to_string());
        catalogue.say(Cascade::from_bands(&[peak], sample_rate).unwrap_err().to_string());
    }
    let [slow, fast] = [44_100.0, SAMPLE_RATE].map(|rate| peak.design(rate).expect("valid"));
    catalogue.say(Bank::from_cascades([fast.clone(), fast, slow]).unwrap_err().to_string());

    catalogue.heading("rounding");
    for band in [
        Band::lowpass(butterworth, 1e-9),
        Band::highpass(butterworth, 1e-9),
        Band::bandpass(butterworth, 1e-9, 2e-9),
        Band::peak(1e3, 1e300, 6.0),
        Band::low_shelf(1e3, 1e300, 6.0),
    ] {
        assert_eq!(mistakes(&band, SAMPLE_RATE), []);
        catalogue.say(band.design(SAMPLE_RATE).unwrap_err().to_string());
    }
    let narrow = Band::lowpass(Method::Butterworth { order: 8 }, 1.0_f32);
    assert_eq!(mistakes(&narrow, SAMPLE_RATE), []);
    catalogue.say(narrow.design(SAMPLE_RATE).unwrap_err().to_string());

    catalogue.heading("which of many");
    catalogue.say(Cascade::from_bands(&[peak, wrong], SAMPLE_RATE).unwrap_err().to_string());
    catalogue.say(Bank::from_bands(&[wrong, peak], SAMPLE_RATE).unwrap_err().to_string());
    catalogue.say(Bank::from_bands(&[peak], 0.0).unwrap_err().to_string());

    catalogue.heading("blocks");
    let bank = Bank::from_bands(&[peak, peak], SAMPLE_RATE).expect("valid");
    let mut states = [bank.state(), bank.state()];
    let state = &mut states[0];
    catalogue.say(bank.process(state, &[1.0; 3], &mut [0.0; 5]).unwrap_err().to_string());
    catalogue.say(bank.tick(state, 1.0, &mut [0.0; 3]).unwrap_err().to_string());
    let mut output = [0.0; 10];
    let odd = bank.process_channels(&mut states, &[1.0; 5], &mut output);
    catalogue.say(odd.unwrap_err().to_string());
    let without = bank.process_channels(&mut [], &[1.0; 5], &mut output);
    catalogue.say(without.unwrap_err().to_string());

    catalogue.heading("steps");
    let mut adam = Adam::new(0.1);
    catalogue.say(adam.step(&mut [1.0, 2.0], &[1.0]).unwrap_err().to_string());
    catalogue.say(adam.step(&mut [1.0, 2.0], &[1.0, f64::NAN]).unwrap_err().to_string());
    catalogue.say(adam.step(&mut [1.0], &[f64::NEG_INFINITY]).unwrap_err().to_string());
    insta::assert_snapshot!("others", catalogue.text);
}

#[test]
fn errors_carry_the_parameter_its_value_its_range_and_its_band() {
    let edges = Band::bandpass(BUTTERWORTH, 2e3, 1e3);
    let [error] = mistakes(&edges, SAMPLE_RATE)[..] else { panic!("one mistake") };
    assert_eq!(error.parameter().name, "high");
    assert_eq!(error.value(), 1e3);
    assert_eq!(error.requirement(), Requirement::Above { parameter: Parameter::LOW, value: 2e3 });
    assert_eq!(error.band(), None);

    let valid = Band::notch(1e3, 1.0);
    let many = [valid, valid, edges, edges];
    for error in [
        Cascade::from_bands(&many, SAMPLE_RATE).unwrap_err(),
        Bank::from_bands(&many, SAMPLE_RATE).unwrap_err(),
    ] {
        assert_eq!(error.band(), Some(BandLabel::Index(2)));
        assert_eq!(error.parameter().name, "high");
        assert!(error.to_string().starts_with("band 2: `high` = 1000 Hz must be above"));
    }
    // A sample rate belongs to no band.
    let error = Cascade::from_bands(&many, f64::NAN).unwrap_err();
    assert_eq!((error.band(), error.parameter().name), (None, "sample_rate"));
    assert!(error.value().is_nan());
    assert_eq!(error.requirement(), Requirement::Positive);

    let order = Band::lowpass(Method::Butterworth { order: 25 }, 1e3);
    let [error] = mistakes(&order, SAMPLE_RATE)[..] else { panic!("one mistake") };
    assert_eq!((error.parameter().name, error.value()), ("order", 25.0));
    assert_eq!(error.requirement(), Requirement::Order { max: 24 });

    let slope = Band::peak(1e3, Width::Slope(0.5), 6.0);
    let error = slope.sections(SAMPLE_RATE).unwrap_err();
    assert_eq!((error.parameter().name, error.value()), ("slope", 0.5));
    assert_eq!(error.requirement(), Requirement::ShelfOnly);
}

#[test]
fn an_extreme_band_is_refused_under_the_name_of_its_edge() {
    let butterworth = Method::Butterworth { order: 8 };
    for (band, name, value) in [
        (Band::lowpass(butterworth, 1e-9), "cutoff", 1e-9),
        (Band::bandstop(butterworth, 1e-9, 1e-8), "low", 1e-9),
        (Band::peak(1e-9, 1.0, 6.0), "center", 1e-9),
    ] {
        assert_eq!(mistakes(&band, SAMPLE_RATE), []);
        let error = band.sections(SAMPLE_RATE).unwrap_err();
        assert_eq!(error.requirement(), Requirement::Representable);
        assert_eq!((error.parameter().name, error.value()), (name, value));
        let error = Bank::from_bands(&[Band::notch(1e3, 1.0), band], SAMPLE_RATE).unwrap_err();
        assert_eq!(error.band(), Some(BandLabel::Index(1)));
        assert_eq!(error.requirement(), Requirement::Representable);
    }
}

/// The range of a parameter, from the documentation of [`Band`]: the lowest and the highest value,
/// and whether they are included.
fn range(parameter: &str) -> (f64, f64, bool) {
    match parameter {
        "cutoff" | "center" | "low" | "high" => (0.0, NYQUIST, false),
        "q" | "bandwidth" | "slope" => (0.0, f64::INFINITY, false),
        "gain_db" => (-300.0, 300.0, true),
        "ripple_db" => (0.0, 100.0, true),
        "stop_db" => (0.0, 1000.0, true),
        name => panic!("{name} has no range"),
    }
}

#[test]
fn exactly_the_wrong_parameters_are_reported() {
    let mut random = StdRng::seed_from_u64(1);
    let bands = every_band(&ORDINARY);
    for _ in 0..20_000 {
        let valid = *bands.choose(&mut random).expect("there are bands");
        let mut spoilt = Vec::new();
        let band = valid.map(|Parameter { name, .. }, value| {
            if random.random_bool(0.6) {
                return value;
            }
            let (low, high, inclusive) = range(name);
            let size = 10.0_f64.powf(random.random_range(-3.0..4.0));
            let mut bad = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, low - size];
            if high.is_finite() {
                bad.push(high + size);
            }
            if inclusive {
                // Less than 1e-6 beyond a limit is rounding.
                bad.extend([(low * 1.000_002).next_down(), high * 1.000_002]);
            } else {
                bad.extend([low, -0.0, high]);
            }
            let value = *bad.choose(&mut random).expect("there are bad values");
            spoilt.push((name, value));
            value
        });
        let errors = mistakes(&band, SAMPLE_RATE);
        let found: Vec<_> =
            errors.iter().map(|e| (e.parameter().name, e.value().to_bits())).collect();
        let expected: Vec<_> =
            spoilt.iter().map(|(name, value)| (*name, value.to_bits())).collect();
        assert_eq!(found, expected, "{band:?}: {errors:?}");

        let designed = band.sections(SAMPLE_RATE).map(|_| ()).map_err(|e| e.to_string());
        assert_eq!(designed.err(), errors.first().map(ToString::to_string));
        for error in errors {
            let sentence = error.to_string();
            let value = error.value();
            let written = [format!("{value} "), format!("{value:e} ")];
            let named = format!("`{}` = ", error.parameter().name);
            let rest = sentence.strip_prefix(&named).expect("the parameter comes first");
            let rest = format!("{} ", rest.replace(" must", "  must"));
            assert!(written.iter().any(|value| rest.starts_with(value)), "{sentence}");
            let range = match error.requirement() {
                Requirement::Positive => "finite and above 0".to_owned(),
                Requirement::InsideNyquist { .. } => {
                    "between 0 and the Nyquist frequency 24000 Hz".to_owned()
                }
                Requirement::Within { low, high } if low > 0.0 => {
                    format!("between {low:e} dB and {high} dB")
                }
                Requirement::Within { low, high } => format!("between {low} dB and {high} dB"),
                Requirement::Below { limit } => format!("strictly between 0 and {limit:.4}"),
                other => panic!("{other:?}"),
            };
            assert!(sentence.contains(&range), "{sentence}");
        }
    }
}

/// 1e-9 as an `f32` is below 1e-9, and `exp(ln 300)` is above 300.
#[test]
fn limits_are_reached_within_rounding() {
    let order = 3;
    let method = |ripple_db: f64, stop_db: f64| Method::Elliptic { order, ripple_db, stop_db };
    let (ripple_db, stop_db) = (1e-9, 1e3);
    let limits = [
        Band::lowpass(method(ripple_db, stop_db), 1e3),
        Band::lowpass(Method::Chebyshev1 { order, ripple_db: 100.0 }, 1e3),
        Band::lowpass(Method::Chebyshev2 { order, stop_db: ripple_db }, 1e3),
        Band::peak(1e3, 1.0, 300.0),
        Band::high_shelf(1e3, Width::Slope(1.0), -300.0),
    ];
    let is_level = |parameter: Parameter| parameter.quantity.unit() == "dB";
    for limit in limits {
        let single = limit.map(|_, value| f32::from_f64(value));
        assert_eq!(mistakes(&single, SAMPLE_RATE), [], "{limit:?}");
        for factor in [1.0 - 1e-7, 1.0 + 1e-7] {
            let moved = limit.map(|it, value| if is_level(it) { factor * value } else { value });
            assert!(moved.sections(SAMPLE_RATE).is_ok(), "{moved:?}");
        }
        let beyond = |it: Parameter, value: f64| {
            let factor = if value.abs() < 1e-6 { 1.0 - 2e-6 } else { 1.0 + 2e-6 };
            if is_level(it) { factor * value } else { value }
        };
        assert!(!mistakes(&limit.map(beyond), SAMPLE_RATE).is_empty(), "{limit:?}");
    }
    // A slope that is too steep for the gain stays a mistake there.
    let steep = Band::high_shelf(1e3, Width::Slope(2.0), 300.000_1);
    let errors: Vec<_> =
        mistakes(&steep, SAMPLE_RATE).iter().map(|error| error.parameter().name).collect();
    assert_eq!(errors, ["slope"]);
}

#[test]
fn a_shelf_of_invalid_gain_has_one_mistake() {
    for gain_db in [2e3, -2e3, 1e4, 2e4, -2e4, 1e11] {
        let shelf = Band::low_shelf(1e3, Width::Slope(0.8), gain_db);
        let errors = mistakes(&shelf, SAMPLE_RATE);
        let sentences: Vec<_> = errors.iter().map(ToString::to_string).collect();
        let sentence = format!("`gain_db` = {gain_db} dB must lie between -300 dB and 300 dB");
        assert_eq!(sentences, [sentence]);
    }
}

/// Compares the library's limit with a bisection of the cookbook's formula for Q.
#[test]
fn slopes_are_valid_until_q_is_infinite() {
    for gain_db in [-300.0, -40.0, -6.0, -0.5, 0.5, 3.0, 12.0, 60.0, 300.0] {
        let allowed = |slope: f64| {
            let shelf = Band::high_shelf(1e3, Width::Slope(slope), gain_db);
            mistakes(&shelf, SAMPLE_RATE).is_empty()
        };
        let (mut gentle, mut steep) = (1.0, 1e9);
        assert!(allowed(gentle) && !allowed(steep), "{gain_db} dB");
        while f64::next_up(gentle) < steep {
            let middle = f64::midpoint(gentle, steep);
            if allowed(middle) { gentle = middle } else { steep = middle }
        }
        let expected = steepest_slope(gain_db);
        // The formula cancels there: the steeper the slope, the more.
        let error = (gentle / expected - 1.0).abs();
        assert!(error <= 2.0 * f64::EPSILON * expected, "{gain_db} dB: {gentle}, not {expected}");
    }
}

#[test]
fn a_slope_of_1_is_valid_for_every_gain() {
    for gain_db in [-300.0, -200.0, -40.0, -1e-9, 0.0, 1e-300, 40.0, 200.0, 300.0] {
        let shelf = Band::low_shelf(1e3, Width::Slope(1.0), gain_db);
        assert_eq!(mistakes(&shelf, SAMPLE_RATE), [], "{gain_db} dB");
    }
}

#[test]
fn every_scalar_type_reports_the_same_mistakes() {
    let spoil = |parameter: Parameter, value: f64| {
        if parameter == Parameter::GAIN_DB { value } else { -value }
    };
    for band in every_band(&ORDINARY) {
        let band = band.map(spoil);
        let sentences = |errors: Vec<DesignError>| -> Vec<String> {
            errors.iter().map(ToString::to_string).collect()
        };
        let expected = sentences(mistakes(&band, SAMPLE_RATE));
        assert!(!expected.is_empty());
        // All values but 0.8 are the same in single precision.
        let dual = seeded::<f64, 4>(&band);
        assert_eq!(sentences(mistakes(&dual, SAMPLE_RATE)), expected);
        let narrow = band.map(|_, value| f32::from_f64(value));
        let names: Vec<_> =
            mistakes(&narrow, SAMPLE_RATE).iter().map(DesignError::parameter).collect();
        let expected: Vec<_> =
            mistakes(&band, SAMPLE_RATE).iter().map(DesignError::parameter).collect();
        assert_eq!(names, expected);
    }
}
