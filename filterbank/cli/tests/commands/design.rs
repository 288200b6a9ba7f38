//! `filterbank design`.

use filterbank::{Band, Dual, Section, Width};
use serde_json::Value;

use crate::support::{Folder, assert_contains};

#[test]
fn without_arguments_it_designs_an_example() {
    let folder = Folder::new("design_example");
    let output = folder.succeed(&["design"]);
    let example = "For example: filterbank design --method elliptic --order 5 --lowpass 4000";
    assert_contains(&output, &[example, "Elliptic lowpass of order 5", "Stable: "]);
    assert!(folder.names().is_empty());
}

#[test]
fn the_report_has_levels_coefficients_and_roots() {
    let folder = Folder::new("design_report");
    let arguments = "design --method elliptic --order 5 --ripple-db 0.1 --stop-db 60 \
                     --lowpass 1000 --plot f.svg";
    let output = folder.succeed(&arguments.split_whitespace().collect::<Vec<_>>());
    assert_contains(
        &output,
        &[
            "Elliptic lowpass of order 5, 1000 Hz, ripple 0.1 dB, stopband -60 dB",
            "3 sections at a sample rate of 48000 Hz",
            "edge of the passband",
            "Poles and zeros",
            "Stable: ",
        ],
    );
    assert_contains(&folder.read("f.svg"), &["magnitude (dB)", "group delay", "zeros", "</svg>"]);
}

#[test]
fn only_zeros_have_no_level() {
    let folder = Folder::new("design_zeros");
    let report =
        |arguments: &str| folder.succeed(&arguments.split_whitespace().collect::<Vec<_>>());
    // The edges are less than a ten-billionth of a radian from the zeros.
    let narrow = report("design --method butterworth --order 12 --bandstop 1000,1000.000001");
    let edges: Vec<_> = narrow.lines().filter(|line| line.contains("er edge ")).collect();
    assert_eq!(edges.len(), 2, "{narrow}");
    for edge in edges {
        assert_contains(edge, &["-3.01"]);
    }
    for notch in
        ["design --notch 50 --q 30", "design --notch 0.1 --q 30", "design --notch 23900 --q 2"]
    {
        assert_contains(&report(notch), &["-inf"]);
    }
}

#[test]
fn designs_that_numbers_do_not_carry_come_with_a_warning() {
    let folder = Folder::new("design_rounding");
    let run = |arguments: &str| {
        let run = folder.run(&arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    };
    let rounding_db = |arguments: &str| {
        let value: Value = serde_json::from_str(&run(arguments).output).expect("it prints JSON");
        value["rounding_db"].clone()
    };
    let warning = "warning: Butterworth highpass of order 24, 0.0001 Hz: rounding of the \
                   coefficients leaves its level at the edge undetermined";
    let undetermined = "design --highpass 0.0001 --order 24";
    let report = run(undetermined);
    assert!(report.errors.starts_with(warning) && report.errors.lines().count() == 1, "{report:?}");
    assert_contains(&report.output, &["leaves the level at the edge undetermined"]);
    assert!(rounding_db(&format!("{undetermined} --json")).is_null());

    let rough = "design --method butterworth --order 4 --highpass 0.001";
    assert_contains(
        &run(rough).errors,
        &["warning: ", "may move its level by ", " dB at the edge"],
    );
    let rough = rounding_db(&format!("{rough} --json"));
    assert!(rough.as_f64().is_some_and(|size| (0.1..10.0).contains(&size)), "{rough}");

    // Few designs are so steep and low.
    for fine in ["design", "design --highpass 20 --order 4", "design --notch 50 --q 30"] {
        let run = run(fine);
        assert!(run.errors.is_empty(), "{run:?}");
        assert_contains(&run.output, &["may move the level at the edge by "]);
    }
    let fine = rounding_db("design --highpass 20 --order 4 --json");
    assert!(fine.as_f64().is_some_and(|size| size > 0.0 && size < 1e-3), "{fine}");
}

/// A zero at 0 Hz is at 0 Hz, however close the edge.
#[test]
fn an_edge_next_to_0_hz_has_a_level() {
    let folder = Folder::new("design_next_to_zero");
    let report = folder.succeed(&["design", "--highpass", "0.0001", "--order", "1"]);
    let edge = report.lines().find(|line| line.starts_with("edge")).expect("the edge");
    assert_contains(edge, &["-3.01"]);
}

#[test]
fn json_has_the_librarys_numbers_bit_for_bit() {
    let folder = Folder::new("design_json");
    let arguments = ["design", "--peak", "1000", "--q", "2", "--gain-db", "-6", "--json"];
    let value: Value = serde_json::from_str(&folder.succeed(&arguments)).expect("it prints JSON");

    let [center, q, gain_db] = Dual::seed([1_000.0, 2.0, -6.0]);
    let band = Band::peak(center, Width::Q(q), gain_db);
    let sections = band.sections(48_000.0).expect("the band can be designed");
    let rows = |number: &dyn Fn(Dual<f64, 3>) -> f64| -> Vec<[f64; 6]> {
        sections.iter().map(|section: &Section<_>| section.row().map(number)).collect()
    };
    assert_eq!(value["sample_rate"], 48_000.0);
    assert_eq!(value["sections"], serde_json::json!(rows(&|number| number.value())));
    for (index, (name, param)) in
        [("center", 1_000.0), ("q", 2.0), ("gain_db", -6.0)].into_iter().enumerate()
    {
        assert_eq!(value["params"][name], param);
        let tangents = serde_json::json!(rows(&|number| number.tangent()[index]));
        assert_eq!(value["tangents"][name], tangents, "{name}");
    }
}

#[test]
fn every_band_and_method_is_designed() {
    let folder = Folder::new("design_bands");
    for (arguments, description) in [
        ("--highpass 80", "Butterworth highpass of order 4, 80 Hz"),
        ("--lowpass 80 --method bessel --norm delay", "Bessel lowpass of order 4, 80 Hz"),
        ("--bandpass 300,3400 --method chebyshev2", "Chebyshev II bandpass of order 4"),
        ("--bandstop 95,105 --method chebyshev1 --order 3", "Chebyshev I bandstop of order 3"),
        ("--peak 250 --bandwidth 1 --gain-db -6", "Peak of -6 dB at 250 Hz, 1 octaves wide"),
        ("--low-shelf 100 --slope 0.9 --gain-db 3", "Low shelf of +3 dB below 100 Hz, slope 0.9"),
        ("--high-shelf 10000 --gain-db 3", "High shelf of +3 dB above 10000 Hz, Q 0.707107"),
        ("--notch 50 --q 30", "Notch at 50 Hz, Q 30"),
    ] {
        let arguments: Vec<_> = ["design"].into_iter().chain(arguments.split(' ')).collect();
        assert_contains(&folder.succeed(&arguments), &[description, "Stable: "]);
    }
}

#[test]
fn mistakes_are_named_by_their_options() {
    let folder = Folder::new("design_mistakes");
    for (arguments, phrase) in [
        (
            "--lowpass 30000",
            "`--lowpass` = 30000 Hz must lie strictly between 0 and the Nyquist frequency 24000 Hz",
        ),
        ("--lowpass x", "invalid value 'x' for '--lowpass <HZ>': not a number"),
        ("--lowpass 100 --order 25", "`--order` = 25 must be an integer from 1 to 24"),
        ("--lowpass 100 --highpass 200", "cannot be used with"),
        ("--lowpass 100 --q 2", "`--lowpass` takes no `--q`: it is for --peak"),
        ("--lowpass 100 --ripple-db 1", "a Butterworth filter takes no `--ripple-db`"),
        ("--bandpass 300", "two frequencies with a comma between them are needed"),
        ("--bandpass 400,300", "`--bandpass HI` = 300 Hz must be above"),
        ("--peak 100", "`--peak` needs `--gain-db DB`"),
        ("--sample-rate 8000", "nothing to design: give one of --lowpass"),
    ] {
        let arguments: Vec<_> = ["design"].into_iter().chain(arguments.split(' ')).collect();
        folder.fail(&arguments, 2, phrase);
    }
    // All mistakes are reported at once.
    let run = folder.run(&["design", "--peak", "30000", "--q", "0", "--gain-db", "-6"]);
    assert_eq!(run.errors.lines().count(), 2, "{run:?}");

    folder.write("f.svg", "precious");
    let existing = ["design", "--lowpass", "100", "--plot", "f.svg"];
    folder.fail(&existing, 1, "`f.svg` exists already: give --force to replace it");
    assert_eq!(folder.read("f.svg"), "precious");
    folder.succeed(&[&existing[..], &["--force"]].concat());
    assert!(folder.read("f.svg").starts_with("<svg"));
    let standard = folder.succeed(&["design", "--lowpass", "100", "--plot", "-"]);
    assert_eq!(standard, folder.read("f.svg"));
    let plot = ["design", "--lowpass", "100", "--plot", "missing/f.svg"];
    folder.fail(&plot, 1, "`missing/f.svg` cannot be written: ");
}
