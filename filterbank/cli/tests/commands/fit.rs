//! `filterbank fit`.

use filterbank::{Band, Cascade};
use serde_json::Value;

use crate::support::{Folder, assert_contains};

const TARGET: &str = include_str!("../../data/target.csv");
const HEADPHONE: &str = include_str!("../../data/headphone.csv");

fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("target.csv", TARGET);
    folder.write("headphone.csv", HEADPHONE);
    folder
}

#[test]
fn without_arguments_it_fits_draws_and_checks_an_example() {
    let folder = Folder::new("fit_example");
    let output = folder.succeed(&["fit"]);
    assert_contains(&output, &["as promised", "dB RMS", "filterbank fit --measurement", "preamp"]);
    assert_eq!(folder.names(), ["fit_eq.svg"]);
    assert_contains(&folder.read("fit_eq.svg"), &["</svg>", "with the EQ", "target"]);
}

#[test]
fn the_example_replaces_only_its_own_picture() {
    let folder = Folder::new("fit_example_again");
    folder.succeed(&["fit"]);
    let picture = folder.read("fit_eq.svg");
    folder.succeed(&["fit"]);
    assert_eq!(folder.read("fit_eq.svg"), picture);
    for other in ["", "<svg>a year of work</svg>", &format!("{picture}\n")] {
        folder.write("fit_eq.svg", other);
        folder.fail(&["fit"], 1, "`fit_eq.svg` exists already with other contents");
        assert_eq!(folder.read("fit_eq.svg"), other);
    }
    assert_eq!(folder.names(), ["fit_eq.svg"]);
}

#[test]
fn files_hold_the_eq_and_its_picture() {
    let folder = folder("fit_files");
    let arguments = ["fit", "target.csv", "--peaks", "3", "--out", "eq.txt", "--plot", "eq.svg"];
    let report = folder.succeed(&arguments);
    assert_contains(&report, &["dB RMS", "preamp", "written  eq.txt", "written  eq.svg"]);

    let eq = folder.read("eq.txt");
    let lines: Vec<_> = eq.lines().collect();
    assert!(lines[0].starts_with("Preamp: -") && lines[0].ends_with(" dB"), "{eq}");
    let count = |kind: &str| eq.matches(&format!("ON {kind} Fc ")).count();
    assert_eq!((lines.len(), count("LSC"), count("HSC"), count("PK")), (6, 1, 1, 3), "{eq}");
    assert!(folder.read("eq.svg").trim_end().ends_with("</svg>"));

    // Files of the last run are replaced only if that is asked for; there are no other files.
    folder.fail(&arguments, 1, "`eq.txt` exists already: give --force to replace it");
    folder.write("eq.txt", "old");
    folder.write("eq.svg", "old");
    folder.succeed(&[&arguments[..], &["--force"]].concat());
    assert_eq!(folder.names(), ["eq.svg", "eq.txt", "headphone.csv", "target.csv"]);
    assert_eq!(folder.read("eq.txt"), eq);
}

#[test]
fn json_has_the_filters_and_is_the_same_each_time() {
    let folder = folder("fit_json");
    let json = |arguments: &[&str]| -> Value {
        let mut value: Value =
            serde_json::from_str(&folder.succeed(arguments)).expect("it prints JSON");
        let fields = value.as_object_mut().expect("an object");
        let seconds = fields.remove("seconds").and_then(|seconds| seconds.as_f64());
        assert!(seconds.is_some_and(|seconds| seconds > 0.0));
        value
    };
    let arguments = ["fit", "target.csv", "--peaks", "2", "--sample-rate", "48000", "--json"];
    let value = json(&arguments);
    assert_eq!(value["sample_rate"], 48_000.0);
    assert!(value["rms_db"].as_f64().is_some_and(|rms_db| rms_db > 0.0 && rms_db < 1.0));
    let filters = value["filters"].as_array().expect("a list");
    let kinds: Vec<_> = filters.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(kinds, [Some("low_shelf"), Some("high_shelf"), Some("peak"), Some("peak")]);
    for row in filters {
        assert_eq!(row.as_array().map(Vec::len), Some(4), "{row}");
    }
    assert_eq!(json(&arguments), value);

    let difference = ["fit", "--measurement", "headphone.csv", "--target", "target.csv", "--json"];
    assert_eq!(json(&difference)["filters"].as_array().map(Vec::len), Some(10));
}

#[test]
fn json_and_report_tell_the_distance_before_and_after() {
    let folder = folder("fit_distance");
    let files = ["fit", "--measurement", "headphone.csv", "--target", "target.csv"];
    let value: Value = serde_json::from_str(&folder.succeed(&[&files[..], &["--json"]].concat()))
        .expect("it prints JSON");
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value}"));
    let (before, after) = (number(&value["before"]["rms_db"]), number(&value["after"]["rms_db"]));
    // What the EQ leaves is what was smoothed away, and the error of the fit.
    let rms = number(&value["rms_db"]);
    assert!(before > 2.0 && after < 0.5 * before && after >= rms, "{before} {after} {rms}");
    assert!(number(&value["preamp_db"]) < 0.0);
    let largest = &value["largest_error"];
    assert!(number(&largest["db"]).abs() >= rms && number(&largest["hz"]) < 10_000.0, "{largest}");
    assert_eq!(value["notes"], Value::Array(Vec::new()));
    let line =
        format!("distance {before:.2} dB RMS from the target before the EQ, {after:.2} dB after");
    assert_contains(&folder.succeed(&files), &[&line]);
}

#[test]
fn a_measurement_is_no_curve() {
    let folder = folder("fit_measurement_as_curve");
    folder.write("my room.csv", "20,84\n200,86\n2000,85\n20000,83\n");
    let phrase = "`my room.csv` has a mean level of 84.9 dB: it looks like a measurement, but CURVE is \
                  the gain wanted; to equalise a measurement, type: filterbank fit --measurement \
                  'my room.csv' --target TARGET.csv";
    folder.fail(&["fit", "my room.csv", "--peaks", "1", "--no-shelves"], 2, phrase);
    folder.write("quiet.csv", "20,-44\n200,-46\n2000,-45\n20000,-43\n");
    folder.fail(&["fit", "quiet.csv", "--peaks", "1"], 2, "it looks like a measurement");
    // Gains that the bands can have are no mistake.
    folder.write("deep.csv", "20,-30\n200,-36\n2000,-25\n20000,-23\n");
    folder.succeed(&["fit", "deep.csv", "--peaks", "1", "--no-shelves", "--gain-db", "-40..0"]);
}

#[test]
fn the_level_is_compared_where_it_is_asked() {
    let folder = folder("fit_level");
    // 6 dB above 3 kHz.
    let rows: Vec<String> = (0..=120)
        .map(|step| 20.0 * 1_000_f64.powf(f64::from(step) / 120.0))
        .map(|f| format!("{f},{}\n", if f < 3_000.0 { 70.0 } else { 76.0 }))
        .collect();
    folder.write("high.csv", &rows.concat());
    folder.write("flat.csv", "20,0\n20000,0\n");
    let preamp = |level: &[&str]| {
        let files = ["fit", "--measurement", "high.csv", "--target", "flat.csv", "--json"];
        let output = folder.succeed(&[&files[..], &["--starts", "10"], level].concat());
        let value: Value = serde_json::from_str(&output).expect("it prints JSON");
        value["preamp_db"].as_f64().expect("a number")
    };
    // Where the treble is 0 dB, all else needs a boost.
    assert!(preamp(&[]) > -1.5 && preamp(&["--level", "1000"]) > -1.5);
    assert!(preamp(&["--level", "5000..10000"]) < -5.0);
    let free = preamp(&["--level", "free"]);
    assert!((-3.5..-1.0).contains(&free), "{free}");
    let outside = ["fit", "--measurement", "high.csv", "--target", "flat.csv", "--level", "1..2"];
    folder.fail(&outside, 2, "`--level` is outside the common range of `high.csv` and the target");
}

#[test]
fn standard_input_and_output_have_a_name() {
    use std::io::Write as _;
    use std::process::Stdio;

    use crate::support::Run;

    let folder = folder("fit_standard");
    let piped = |arguments: &[&str], input: &str| {
        let mut command = folder.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().expect("the program can be started");
        let mut pipe = running.stdin.take().expect("it is piped");
        pipe.write_all(input.as_bytes()).expect("it reads");
        drop(pipe);
        Run::from(running.wait_with_output().expect("it ends"))
    };
    let run = piped(&["fit", "-", "--peaks", "1", "--out", "-"], TARGET);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.output.starts_with("Preamp: ") && run.output.lines().count() == 4, "{run:?}");
    assert_contains(&run.errors, &["standard input: ", "distance", "written  to standard output"]);
    let run =
        piped(&["fit", "--measurement", "headphone.csv", "--target", "-", "--plot", "-"], TARGET);
    assert!(run.code == Some(0) && run.output.starts_with("<svg"), "{run:?}");
    assert_eq!(folder.names(), ["headphone.csv", "target.csv"]);
    for (arguments, phrase) in [
        (&["--measurement", "-", "--target", "-"][..], "standard input can be read once only"),
        (&["target.csv", "--out", "-", "--plot", "-"], "standard output is the output twice"),
        (&["target.csv", "--out", "-", "--json"], "both write to standard output"),
        (&["-"], "standard input: it is empty"),
    ] {
        folder.fail(&[&["fit"], arguments].concat(), 2, phrase);
    }
}

/// What `the_name_of_the_file_tells_the_format` fits, as the program writes it.
mod written {
    include!("../data/eq.rs");
}

#[test]
fn the_name_of_the_file_tells_the_format() {
    let folder = folder("fit_formats");
    let made =
        "Filter 1: ON PK Fc 500 Hz Gain 6 dB Q 1\nFilter 2: ON PK Fc 3000 Hz Gain -4 dB Q 2\n";
    folder.write("made.txt", made);
    let fit = |file: &str| {
        let layout = ["--peaks", "2", "--starts", "20", "--no-shelves", "--restraint", "0"];
        folder.succeed(&[&["fit", "made.txt", "--out", file], &layout[..]].concat());
        folder.read(file)
    };
    // The compiler has designed this text.
    assert_eq!(fit("eq.rs"), include_str!("../data/eq.rs"));
    let (compiled, apo, camilla) = (written::Eq::new(), fit("eq.txt"), fit("eq.yml"));
    let bands = apo.lines().skip(1).map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let number = |index: usize| -> f64 { words[index].parse().expect("a number") };
        let (hz, gain_db, q) = (number(5), number(8), number(11));
        let row = format!("{{ type: Peaking, freq: {hz:?}, q: {q:?}, gain: {gain_db:?} }}");
        assert_contains(&camilla, &[&row]);
        Band::peak(hz, q, gain_db)
    });
    let bands: Vec<_> = bands.collect();
    assert_contains(&camilla, &["parameters: { gain: -6.0 }", "names: [preamp, peak1, peak2]"]);
    let eq = Cascade::from_bands(&bands, 44_100.0).expect("it can be designed");
    for hz in [20.0, 200.0, 2_000.0, 20_000.0] {
        assert!((eq.magnitude_db(hz) - compiled.magnitude_db(hz)).abs() < 1e-9, "{hz} Hz");
    }
    // What was written can be read: another fit finds the same bands.
    let again = ["fit", "eq.txt", "--peaks", "2", "--no-shelves", "--starts", "20", "--json"];
    let value: Value = serde_json::from_str(&folder.succeed(&again)).expect("it prints JSON");
    assert!(value["rms_db"].as_f64().is_some_and(|rms_db| rms_db < 0.05), "{value}");
}

#[test]
fn options_limit_the_bands() {
    let folder = folder("fit_options");
    let output = folder.succeed(&[
        "fit",
        "target.csv",
        "--no-shelves",
        "--peaks",
        "4",
        "--q",
        "0.5..2",
        "--gain-db",
        "-3..3",
        "--frequency",
        "100..5000",
        "--json",
    ]);
    let value: Value = serde_json::from_str(&output).expect("it prints JSON");
    let filters = value["filters"].as_array().expect("a list");
    assert_eq!(filters.len(), 4);
    for row in filters {
        let [kind, frequency, q, gain_db] = [&row[0], &row[1], &row[2], &row[3]];
        assert_eq!(kind, "peak");
        let within = |value: &Value, low: f64, high: f64| {
            value.as_f64().is_some_and(|value| (low - 1e-9..=high + 1e-9).contains(&value))
        };
        assert!(within(frequency, 100.0, 5_000.0) && within(q, 0.5, 2.0), "{row}");
        assert!(within(gain_db, -3.0, 3.0), "{row}");
    }
}

#[test]
fn curves_are_read_as_measurement_programs_write_them() {
    let folder = Folder::new("fit_curves");
    let points = |separator: &str, comma: bool| {
        let line = |index: i32| {
            let frequency = 20.0 * 1.2_f64.powi(index);
            let text = format!("{frequency:.2}{separator}{:.2}", 3.0 - 0.1 * f64::from(index));
            if comma { text.replace('.', ",") } else { text }
        };
        (0..37).map(line).collect::<Vec<_>>().join("\r\n")
    };
    folder.write("plain.csv", &format!("* a comment\nFreq,dB\n{}", points(",", false)));
    folder.write("comma.txt", &format!("\u{feff}{}", points(";", true)));
    let fitted = |file: &str| {
        let report = folder.succeed(&["fit", file, "--peaks", "1"]);
        let (_, bands) = report.split_once('\n').expect("lines");
        bands.split("time ").next().expect("a part").to_owned()
    };
    assert_eq!(fitted("plain.csv"), fitted("comma.txt"));

    // Points out of range are left out, with a note.
    folder.write("wide.csv", &format!("5,1\n{}\n30000,2\n", points(",", false)));
    let run = folder.run(&["fit", "wide.csv", "--peaks", "1"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_contains(&run.errors, &["note: `wide.csv`: 2 points outside 20 Hz to 20 kHz left out"]);
}

#[test]
fn mistakes_are_named() {
    let folder = folder("fit_mistakes");
    folder.write("words.csv", "frequency,level\n");
    for (arguments, phrase) in [
        (&["target.csv", "--q", "6..1"][..], "the range is empty; did you mean 1..6?"),
        (&["target.csv", "--q", "0..6"], "both ends must be above 0"),
        (&["target.csv", "--gain-db", "1..6"], "the range must contain 0"),
        (&["target.csv", "--peaks", "many"], "not a whole number of at least 0"),
        (&["target.csv", "--peaks", "100"], "lower `--peaks` or give more points"),
        (&["target.csv", "--max-boost", "3"], "`--max-boost` is for `--target`"),
        (&["target.csv", "--low-shelf", "30000"], "or give `--no-shelves`"),
        (&["target.csv", "--range", "1..2"], "has no points in the range to fit, 1 Hz to 2 Hz"),
        (&["missing.csv"], "`missing.csv` cannot be read: "),
        (&["words.csv"], "`words.csv`: it has no numbers"),
        (&["target.csv", "--level", "1000"], "`--level` is for `--target`"),
        (
            &["target.csv", "--level", "fre"],
            "a range such as 500..2000, a frequency in Hz, or `free`",
        ),
        (&["target.csv", "--target-column", "raw"], "`--target-column` is for `--target`"),
        (&["--peaks", "3"], "nothing to fit: give CURVE"),
        (&["--measurement", "headphone.csv"], "--target <FILE>"),
        (&["target.csv", "--measurement", "headphone.csv"], "cannot be used with"),
    ] {
        folder.fail(&[&["fit"], arguments].concat(), 2, phrase);
    }
    for option in ["--out", "--plot"] {
        let arguments = ["fit", "target.csv", "--peaks", "1", option, "missing/file"];
        folder.fail(&arguments, 1, "`missing/file` cannot be written: ");
    }
}

#[test]
fn outputs_are_never_inputs_or_each_other() {
    let folder = folder("fit_outputs");
    let input = "is the input: write to another file";
    for name in ["target.csv", "./target.csv"] {
        for option in ["--out", "--plot"] {
            let curve = ["fit", "target.csv", "--peaks", "1", option, name];
            folder.fail(&curve, 2, &format!("`{name}` {input}"));
            let files = ["--measurement", "headphone.csv", "--target", "target.csv"];
            folder.fail(&[&["fit"], &files[..], &[option, name]].concat(), 2, input);
        }
    }
    for (out, plot) in [("eq", "eq"), ("eq", "./eq")] {
        let arguments = ["fit", "target.csv", "--out", out, "--plot", plot];
        folder.fail(&arguments, 2, "is the output twice");
    }
    assert_eq!(folder.read("target.csv"), TARGET);
    assert_eq!(folder.names(), ["headphone.csv", "target.csv"]);
    // Nothing is lost in a device.
    let nowhere =
        ["fit", "target.csv", "--peaks", "1", "--out", "/dev/null", "--plot", "/dev/null"];
    #[cfg(unix)]
    folder.succeed(&nowhere);
    #[cfg(target_os = "linux")]
    for option in ["--out", "--plot"] {
        let full = ["fit", "target.csv", "--peaks", "1", option, "/dev/full"];
        folder.fail(&full, 1, "`/dev/full` cannot be written: ");
    }
}
