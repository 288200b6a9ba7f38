//! What `cargo expand` shows, for a spread of specifications.

use super::{generate, print};

/// The expansion of a specification without mistakes.
fn expansion(specification: &str) -> String {
    let code = print(generate(specification));
    assert!(!code.contains("compile_error!"), "{code}");
    code
}

#[test]
fn cascade() {
    insta::assert_snapshot!(expansion(
        "
        /// Vocal channel EQ.
        #[must_use]
        pub(crate) struct VocalEq: cascade(sample_rate = 48_000.0) {
            /// Keeps the stage out.
            rumble: highpass(butterworth(order = 4), cutoff = 80.0),
            mud: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
            #[inline]
            air: high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = tune(1.5 in -6.0..=6.0)),
        }
        "
    ));
}

#[test]
fn bank() {
    insta::assert_snapshot!(expansion(
        "
        pub struct Crossover: bank(sample_rate = 44_100.0) {
            low: lowpass(bessel(order = 4, norm = magnitude), cutoff = tune(300.0)),
            mid: bandpass(butterworth(order = 3), low = tune(300.0), high = tune(3_000.0)),
            high: highpass(chebyshev2(order = 5, stop_db = 50.0), cutoff = 3_000.0),
        }
        "
    ));
}

#[test]
fn without_a_sample_rate() {
    insta::assert_snapshot!(expansion(
        "
        struct Phono: cascade {
            bass: low_shelf(cutoff = 120.0, slope = tune(0.9 in 0.1..=1.0), gain_db = 3.0),
            hum: bandstop(
                elliptic(order = 2, ripple_db = tune(0.5), stop_db = 40),
                low = 45.0,
                high = 55.0,
            ),
        }
        "
    ));
}

#[test]
fn bank_without_a_sample_rate() {
    insta::assert_snapshot!(expansion(
        "
        pub(super) struct Halves: bank() {
            low: lowpass(chebyshev1(order = 2, ripple_db = 0.1), cutoff = 1_000.0),
            high: highpass(chebyshev1(order = 2, ripple_db = 0.1), cutoff = 1_000.0),
        }
        "
    ));
}

/// The documentation tells which values within their bounds exclude each other, if there are any.
#[test]
fn bounds_that_exclude_each_other_are_documented() {
    let documented = |band: &str| {
        let code = expansion(&format!("struct Eq: cascade(sample_rate = 48_000.0) {{ {band} }}"));
        let lines = code.lines().filter_map(|line| line.strip_prefix("/// - "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let bandpass = |low: &str, high: &str| {
        documented(&format!("b: bandpass(butterworth(order = 2), low = {low}, high = {high})"))
    };
    let shelf = |slope: &str, gain_db: &str| {
        documented(&format!("s: low_shelf(cutoff = 100, slope = {slope}, gain_db = {gain_db})"))
    };
    let elliptic = |ripple_db: &str, stop_db: &str| {
        let method = format!("elliptic(order = 3, ripple_db = {ripple_db}, stop_db = {stop_db})");
        documented(&format!("l: lowpass({method}, cutoff = 100)"))
    };
    let low = "tune(100 in 20..=1000)";
    for (lines, expected) in [
        (
            bandpass(low, "tune(500 in 200..=5000)"),
            "`b`: `high` = 200 Hz must be above `low` = 1000 Hz.",
        ),
        (
            bandpass(low, "tune(500 in 50..=5000)"),
            "`b`: `high` = 50 Hz must be above `low` = 1000 Hz.",
        ),
        (
            shelf("tune(1 in 0.5..=8)", "tune(0 in -24..=24)"),
            "`s`: `slope` = 8 must lie strictly between 0 and 1.8960.",
        ),
        (
            elliptic("tune(1 in 0.1..=6)", "tune(60 in 3..=90)"),
            "`l`: `stop_db` = 3 dB must be above `ripple_db` = 6 dB.",
        ),
    ] {
        assert_eq!(lines, [expected]);
    }
    for fine in [
        bandpass("tune(100 in 20..=199)", "tune(500 in 200..=5000)"),
        bandpass("tune(100)", "tune(500 in 200..=5000)"),
        shelf("tune(1 in 0.5..=8)", "tune(0 in -3..=3)"),
        shelf("tune(1 in 0.5..=1)", "tune(0 in -24..=24)"),
        elliptic("tune(1 in 0.1..=2)", "tune(60 in 3..=90)"),
    ] {
        assert_eq!(fine, [""; 0]);
    }
}

/// A bound is right if it can be designed with some values of the other parameters.
#[test]
fn bounds_may_overlap() {
    for band in [
        "b: bandpass(butterworth(order = 2), low = tune(100 in 20..=1000), high = tune(500 in 50..=5000))",
        "b: bandpass(butterworth(order = 2), low = tune(100 in 20..=1000), high = tune(500))",
        "b: bandstop(butterworth(order = 2), low = tune(100), high = tune(500 in 50..=5000))",
        "s: low_shelf(cutoff = 100, slope = tune(3 in 0.5..=8), gain_db = tune(2 in -24..=24))",
        "s: low_shelf(cutoff = 100, slope = tune(1 in 0.5..=8), gain_db = tune(24))",
        "s: low_shelf(cutoff = 100, slope = tune(3), gain_db = tune(2 in -24..=24))",
        "l: lowpass(elliptic(order = 3, ripple_db = tune(1 in 0.1..=9), stop_db = tune(60)), cutoff = 9)",
        "l: lowpass(elliptic(order = 3, ripple_db = tune(1), stop_db = tune(60 in 0.5..=90)), cutoff = 9)",
    ] {
        for head in ["cascade", "cascade(sample_rate = 48_000.0)"] {
            expansion(&format!("struct Eq: {head} {{ {band} }}"));
        }
    }
}

#[test]
fn one_band_with_nothing_tuned() {
    insta::assert_snapshot!(expansion(
        "struct Hum: cascade(sample_rate = 48_000.0) { mains: notch(center = 50.0, q = 30.0) }"
    ));
}

/// The sections and their documentation, of those that are not in the other snapshots.
#[test]
fn every_shape() {
    insta::assert_snapshot!(expansion(
        "
        struct Shapes: cascade(sample_rate = 96_000.0) {
            a: resonant_lowpass(cutoff = tune(20_000.0), q = 2.0),
            b: resonant_highpass(cutoff = 20.0, bandwidth = tune(2.0)),
            c: bandpass_constant_skirt(center = tune(440.0), q = tune(0.5)),
            d: bandpass_constant_peak(center = tune(440.0), bandwidth = 3.0),
            e: allpass(center = tune(440.0), q = 0.5),
            r#type: notch(center = 10_000.0, bandwidth = tune(0.1 in 0.01..=1.0)),
        }
        "
    ));
}

/// Every band and method, every argument of each tuned: what is written is what is designed.
#[test]
fn every_band_as_an_expression() {
    let methods = [
        "butterworth(order = 3)",
        "chebyshev1(order = 3, ripple_db = tune(0.5))",
        "chebyshev2(order = 3, stop_db = tune(40.0))",
        "elliptic(order = 3, ripple_db = tune(0.5), stop_db = tune(40.0))",
        "bessel(order = 3)",
        "bessel(order = 3, norm = delay)",
    ];
    let mut bands = Vec::new();
    for method in methods {
        bands.push(format!("lowpass({method}, cutoff = tune(1_000.0))"));
        bands.push(format!("highpass({method}, cutoff = tune(1_000.0))"));
        bands.push(format!("bandpass({method}, low = tune(1_000.0), high = tune(2_000.0))"));
        bands.push(format!("bandstop({method}, low = tune(1_000.0), high = tune(2_000.0))"));
    }
    for width in ["q", "bandwidth", "slope"] {
        let width = format!("{width} = tune(0.5)");
        for shelf in ["low_shelf", "high_shelf"] {
            bands.push(format!("{shelf}(cutoff = tune(1_000.0), {width}, gain_db = tune(-3.0))"));
        }
        if width.starts_with("slope") {
            continue;
        }
        for shape in ["resonant_lowpass", "resonant_highpass"] {
            bands.push(format!("{shape}(cutoff = tune(1_000.0), {width})"));
        }
        let centred = ["bandpass_constant_skirt", "bandpass_constant_peak", "notch", "allpass"];
        for shape in centred {
            bands.push(format!("{shape}(center = tune(1_000.0), {width})"));
        }
        bands.push(format!("peak(center = tune(1_000.0), {width}, gain_db = tune(-3.0))"));
    }
    let mut expressions = String::new();
    for band in bands {
        let code = expansion(&format!("struct Eq: cascade {{ b: {band} }}"));
        let start = code.find("&::filterbank::Band::").expect("a band");
        let end = code[start..].find("sample_rate,").expect("the last argument");
        let expression: Vec<&str> = code[start..start + end].split_whitespace().collect();
        let expression = expression.join(" ").replace("::filterbank::", "");
        expressions.extend([&band, "\n    ", &expression, "\n"]);
    }
    insta::assert_snapshot!(expressions);
}

/// Names of what is generated, with which a band would collide. (Those of the library's functions
/// are compared to its source by the workspace's tests.)
#[test]
fn generated_names_are_reserved() {
    let mut names = Vec::new();
    for arrangement in ["cascade", "bank"] {
        for rate in ["", "(sample_rate = 48_000.0)"] {
            let band = "mains: notch(center = tune(50.0), q = 30.0)";
            let code = expansion(&format!("struct Hum: {arrangement}{rate} {{ {band} }}"));
            names.extend(associated(&code));
        }
    }
    assert!(names.iter().any(|name| name == "from_params"), "{names:?}");
    // Constants of parameters are compared with the names of the bands that are there.
    let of_the_band = ["mains", "MAINS_CENTER"];
    names.retain(|name| !crate::check::TAKEN.contains(&name.as_str()));
    names.retain(|name| !of_the_band.contains(&name.as_str()));
    assert!(names.is_empty(), "{names:?}");
}

/// The names of all constants and functions of types.
fn associated(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for item in syn::parse_file(code).expect("Rust").items {
        let syn::Item::Impl(item) = item else { continue };
        for item in item.items {
            match item {
                syn::ImplItem::Fn(function) => names.push(function.sig.ident.to_string()),
                syn::ImplItem::Const(constant) => names.push(constant.ident.to_string()),
                _ => {}
            }
        }
    }
    names
}
