//! Parameters as knobs: positions from 0 to 1, and text.

use filterbank::spec::{Quantity, Scale};
use filterbank::tune::{Param, UNBOUNDED};

/// Every quantity, with bounds as an equaliser has them.
const QUANTITIES: [(Quantity, (f64, f64)); 9] = [
    (Quantity::Frequency, (20.0, 20_000.0)),
    (Quantity::Q, (0.025, 40.0)),
    (Quantity::Bandwidth, (0.05, 4.0)),
    (Quantity::Slope, (0.1, 1.0)),
    (Quantity::Gain, (-18.3, 12.1)),
    (Quantity::Attenuation, (0.01, 90.7)),
    (Quantity::Coefficient, (-1.9999, 1.9999)),
    (Quantity::Count, (1.0, 24.0)),
    (Quantity::Free, (-0.3, 7.7)),
];

fn param(quantity: Quantity, bounds: (f64, f64)) -> Param<'static> {
    Param { name: "band.parameter", quantity, value: 1.0, bounds }
}

fn text(quantity: Quantity, value: f64) -> String {
    param(quantity, UNBOUNDED).text(value).to_string()
}

#[test]
fn positions_and_values_are_inverses() {
    for (quantity, bounds) in QUANTITIES {
        let param = param(quantity, bounds);
        let (low, high) = bounds;
        assert_eq!((param.from_unit(0.0), param.from_unit(1.0)), bounds, "{quantity:?}");
        assert_eq!((param.to_unit(low), param.to_unit(high)), (0.0, 1.0), "{quantity:?}");
        let mut last = low;
        for step in 1..=1_000 {
            let unit = f64::from(step) / 1_000.0;
            let value = param.from_unit(unit);
            assert!(value > last && value <= high, "{quantity:?}: {unit} gives {value}");
            assert!((param.to_unit(value) - unit).abs() < 1e-14, "{quantity:?}: {unit}");
            last = value;
        }
    }
}

#[test]
fn the_middle_of_a_knob_is_the_middle_of_its_scale() {
    for (quantity, (low, high)) in QUANTITIES {
        let middle = match quantity.scale() {
            Scale::Linear => f64::midpoint(low, high),
            Scale::Logarithmic => (low * high).sqrt(),
        };
        let found = param(quantity, (low, high)).from_unit(0.5);
        assert!((found - middle).abs() < 1e-14 * middle.abs().max(1.0), "{quantity:?}: {found}");
    }
}

#[test]
fn positions_and_values_out_of_range_become_the_ends() {
    let param = param(Quantity::Gain, (-6.0, 6.0));
    assert_eq!([-1.0, f64::NEG_INFINITY].map(|unit| param.from_unit(unit)), [-6.0; 2]);
    assert_eq!([1.5, f64::INFINITY].map(|unit| param.from_unit(unit)), [6.0; 2]);
    assert_eq!([-7.0, f64::NEG_INFINITY].map(|value| param.to_unit(value)), [0.0; 2]);
    assert_eq!([7.0, f64::INFINITY].map(|value| param.to_unit(value)), [1.0; 2]);
    assert!(param.from_unit(f64::NAN).is_nan() && param.to_unit(f64::NAN).is_nan());
}

#[test]
fn missing_bounds_are_the_usual_ones_and_hold_the_value() {
    let (none, infinite) = (f64::NEG_INFINITY, f64::INFINITY);
    for (bounds, value, range) in [
        ((none, infinite), 1_000.0, (20.0, 20_000.0)),
        ((none, infinite), 5.0, (5.0, 20_000.0)),
        ((none, infinite), 90_000.0, (20.0, 90_000.0)),
        ((0.0, 15_680.0), 1_000.0, (20.0, 15_680.0)),
        ((none, 15.0), 10.0, (0.015, 15.0)),
        ((30_000.0, infinite), 40_000.0, (30_000.0, 30_000_000.0)),
        ((0.0, infinite), f64::NAN, (20.0, 20_000.0)),
    ] {
        let param = Param { value, ..param(Quantity::Frequency, bounds) };
        assert_eq!(param.range(), range, "{bounds:?}, {value}");
        assert_eq!((param.from_unit(0.0), param.from_unit(1.0)), range);
    }
    let gain = |bounds| param(Quantity::Gain, bounds).range();
    assert_eq!(gain(UNBOUNDED), (-24.0, 24.0));
    assert_eq!(gain((none, -30.0)), (-78.0, -30.0));
    assert_eq!(gain((30.0, infinite)), (30.0, 78.0));
    for (quantity, _) in QUANTITIES {
        let (low, high) = param(quantity, UNBOUNDED).range();
        assert!(low < high && (low > 0.0 || quantity.scale() == Scale::Linear), "{quantity:?}");
    }
}

#[test]
fn a_range_of_one_value_has_one_value() {
    let param = param(Quantity::Frequency, (100.0, 100.0));
    assert_eq!([0.0, 0.3, 1.0].map(|unit| param.from_unit(unit)), [100.0; 3]);
    assert_eq!(param.to_unit(100.0), 0.0);
}

#[test]
fn values_read_as_on_an_equaliser() {
    for (quantity, value, expected) in [
        (Quantity::Frequency, 20.0, "20 Hz"),
        (Quantity::Frequency, 31.5, "31.5 Hz"),
        (Quantity::Frequency, 440.4, "440 Hz"),
        (Quantity::Frequency, 0.5, "0.5 Hz"),
        (Quantity::Frequency, 999.4, "999 Hz"),
        (Quantity::Frequency, 999.5, "1 kHz"),
        (Quantity::Frequency, 1_000.0, "1 kHz"),
        (Quantity::Frequency, 1_250.0, "1.25 kHz"),
        (Quantity::Frequency, 12_500.0, "12.5 kHz"),
        (Quantity::Frequency, 19_996.0, "20 kHz"),
        (Quantity::Frequency, 192_000.0, "192 kHz"),
        (Quantity::Frequency, 0.000_12, "1.20e-4 Hz"),
        (Quantity::Gain, -3.0, "-3.0 dB"),
        (Quantity::Gain, 3.0, "+3.0 dB"),
        (Quantity::Gain, -0.04, "0.0 dB"),
        (Quantity::Gain, 0.05, "+0.1 dB"),
        (Quantity::Attenuation, 0.01, "0.01 dB"),
        (Quantity::Attenuation, 60.0, "60 dB"),
        (Quantity::Q, 0.712_3, "Q 0.71"),
        (Quantity::Q, 1.0, "Q 1.00"),
        (Quantity::Q, 12.46, "Q 12.5"),
        (Quantity::Q, 0.025, "Q 0.025"),
        (Quantity::Q, 100.0, "Q 100"),
        (Quantity::Slope, 0.9, "S 0.90"),
        (Quantity::Bandwidth, 1.5, "1.50 oct"),
        (Quantity::Count, 4.0, "4"),
        (Quantity::Free, 0.123_456, "0.1235"),
        (Quantity::Coefficient, -1.999_96, "-2"),
        (Quantity::Free, 0.0, "0"),
    ] {
        assert_eq!(text(quantity, value), expected, "{quantity:?} {value}");
    }
}

#[test]
fn text_is_read_back() {
    for (quantity, bounds) in QUANTITIES {
        let param = param(quantity, bounds);
        for step in 0..=1_000 {
            let value = param.from_unit(f64::from(step) / 1_000.0);
            let shown = param.text(value).to_string();
            let read = param.parse(&shown).unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!(param.text(read).to_string(), shown, "{quantity:?}: {value}");
            let digit = match quantity {
                Quantity::Gain => 0.05,
                Quantity::Count => 0.5,
                Quantity::Q | Quantity::Slope | Quantity::Bandwidth => 0.006_f64.max(0.051 * value),
                _ => 0.005 * value.abs(),
            };
            assert!((read - value).abs() <= digit * 1.000_001, "{quantity:?}: {shown} is {value}");
        }
        for bound in [bounds.0, bounds.1] {
            assert_eq!(param.parse(&param.text(bound).to_string()), Ok(bound), "{quantity:?}");
        }
    }
}

#[test]
fn what_people_type_is_understood() {
    for (quantity, typed, value) in [
        (Quantity::Frequency, "1k", 1_000.0),
        (Quantity::Frequency, "1.2 kHz", 1_200.0),
        (Quantity::Frequency, " 1.2KHZ ", 1_200.0),
        (Quantity::Frequency, "2k5", 2_500.0),
        (Quantity::Frequency, "10k05", 10_050.0),
        (Quantity::Frequency, "440", 440.0),
        (Quantity::Frequency, "440hz", 440.0),
        (Quantity::Frequency, ".5", 0.5),
        (Quantity::Frequency, "+50", 50.0),
        (Quantity::Frequency, "1e3", 1_000.0),
        (Quantity::Gain, "-3", -3.0),
        (Quantity::Gain, "-3dB", -3.0),
        (Quantity::Gain, "+3 db", 3.0),
        (Quantity::Gain, "−3.5 dB", -3.5),
        (Quantity::Q, "0.7", 0.7),
        (Quantity::Q, "q0.7", 0.7),
        (Quantity::Q, "Q = 0.7", 0.7),
        (Quantity::Slope, "S 0.9", 0.9),
        (Quantity::Bandwidth, "1.5 octaves", 1.5),
        (Quantity::Free, "-0.25", -0.25),
    ] {
        assert_eq!(param(quantity, UNBOUNDED).parse(typed), Ok(value), "{typed}");
    }
}

#[test]
fn other_text_is_refused_and_says_what_is_allowed() {
    let refused = |quantity, bounds, typed: &str| match param(quantity, bounds).parse(typed) {
        Ok(value) => panic!("{typed} is {value}"),
        Err(error) => error.to_string(),
    };
    for typed in
        ["", "k", "Hz", "1 dB", "1,25 kHz", "--3", "−-3", "1kk", "1k2k", "1.5k2", "inf", "nan"]
    {
        assert_eq!(
            refused(Quantity::Frequency, UNBOUNDED, typed),
            "not a frequency, such as 250, 1.2k or 1.25 kHz: any value above 0",
        );
    }
    for (quantity, bounds, typed, message) in [
        (Quantity::Frequency, UNBOUNDED, "0", "0 Hz is out of range: any value above 0"),
        (
            Quantity::Frequency,
            (0.0, 500.0),
            "0",
            "0 Hz is out of range: above 0 and at most 500 Hz",
        ),
        (Quantity::Q, (0.1, f64::INFINITY), "0.01", "Q 0.010 is out of range: at least Q 0.10"),
        (
            Quantity::Gain,
            (-12.0, 12.0),
            "20",
            "+20.0 dB is out of range: from -12.0 dB to +12.0 dB",
        ),
        (Quantity::Gain, UNBOUNDED, "1k", "not a gain, such as -3 or -3 dB: any value"),
        (
            Quantity::Bandwidth,
            (f64::NEG_INFINITY, 4.0),
            "x",
            "not a bandwidth, such as 1.5 or 1.5 oct: above 0 and at most 4.00 oct",
        ),
    ] {
        assert_eq!(refused(quantity, bounds, typed), message);
    }
}
