//! The catalogue of mistakes: each is told once, at the tokens that are wrong.
//!
//! In the specifications below, `«` and `»` stand around these tokens. The snapshots show what
//! the user sees, nearly: of what is missing behind a token, and of brackets, the compiler marks
//! the whole, proc-macro2's stand-in for it one character.

use std::fmt::Write as _;
use std::ops::Range;

use filterbank_core::{Band, Method, Width};

use super::{check, generate, print};

/// A specification with one band.
fn band(text: &str) -> String {
    format!("struct Eq: cascade(sample_rate = 48_000.0) {{\n    {text},\n}}")
}

/// A specification with one band and no sample rate.
fn band_without_rate(text: &str) -> String {
    format!("struct Eq: cascade {{\n    {text},\n}}")
}

/// A specification with one band, whose head is to be looked at.
fn head(text: &str) -> String {
    format!("{text} {{\n    mud: peak(center = 250.0, q = 1.0, gain_db = -2.5),\n}}")
}

#[test]
fn words() {
    insta::assert_snapshot!(catalogue([
        band("mud: «paek»(center = 250.0, q = 1.0, gain_db = -2.5)"),
        band("mud: «bell»(frequency = 250.0, q = 1.0, gain = -2.5)"),
        band("mud: peak(center = 250.0, q = 1.0, «gain» = -2.5)"),
        band("mud: peak(«frequency» = 250.0, q = 1.0, gain_db = -2.5)"),
        band("mud: peak(«cutoff» = 250.0, q = 1.0, gain_db = -2.5)"),
        band("top: lowpass(«butterwort»(order = 4), cutoff = 8_000.0)"),
        band("top: lowpass(«cauer»(order = 4, ripple_db = 0.1), cutoff = 8_000.0)"),
        band("top: lowpass(«cutof»(8_000.0), butterworth(order = 4))"),
        band("top: lowpass(butterworth(«ordr» = 4), cutoff = 8_000.0)"),
        band("top: lowpass(butterworth(order = 4, «norm» = phase), cutoff = 8_000.0)"),
        band("top: lowpass(bessel(order = 4, norm = «linear»), cutoff = 8_000.0)"),
        band("top: lowpass(bessel(order = 4, norm = «mag»), cutoff = 8_000.0)"),
        band("top: lowpass(bessel(order = 4, norm = «3.0»), cutoff = 8_000.0)"),
        head("struct Eq: «parallel»(sample_rate = 48_000.0)"),
        head("struct Eq: «cascad»(sample_rate = 48_000.0)"),
        head("struct Eq: cascade(«samplerate» = 48_000.0)"),
        head("struct Eq: cascade(«fs» = 48_000.0)"),
    ]));
}

#[test]
fn missing() {
    insta::assert_snapshot!(catalogue([
        band("mud: «peak»()"),
        band("mud: «peak»"),
        band("mud: «peak»(center = 250.0, q = 1.0)"),
        band("mud: «peak»(center = 250.0, gain_db = 3.0)"),
        band("mud: «low_shelf»(gain_db = 3.0)"),
        band("top: «lowpass»(butterworth(order = 4))"),
        band("top: «lowpass»(cutoff = 8_000.0)"),
        band("top: «lowpass»()"),
        band("top: «bandpass»(butterworth(order = 2), low = 300.0)"),
        band("top: lowpass(«butterworth», cutoff = 8_000.0)"),
        band("top: lowpass(«elliptic»(), cutoff = 8_000.0)"),
        band("top: lowpass(«elliptic»(order = 4), cutoff = 8_000.0)"),
        band("mud: peak(center «=», q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(«)», q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = «tune», q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 i«n»), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in 120.0 ..«=»), q = 1.0, gain_db = 3.0)"),
        "struct Eq: cascade(sample_rate = 48_000.0) {«}»".to_owned(),
    ]));
}

#[test]
fn repeated_contradictory_and_misplaced() {
    insta::assert_snapshot!(catalogue([
        band("mud: peak(center = 250.0, q = 1.0, gain_db = 3.0, «center» = 300.0)"),
        band("mud: peak(center = 250.0, q = 1.0, gain_db = 3.0, «q» = 1.0)"),
        band("mud: peak(center = 250.0, bandwidth = 1.0, «q» = 1.0, gain_db = 3.0)"),
        band("air: high_shelf(cutoff = 9e3, q = 1.0, «slope» = 1.0, gain_db = 3.0)"),
        band("air: high_shelf(cutoff = 9e3, q = 1.0, «slope» = 1.0, «bandwidth» = 1, gain_db = 3)"),
        band("mud: peak(center = 250.0, «slope» = 0.5, gain_db = 3.0)"),
        band("mud: peak(«butterworth»(order = 2), center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = 250.0, q = 1.0, gain_db = 3.0, «order» = 2)"),
        band("top: lowpass(butterworth(order = 4), «chebyshev1»(order = 4), cutoff = 8_000.0)"),
        band("top: lowpass(«order» = 4, cutoff = 8_000.0)"),
        band("top: lowpass(butterworth, «order» = 4, cutoff = 8_000.0)"),
        band("top: lowpass(chebyshev1(order = 4), cutoff = 8_000.0, «ripple_db» = 0.1)"),
        band("top: lowpass(butterworth(order = 4, «cutoff» = 8_000.0))"),
        band("top: lowpass(«q» = 0.7, cutoff = 8_000.0)"),
        band("hum: bandstop(butterworth(order = 4), low = 49.0, high = 51.0, «bandwidth» = 0.1)"),
        band("hum: bandstop(butterworth(order = 4), low = 49.0, high = 51.0, «gain_db» = -20)"),
        head("struct Eq: cascade(sample_rate = 48_000.0, «sample_rate» = 44_100.0)"),
        "struct Eq: cascade(sample_rate = 48_000.0) {\n    \
             mud: peak(center = 250.0, q = 1.0, gain_db = 3.0),\n    \
             «mud»: peak(center = 500.0, q = 1.0, gain_db = 3.0),\n}"
            .to_owned(),
    ]));
}

#[test]
fn ranges() {
    insta::assert_snapshot!(catalogue([
        band("top: lowpass(butterworth(order = 4), cutoff = «30_000.0»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «24_000»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «0»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «-440.0»)"),
        band_without_rate("top: lowpass(butterworth(order = 4), cutoff = «-1»)"),
        band_without_rate("top: lowpass(butterworth(order = 4), cutoff = «0.0»)"),
        band("mud: peak(center = 250.0, q = «0.0», gain_db = 3.0)"),
        band("mud: peak(center = 250.0, bandwidth = «-1.0», gain_db = 3.0)"),
        band("mud: peak(center = 250.0, q = 1.0, gain_db = «2e3»)"),
        band("air: high_shelf(cutoff = 8_000.0, slope = «6.0», gain_db = 12.0)"),
        band("top: lowpass(chebyshev1(order = 4, ripple_db = «0.0»), cutoff = 8_000.0)"),
        band("top: lowpass(elliptic(order = 4, ripple_db = 3.0, stop_db = «2.0»), cutoff = 8e3)"),
        band("top: lowpass(butterworth(order = «0»), cutoff = 8_000.0)"),
        band("top: lowpass(butterworth(order = «25»), cutoff = 8_000.0)"),
        band("top: lowpass(butterworth(order = «4.5»), cutoff = 8_000.0)"),
        band("top: lowpass(butterworth(order = «-1»), cutoff = 8_000.0)"),
        band("mid: bandpass(butterworth(order = 4), low = 2_000.0, high = «1_000.0»)"),
        band("mid: bandpass(butterworth(order = 4), low = 2_000.0, high = «2_000.0»)"),
        band("mid: bandpass(butterworth(order = 4), low = «30_000.0», high = 1_000.0)"),
        // Far too narrow for its order.
        band(
            "hum: bandpass(elliptic(order = 24, ripple_db = 1e-9, stop_db = 1e3), \
              low = «1e-9», high = 2e-9)"
        ),
        head("struct Eq: cascade(sample_rate = «0.0»)"),
        head("struct Eq: cascade(sample_rate = «-48_000.0»)"),
        // A rate so low that nothing fits.
        "struct Eq: cascade(sample_rate = «48.0») {\n    \
             mud: peak(center = 250.0, q = 1.0, gain_db = -2.5),\n    \
             top: lowpass(butterworth(order = «0»), cutoff = 8_000.0),\n}"
            .to_owned(),
    ]));
}

#[test]
fn tuning() {
    insta::assert_snapshot!(catalogue([
        band("mud: peak(center = tune(«25_000.0»), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(«600.0» in 120.0..=500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = 250.0, q = 1.0, gain_db = tune(«-9.0» in -6.0..=6.0))"),
        band("mud: peak(center = tune(250.0 in «500.0..=120.0»), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in «250.0..=250.0»), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in «0»..=500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in «-1.0»..=«24e3»), q = 1.0, gain_db = 3.0)"),
        band("air: high_shelf(cutoff = 8e3, slope = tune(1.0 in 0.5..=«9.0»), gain_db = 12.0)"),
        band("air: high_shelf(cutoff = 8e3, slope = 3.0, gain_db = tune(1.0 in «-24.0»..=«24.0»))"),
        band(
            "air: high_shelf(cutoff = 8e3, slope = tune(1.0 in 0.5..=«9.0»), \
             gain_db = tune(12.0 in 9.0..=15.0))",
        ),
        band(
            "mid: bandpass(butterworth(order = 2), low = tune(1e2 in 50.0..=«2e3»), \
             high = tune(1e3 in 2e2..=2e3))",
        ),
        band(
            "mid: bandpass(butterworth(order = 2), low = tune(1e2 in 60.0..=2e2), \
             high = tune(1e3 in «60.0»..=2e3))",
        ),
        band("mid: bandpass(butterworth(order = 2), low = tune(1e2 in 60.0..=«1e3»), high = 1e3)"),
        band(
            "top: lowpass(elliptic(order = 5, ripple_db = tune(1.0 in 0.1..=«60.0»), \
             stop_db = 60.0), cutoff = 8e3)",
        ),
        band("mud: peak(center = tune(250.0 in «.».), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in «.».=500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in 120.0«.».), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in 120.0«.».500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0«,» 120.0..=500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in 120.0..=500.0 «step» 1), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0 in «LOW»..=500.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = 120.0«.».=500.0, q = 1.0, gain_db = 3.0)"),
        band("top: lowpass(butterworth(order = «tune»(4)), cutoff = 8_000.0)"),
        band("top: lowpass(bessel(order = 4, norm = tune(«1»)), cutoff = 8_000.0)"),
        head("struct Eq: cascade(sample_rate = «tune»(48_000.0))"),
    ]));
}

#[test]
fn numbers() {
    insta::assert_snapshot!(catalogue([
        band("top: lowpass(butterworth(order = 4), cutoff = «CUTOFF»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «config»::CUTOFF)"),
        band("top: lowpass(butterworth(order = 4), cutoff = -«CUTOFF»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «NaN»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «sqrt»(2.0))"),
        band("top: lowpass(butterworth(order = 4), cutoff = 2.0 «*» 40.0)"),
        band("top: lowpass(butterworth(order = 4), cutoff = 2.0«.»sqrt())"),
        band("top: lowpass(butterworth(order = 4), cutoff = «(»80.0))"),
        band("top: lowpass(butterworth(order = 4), cutoff = «\"80\"»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «true»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «1e999»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «8kHz»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = «80.0_f32»)"),
        band("top: lowpass(butterworth(order = 4), cutoff = 80.0 «Hz»)"),
        band("top: lowpass(butterworth(order = «ORDER»), cutoff = 80.0)"),
        head("struct Eq: cascade(sample_rate = «SAMPLE_RATE»)"),
        head("struct Eq: cascade(«48_000.0»)"),
    ]));
}

#[test]
fn punctuation() {
    insta::assert_snapshot!(catalogue([
        band("mud: peak(center = 250.0 «q» = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = tune(250.0) «q» = 1.0 «gain_db» = 3.0)"),
        band("top: lowpass(butterworth(order = 4) «cutoff» = 8_000.0)"),
        band("top: lowpass(cutoff = 8_000.0 «butterworth»(order = 4))"),
        band("top: lowpass(elliptic(order = 4 «ripple_db» = 0.1, stop_db = 60), cutoff = 8e3)"),
        band("mud: peak(center «250.0», q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center«:» 250.0, q = 1.0, gain_db = 3.0)"),
        band("mud: peak(«center»(250.0), q = 1.0, gain_db = 3.0)"),
        band("mud: peak(«center», q = 1.0, gain_db = 3.0)"),
        band("mud: peak(«250.0», q = 1.0, gain_db = 3.0)"),
        band("mud: peak«[»center = 250.0, q = 1.0, gain_db = 3.0]"),
        band("mud: filterbank«:»:peak(center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("mud: peak(center = 250.0, q = 1.0, gain_db = 3.0)«.»twice()"),
        band("mud «peak»(center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("mud «=» peak(center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("mud«:»"),
        band("mu«d»"),
        band("mud: «250.0»"),
        band("peak«(»center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("«\"mud\"»: peak(center = 250.0, q = 1.0, gain_db = 3.0)"),
        band("«pub» mud: peak(center = 250.0, q = 1.0, gain_db = 3.0)"),
        two_bands("", "«air»"),
        two_bands("", "«#»[inline]\n    air"),
        two_bands(" «half»", "air"),
    ]));
}

/// Two bands without a comma between them.
fn two_bands(between: &str, second: &str) -> String {
    band(&format!(
        "mud: peak(center = 250.0, q = 1.0, gain_db = 3.0){between}\n    \
         {second}: high_shelf(cutoff = 8_000.0, q = 0.7, gain_db = 3.0)"
    ))
}

#[test]
fn names_of_bands() {
    let named = |name: &str| band(&format!("«{name}»: peak(center = 250.0, q = 1.0, gain_db = 3)"));
    insta::assert_snapshot!(catalogue(
        ["loop", "fn", "self", "gen", "pub", "_", "new", "tick", "process", "SECTIONS"].map(named)
    ));
}

#[test]
fn constants_of_parameters() {
    let peak = "peak(center = 250.0, q = 1.0, gain_db = tune(3.0))";
    insta::assert_snapshot!(catalogue([
        band(&format!("mud: {peak},\n    «MUD_GAIN_DB»: {peak}")),
        band(&format!("«MUD_GAIN_DB»: {peak},\n    mud: {peak}")),
        band(&format!("mud: {peak},\n    «Mud»: {peak}")),
        band(
            &format!("mud: {peak},\n    MUD: {peak},\n    «Mud»: {peak}")
                .replacen("MUD", "«MUD»", 1)
        ),
    ]));
    let untouched =
        "mud: notch(center = tune(50.0), q = 9.0), MUD: notch(center = 50.0, q = tune(9.0))";
    assert!(check(&band(untouched)).is_empty());
}

#[test]
fn heads() {
    insta::assert_snapshot!(catalogue([
        head("struct «:» cascade(sample_rate = 48_000.0)"),
        head("struct «loop»: cascade(sample_rate = 48_000.0)"),
        head("struct «S»: cascade(sample_rate = 48_000.0)"),
        head("struct Eq«<»S>: cascade(sample_rate = 48_000.0)"),
        head("struct Eq «cascade»(sample_rate = 48_000.0)"),
        head("struct E«q»"),
        head("struct Eq«:»"),
        head("struct Eq: «(»sample_rate = 48_000.0)"),
        head("struct Eq: cascade«[»sample_rate = 48_000.0]"),
        head("struct Eq: cascade(sample_rate = 48_000.0) «where» S: Copy"),
        head("«enum» Eq: cascade(sample_rate = 48_000.0)"),
        head("«Eq»: cascade(sample_rate = 48_000.0)"),
        head("#[derive(Hash)]\n«#[cfg(test)]»\nstruct Eq: cascade(sample_rate = 48_000.0)"),
        head("#[derive(Hash)]\n«#[deprecated]»\nstruct Eq: cascade(sample_rate = 48_000.0)"),
        "struct Eq: cascade«(sample_rate = 48_000.0)»".to_owned(),
        "struct E«q»".to_owned(),
        "struc«t»".to_owned(),
        "pu«b»".to_owned(),
        head("struct Eq: cascade") + " «struct» More: cascade {}",
        head("struct Eq: cascade") + "«;»",
        band("«#[cfg(test)]»\n    mud: peak(center = 250.0, q = 1.0, gain_db = 3.0)"),
    ]));
}

#[test]
fn sentences_are_those_of_the_run_time() {
    let butterworth = |order| Method::Butterworth { order };
    let elliptic = Method::Elliptic { order: 2, ripple_db: 3.0, stop_db: 2.0 };
    let too_steep = Band::high_shelf(8_000.0, Width::Slope(6.0), 12.0);
    for (text, band) in [
        ("lowpass(butterworth(order = 4), cutoff = 3e4)", Band::lowpass(butterworth(4), 3e4)),
        ("lowpass(butterworth(order = 25), cutoff = 3e3)", Band::lowpass(butterworth(25), 3e3)),
        (
            "bandstop(butterworth(order = 4), low = 9.5, high = 9)",
            Band::bandstop(butterworth(4), 9.5, 9.0),
        ),
        (
            "highpass(elliptic(order = 2, ripple_db = 3, stop_db = 2), cutoff = 80)",
            Band::highpass(elliptic, 80.0),
        ),
        ("notch(center = 50.0, q = 0)", Band::notch(50.0, 0.0)),
        ("peak(center = 50.0, slope = 1, gain_db = 3)", Band::peak(50.0, Width::Slope(1.0), 3.0)),
        ("peak(center = 50.0, q = 1, gain_db = -1e4)", Band::peak(50.0, 1.0, -1e4)),
        ("high_shelf(cutoff = 8e3, slope = 6.0, gain_db = 12.0)", too_steep),
        (
            "bandpass(butterworth(order = 24), low = 1e-9, high = 2e-9)",
            Band::bandpass(butterworth(24), 1e-9, 2e-9),
        ),
    ] {
        let error = band.sections(48_000.0).expect_err("a mistake").to_string();
        let errors = check(&self::band(&format!("name: {text}")));
        assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [error]);
    }
}

/// All at once, each in its place; what is right is not mentioned.
#[test]
fn many() {
    insta::assert_snapshot!(catalogue(["\
/// Thirteen mistakes.
pub struct Eq: «cascde»(«sample_rat» = 48_000.0) {
    rumble: highpass(butterworth(order = «0»), cutoff = 80.0),
    «loop»: peak(center = 100.0, q = 1.0, gain_db = tune(3.0 in «-2e3»..=6.0)),
    mud: «paek»(center = 250.0, q = 1.0, gain_db = -2.5),
    fine: notch(center = 50.0, q = 30.0),
    «mud»: «peak»(center = 300.0, gain_db = 1.0 «+» 1.0),
    mid: bandpass(elliptic(order = 3, ripple_db = 1.0, stop_db = «0.5»), low = 500.0, «hihg» = 2e3)
    «air»: high_shelf(cutoff = tune(8_000.0 in «9_000.0..=7_000.0»), q = 0.7, gain_db = 1.5),
}"]));
}

/// A mistake in one band changes nothing for the rest of the user's crate: the struct is there,
/// with its bands and functions.
#[test]
fn shell() {
    for broken in [
        "mud: paek(center = 250.0)",
        "mud: peak()",
        "mud:",
        "mud",
        "mud peak(center = 250.0, q = 1.0, gain_db = 3.0)",
        "pub mud: peak(center = 250.0, q = 1.0, gain_db = 3.0)",
        "mud: peak(center = A, q = 1.0, gain_db = tune(3.0))",
        "mud: lowpass(butterworth(order = 4), cutoff = 1e999)",
        "mud: bandpass(butterworth(order = 99), low = 2.0, high = 3.0)",
        "mud: peak(center = 250.0, q = 1.0, gain_db = 3.0) oops",
    ] {
        let source = format!(
            "pub struct Eq: bank(sample_rate = 48_000.0) {{
                rumble: highpass(butterworth(order = 4), cutoff = 80.0),
                {broken},
                air: high_shelf(cutoff = tune(10_000.0), q = 0.707, gain_db = 1.5),
            }}"
        );
        let code = print(generate(&source));
        assert_eq!(code.matches("compile_error!").count(), 1, "{code}");
        for name in ["new", "new_f32", "from_params", "rumble", "mud", "air", "tick"] {
            let function = format!("fn {name}(");
            assert!(code.contains(&function), "no {name} in the shell for {broken}:\n{code}");
        }
    }
}

#[test]
fn shell_without_a_right_head() {
    for (broken, new) in [
        ("struct Eq cascade(sample_rate = 48_000.0)", "const fn new()"),
        ("struct Eq<S>: bank(sample_rate = 48_000.0)", "const fn new()"),
        ("struct Eq: parallel(sample_rate = 48_000.0)", "const fn new()"),
        ("struct Eq: cascade(sample_rate = RATE)", "const fn new()"),
        ("struct Eq: cascade(rate = 48_000.0)", "const fn new()"),
        ("struct Eq", "fn new("),
    ] {
        let code = print(generate(&head(broken)));
        assert_eq!(code.matches("compile_error!").count(), 1, "{code}");
        assert!(code.contains("struct Eq") && code.contains("fn mud("), "{code}");
        assert!(code.contains(new), "{code}");
    }
}

/// What the user sees of these specifications. Panics unless their mistakes are those that are
/// marked.
fn catalogue<T: AsRef<str>>(specifications: impl IntoIterator<Item = T>) -> String {
    let mut unexpected = String::new();
    let rendered: Vec<_> = specifications
        .into_iter()
        .map(|specification| render(specification.as_ref(), &mut unexpected))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected}");
    rendered.join("\n")
}

fn render(marked: &str, unexpected: &mut String) -> String {
    let (source, expected) = unmark(marked);
    let errors = check(&source);
    let mut places: Vec<_> = errors.iter().map(|error| place(&source, error.span())).collect();
    let mut rendered = String::new();
    for (error, place) in errors.iter().zip(&places) {
        let start = source[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = source[start..].find('\n').map_or(source.len(), |length| start + length);
        let line = source[..start].matches('\n').count() + 1;
        let indent = source[start..place.start].chars().count();
        let carets = source[place.start..place.end.min(end)].chars().count().max(1);
        let _ = write!(
            rendered,
            "{line} | {}\n  | {:indent$}{} {error}\n",
            &source[start..end],
            "",
            "^".repeat(carets)
        );
    }
    places.sort_by_key(|place| place.start);
    if places != expected {
        let texts: Vec<_> = places.iter().map(|place| &source[place.clone()]).collect();
        let _ = writeln!(unexpected, "{marked}\nhas its mistakes at {texts:?}:\n{rendered}");
    }
    let code = print(generate(&source));
    assert_eq!(code.matches("compile_error!").count(), errors.len(), "{marked}\n{code}");
    rendered
}

/// The source without its marks, and the byte ranges that were marked.
fn unmark(marked: &str) -> (String, Vec<Range<usize>>) {
    let (mut source, mut ranges) = (String::new(), Vec::new());
    for (index, part) in marked.split(['«', '»']).enumerate() {
        let start = source.len();
        source.push_str(part);
        if index % 2 == 1 {
            ranges.push(start..source.len());
        }
    }
    (source, ranges)
}

/// Where in the source a span lies.
fn place(source: &str, span: proc_macro2::Span) -> Range<usize> {
    let offset = |at: proc_macro2::LineColumn| {
        let lines: usize = source.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
        let line = &source[lines..];
        lines + line.char_indices().nth(at.column).map_or(line.len(), |(offset, _)| offset)
    };
    offset(span.start())..offset(span.end())
}
