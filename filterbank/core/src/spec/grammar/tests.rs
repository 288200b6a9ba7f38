//! Text to bands and back, and what is said about text that is none.

extern crate std;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::spec::grammar::{ParseBandError, parse, parse_words};
use crate::spec::tests::every_band;
use crate::spec::{Band, BesselNorm, Method, Width};

/// A band's text in words, without parentheses and commas.
fn in_words(band: &Band<f64>) -> String {
    band.to_string().replace([',', '(', ')'], " ").replace(" = ", "=")
}

#[test]
fn every_band_is_read_as_it_is_written() {
    for band in every_band() {
        assert_eq!(band.to_string().parse(), Ok(band), "{band}");
        assert_eq!(Band::from_words(&band.to_string()), Ok(band), "{band}");
        assert_eq!(Band::from_words(&in_words(&band)), Ok(band), "{}", in_words(&band));
    }
}

#[test]
fn order_and_space_are_free() {
    let elliptic = Method::Elliptic { order: 5, ripple_db: 0.5, stop_db: 60.0 };
    let bandpass = Band::bandpass(elliptic, 300.0, 3_000.0);
    let shelf = Band::high_shelf(8_000.0, Width::Slope(0.9), -1.5);
    for (text, expected) in [
        ("bandpass(elliptic(order=5,ripple_db=0.5,stop_db=60),low=300,high=3e3)", bandpass),
        (
            "\tbandpass ( high = 3_000.0 , elliptic(stop_db = 6e1, order = 5.0, ripple_db = .5), \
             low = +300. , )\n",
            bandpass,
        ),
        ("high_shelf(gain_db = -1.5, slope = 0.9f64, cutoff = 8E3)", shelf),
        ("high_shelf(gain_db = -0.15e+1,, slope = 9e-1, cutoff = 8_000)", shelf),
        (
            "lowpass(bessel(order = 2), cutoff = 1)",
            Band::lowpass(Method::Bessel { order: 2, norm: BesselNorm::Phase }, 1.0),
        ),
    ] {
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }
}

#[test]
fn words_without_parentheses() {
    let highpass = Band::highpass(Method::Butterworth { order: 4 }, 80.0);
    let elliptic = Method::Elliptic { order: 3, ripple_db: 0.1, stop_db: 60.0 };
    let bessel = Method::Bessel { order: 5, norm: BesselNorm::Magnitude };
    for (text, expected) in [
        ("highpass butterworth order=4 cutoff=80", highpass),
        ("highpass cutoff=8e1 order=4", highpass),
        ("  highpass  order = 4  cutoff= 80 ", highpass),
        ("highpass cutoff=80, butterworth, order=4", highpass),
        (
            "bandstop elliptic stop_db=60 high=105 low=95 order=3 ripple_db=0.1",
            Band::bandstop(elliptic, 95.0, 105.0),
        ),
        ("lowpass bessel order=5 cutoff=1000 norm=magnitude", Band::lowpass(bessel, 1e3)),
        ("peak center=250 q=1 gain_db=-3", Band::peak(250.0, 1.0, -3.0)),
        ("peak(center = 250, q = 1, gain_db = -3)", Band::peak(250.0, 1.0, -3.0)),
    ] {
        assert_eq!(Band::from_words(text), Ok(expected), "{text}");
    }
}

#[test]
fn tuned_numbers() {
    let text = "peak(center = tune(250 in 120..=500), q = 1, gain_db = tune(-3))";
    let band = parse(text).expect("a band");
    assert_eq!(band.to_string(), text);
    let words = "peak center=tune(250 in 120..=500) q=1 gain_db=tune(-3)";
    assert_eq!(parse_words(words).expect("a band").to_string(), text);
    let starts = band.map(|_, setting| setting.start.value);
    assert_eq!(starts, Band::peak(250.0, 1.0, -3.0));
    let tuned: Vec<_> = band.params().iter().map(|(_, s)| s.tuning.is_some()).collect();
    assert_eq!(tuned, [true, false, true]);
    let error = text.parse::<Band<f64>>().expect_err("nothing may be tuned");
    let expected = ["`center` cannot be tuned", "`gain_db` cannot be tuned"];
    assert_mistakes::<()>(text, Err(error), &expected.map(|sentence| ("tune", sentence)));
}

/// Each mistake with the piece of the text that it is about.
fn mistakes(text: &str, error: &ParseBandError) -> Vec<(String, String)> {
    let piece = |place: core::ops::Range<usize>| text[place].to_string();
    let mistakes = error.mistakes().iter();
    mistakes.map(|m| (piece(m.place.into()), m.error.to_string())).collect()
}

#[track_caller]
fn assert_mistakes<T>(text: &str, read: Result<T, ParseBandError>, expected: &[(&str, &str)]) {
    let Err(error) = read else { panic!("{text} is a band") };
    let found = mistakes(text, &error);
    let as_expected = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|((place, sentence), (at, start))| place == at && sentence.starts_with(start));
    assert!(as_expected, "{text}: {found:#?}");
    let sentences: Vec<_> = found.into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(error.to_string(), sentences.join("; "));
}

/// Reads a band whose numbers may be tuned only if the text says so.
fn read(text: &str) -> Result<(), ParseBandError> {
    if text.contains("tune") {
        parse(text).map(|_| ())
    } else {
        text.parse::<Band<f64>>().map(|_| ())
    }
}

#[test]
fn mistakes_of_form() {
    for (text, expected) in [
        ("", &[("", "expected a band such as `peak(…)`")] as &[_]),
        ("  ", &[("", "expected a band such as `peak(…)`")]),
        ("250", &[("2", "expected a band such as `peak(…)`")]),
        (
            "paek(center = 250)",
            &[("paek", "unknown band: `paek`; did you mean `peak`? (valid: `lowp")],
        ),
        ("peak", &[("peak", "`peak` needs `center`, `gain_db` and one of `q`, `bandwidth`")]),
        ("peak: 3", &[(":", "expected the arguments in parentheses: `peak(…)`")]),
        ("notch(center = 50, q = 30", &[("", "expected `)`")]),
        ("notch(center = 50, q = 30))", &[(")", "nothing may follow the band")]),
        ("notch(center = 50, q = 30), ", &[(",", "nothing may follow the band")]),
        ("notch(center = 50 q = 30)", &[("q", "expected `,` before this")]),
        ("notch(center = 50 Hz, q = 30)", &[("H", "expected `,`")]),
        (
            "notch(center = 50Hz, q = 30)",
            &[("50Hz", "expected a number without `Hz`: frequencies")],
        ),
        ("notch(center 50, q = 30)", &[("5", "expected `=` and a value: `center = …`")]),
        ("notch(center, q = 30)", &[("center", "expected `center = …`")]),
        ("notch(center(50), q = 30)", &[("center", "expected `center = …`")]),
        ("notch(50, q = 30)", &[("5", "expected `name = value`")]),
        ("notch(center = , q = 30)", &[(",", "expected a number")]),
        ("notch(center = mains, q = 30)", &[("mains", "`center` must be a number, not `mains`")]),
        (
            "notch(center = NaN, q = -inf)",
            &[("NaN", "`center` must be a number, not `NaN`"), ("-", "expected a number")],
        ),
        ("notch(center = sqrt(2), q = 30)", &[("sqrt", "expected a number")]),
        ("notch(center = 1e999, q = 30)", &[("1e999", "this number is too large for an `f64`")]),
        ("notch(center = 50..=60, q = 30)", &[(".", "bounds are written as in `tune(250.0 in")]),
        ("notch(center = tune, q = 30)", &[("tune", "expected `tune(number)` or `tune(number in")]),
        ("notch(center = tune(), q = 30)", &[(")", "expected a number")]),
        ("notch(center = tune(9, 8), q = 30)", &[(",", "expected `in low..=high`")]),
        ("notch(center = tune(9 in ..=8), q = 30)", &[(".", "expected the lower bound")]),
        ("notch(center = tune(9 in 8..9), q = 30)", &[(".", "expected `..=`")]),
        ("notch(center = tune(9 in 8..=), q = 30)", &[(")", "expected a number")]),
        ("notch(center = tune(9 in 8..=9 step 1), q = 30)", &[("s", "expected `)`")]),
    ] {
        assert_mistakes(text, read(text), expected);
    }
}

#[test]
fn mistakes_of_words_and_arguments() {
    for (text, expected) in [
        (
            "notch(center = tune(9 in 8..=7), q = 30)",
            &[("8..=7", "the lower bound 8 of `center` must be below its upper bound 7")] as &[_],
        ),
        (
            "notch(center = tune(9 in 1..=7), q = 30)",
            &[("9", "`center` = 9 Hz must lie between 1 Hz and 7 Hz")],
        ),
        ("notch(center = 50, q = 1, center = 60)", &[("center", "`center` is given twice")]),
        (
            "notch(center = 50, q = 1, bandwidth = 1)",
            &[("bandwidth", "`bandwidth` contradicts `q`: give one of `q`, `bandwidth`")],
        ),
        (
            "notch(butterworth(order = 2), centre = 50, slope = 1)",
            &[
                ("butterworth", "`notch` takes no method: it always is of second order"),
                (
                    "centre",
                    "unknown argument of `notch`: `centre`; did you mean `center`? (valid: `c",
                ),
                ("slope", "`slope` = 1 is a width for shelves only"),
            ],
        ),
        (
            "lowpass(butterwort(order = 4), cutof = 1)",
            &[
                (
                    "butterwort",
                    "unknown method: `butterwort`; did you mean `butterworth`? (valid: `",
                ),
                ("cutof", "unknown argument of `lowpass`: `cutof`; did you mean `cutoff`?"),
            ],
        ),
        (
            "lowpass(bessel(order = 4.5, norm = mag), cutoff = 1)",
            &[
                ("4.5", "`order` = 4.5 must be an integer from 1 to 24"),
                ("mag", "unknown norm: `mag`; did you mean `magnitude`?"),
            ],
        ),
        (
            "lowpass(bessel(order = -1, norm = 2, cutoff = 8), q = 1)",
            &[
                ("-1", "`order` = -1 must be an integer from 1 to 24"),
                ("2", "`norm` must be one of `phase`, `delay`, `magnitude`"),
                ("cutoff", "`cutoff` belongs to the band, behind `bessel(…)`"),
                ("q", "`q` belongs to `resonant_lowpass(…)`: `lowpass` takes a method"),
            ],
        ),
        ("höhe(center = 1)", &[("höhe", "unknown band: `höhe`")]),
        (
            "peak(höhe = 1; q = 1)",
            &[("höhe", "unknown argument of `peak`: `höhe`"), (";", "expected `,`")],
        ),
    ] {
        assert_mistakes(text, read(text), expected);
    }
}

#[test]
fn mistakes_in_words() {
    for (text, expected) in [
        ("peek center=1", &[("peek", "unknown band: `peek`; did you mean `peak`?")] as &[_]),
        (
            "lowpass buterworth order=1 cutoff=1",
            &[("buterworth", "unknown method: `buterworth`; did you mean `butterworth`?")],
        ),
        ("lowpass cutoff=9", &[("lowpass", "`butterworth` needs `order`")]),
        (
            "lowpass order=2 cutoff=9 bessel elliptic",
            &[("elliptic", "`lowpass` takes one method only")],
        ),
        ("peak center", &[("center", "expected `center = …`")]),
        ("peak center=100", &[("peak", "`peak` needs `gain_db` and one of `q`, `bandwidth`")]),
        (
            "peak centre=100 q=1 gain_db=3",
            &[("centre", "unknown argument of `peak`: `centre`; did you mean `center`?")],
        ),
        ("notch center=1 q=1 center=2", &[("center", "`center` is given twice")]),
        ("notch center=1 q=1 bandwidth=2", &[("bandwidth", "`bandwidth` contradicts `q`")]),
        ("notch center=50Hz q=1", &[("50Hz", "expected a number without `Hz`")]),
        ("notch center=? q=1", &[("?", "expected a number")]),
        ("notch ? center=1 q=1", &[("?", "expected `name = value`")]),
        ("lowpass order=2.5 cutoff=1", &[("2.5", "`order` = 2.5 must be an integer from 1 to 24")]),
        (
            "lowpass bessel order=2 cutoff=1 norm=mag",
            &[("mag", "unknown norm: `mag`; did you mean")],
        ),
        ("peak(center = 1", &[("", "expected `)`")]),
    ] {
        assert_mistakes(text, Band::from_words(text), expected);
    }
}

proptest! {
    #[test]
    fn bands_of_any_numbers_are_read_as_they_are_written(
        index in any::<Index>(),
        values in vec(number(), 4),
    ) {
        let mut values = values.into_iter();
        let band = every_band()[index.index(every_band().len())]
            .map(|_, _| values.next().unwrap_or(1.0));
        prop_assert_eq!(band.to_string().parse(), Ok(band));
        prop_assert_eq!(Band::from_words(&in_words(&band)), Ok(band));
    }

    #[test]
    fn any_text(text in any::<String>()) {
        check_places(&text);
    }

    #[test]
    fn pieces_of_bands(pieces in vec(piece(), 0..40)) {
        check_places(&pieces.concat());
    }

    #[test]
    fn bands_with_pieces_in_them(
        index in any::<Index>(),
        edits in vec((any::<Index>(), any::<Index>(), piece()), 1..4),
    ) {
        let mut text = every_band()[index.index(every_band().len())].to_string();
        for (from, length, piece) in edits {
            let from = from.index(text.len() + 1);
            let to = (from + length.index(6)).min(text.len());
            if text.is_char_boundary(from) && text.is_char_boundary(to) {
                text.replace_range(from..to, &piece);
            }
        }
        check_places(&text);
    }
}

/// Finite numbers of every size and sign.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -1e4..1e4_f64, (-1000..1000_i32).prop_map(f64::from)]
        .prop_filter("finite", |value| value.is_finite())
}

/// Something that stands in bands, or nearly.
fn piece() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "peak", "lowpass", "bessel", "elliptic", "order", "center", "cutoff", "q", "slope", "norm",
        "gain_db", "tune", "in", "phase", "(", ")", "()", ",", "=", "..=", "..", ".", "-", "+",
        "1", "250.0", "1e", "1e9", "1e999", "_", "0x1", "8kHz", " ", "\n", "é", "'", "\"", ";",
        "((((", "e-", "ä=",
    ];
    prop_oneof![9 => select(PIECES).prop_map(String::from), 1 => any::<String>()]
}

/// Reads a text in every way. What is a band is one again when it is written; what is none is
/// wrong somewhere in it.
fn check_places(text: &str) {
    for read in [parse(text), parse_words(text)] {
        match read {
            Ok(band) => {
                let again = parse(&band.to_string()).expect(text);
                assert_eq!(again.to_string(), band.to_string());
            }
            Err(error) => {
                assert!(!error.mistakes().is_empty());
                let places = error.mistakes().iter().map(|mistake| mistake.place);
                assert!(places.clone().is_sorted_by_key(|place| place.start), "{error:?}");
                for place in places {
                    assert!(text.get(place.start..place.end).is_some(), "{text:?}: {error:?}");
                }
                assert!(!error.to_string().is_empty());
            }
        }
    }
    let fixed = text.parse::<Band<f64>>();
    assert!(fixed.is_err() || parse(text).is_ok(), "{text:?}");
}

/// Nested parentheses are no reason to run out of stack.
#[test]
fn deep_nesting() {
    for inside in ["peak(", "lowpass(bessel(", "peak(center = ", "peak(q = tune("] {
        let text = format!("{}{}", inside, "a(".repeat(1_000_000));
        assert!(parse(&text).is_err());
        assert!(parse_words(&text).is_err());
    }
}
