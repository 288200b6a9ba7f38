//! Curves as measurement programs, equalisers and spreadsheets write them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, assert_contains};

/// A made-up measurement of about 75 dB SPL, as different programs write it.
const CURVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/curves");

/// A search that is quick and always the same.
const QUICK: [&str; 6] = ["--peaks", "2", "--no-shelves", "--starts", "0", "--json"];

fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("flat.csv", "20,0\n20000,0\n");
    folder
}

/// The result for a measurement and a flat target; the duration of the search is left out.
fn equalised(folder: &Folder, file: &str, options: &[&str]) -> Value {
    let files = ["fit", "--measurement", file, "--target", "flat.csv"];
    let output = folder.succeed(&[&files[..], &QUICK, options].concat());
    let mut value: Value = serde_json::from_str(&output).expect("it prints JSON");
    value.as_object_mut().expect("an object").remove("seconds");
    value
}

/// The same without its notes.
fn without_notes(mut value: Value) -> Value {
    value.as_object_mut().expect("an object").remove("notes");
    value
}

/// Panics unless two results agree to nine digits: frequencies in kHz are rounded.
#[track_caller]
fn assert_close(found: &Value, expected: &Value, name: &str) {
    match (found, expected) {
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{name}: {found} {expected}");
            a.values().zip(b.values()).for_each(|(a, b)| assert_close(a, b, name));
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{name}: {found} {expected}");
            a.iter().zip(b).for_each(|(a, b)| assert_close(a, b, name));
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().expect("a number"), b.as_f64().expect("a number"));
            assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs()), "{name}: {a} {b}");
        }
        _ => assert_eq!(found, expected, "{name}"),
    }
}

/// All notes, one on each line.
fn notes(value: &Value) -> String {
    let notes = value["notes"].as_array().expect("a list");
    let lines: Vec<_> = notes.iter().map(|note| note.as_str().expect("text")).collect();
    lines.join("\n")
}

fn case(name: &str) -> String {
    format!("{CURVES}/{name}")
}

/// The rows of the plain file.
fn plain() -> Vec<(f64, f64)> {
    let text = fs::read_to_string(case("plain.csv")).expect("it is there");
    let row = |line: &str| {
        let (frequency, level) = line.split_once(',').expect("two columns");
        (frequency.parse().expect("a number"), level.parse().expect("a number"))
    };
    text.lines().map(row).collect()
}

#[test]
fn every_kind_gives_the_same_curve() {
    let folder = folder("curve_kinds");
    let expected = without_notes(equalised(&folder, &case("plain.csv"), &[]));
    for (file, note) in [
        ("bom_crlf.csv", ""),
        ("utf16le_no_mark.csv", ""),
        ("decimal_comma_semicolon.csv", ""),
        ("decimal_comma_comma.txt", ""),
        ("khz_header.csv", ""),
        ("descending.csv", "sorted by frequency"),
        ("repeated_rows.csv", "5 repeated frequencies: levels averaged"),
        ("text_after_points.txt", "6 lines of text between or below the points"),
        (
            "analyser_summary.csv",
            "`--column` chooses another one: 4 (`Frequency Response Right dBSPL`)",
        ),
        ("columns_by_header.csv", ""),
        ("level_first.csv", ""),
        ("index_column.csv", ""),
        ("units_hz_db.txt", ""),
        ("ctrl_z.csv", ""),
        ("thousands.csv", ""),
    ] {
        let found = equalised(&folder, &case(file), &[]);
        assert_contains(&notes(&found), &[note]);
        assert_eq!(notes(&found).is_empty(), note.is_empty(), "{file}: {found}");
        assert_close(&without_notes(found), &expected, file);
    }
}

#[test]
fn pressures_are_converted() {
    let folder = folder("curve_pressures");
    let expected = equalised(&folder, &case("plain.csv"), &[]);
    let found = equalised(&folder, &case("pascal.csv"), &[]);
    assert_contains(
        &notes(&found),
        &["column 2 (`Pa`) is a pressure in pascals, converted to dB SPL"],
    );
    let rms = |value: &Value| value["before"]["rms_db"].as_f64().expect("a number");
    // The file has six digits.
    assert!((rms(&found) - rms(&expected)).abs() < 1e-4);
    folder.write("v.csv", "Hz,V\n20,1\n200,0.1\n2000,1\n20000,1\n");
    folder.write("db.csv", "Hz,dB\n20,0\n200,-20\n2000,0\n20000,0\n");
    let converted = equalised(&folder, "v.csv", &[]);
    assert_contains(&notes(&converted), &["a voltage, converted to dB"]);
    assert_eq!(without_notes(converted), without_notes(equalised(&folder, "db.csv", &[])));
}

#[test]
fn rows_without_a_level_are_counted() {
    let folder = folder("curve_missing_levels");
    for (file, note) in [
        ("nan_level.csv", "3 rows without a level left out, the first in line 8: `NaN`"),
        ("question_mark.txt", "6 rows without a level left out, the first in line 3: `?`"),
        ("empty_level.csv", "1 row without a level left out, the first in line 1: ``"),
    ] {
        let found = equalised(&folder, &case(file), &[]);
        assert_contains(&notes(&found), &[note]);
    }
    let rows: Vec<String> = plain().iter().map(|(f, level)| format!("{f};{level}\n")).collect();
    for missing in ["--", "N/A", "nan", "-inf", "#DIV/0!", "null", "", "-", "1e999", "n/a"] {
        let mut rows = rows.clone();
        rows.insert(7, format!("33;{missing}\n"));
        folder.write("missing.csv", &rows.concat());
        let found = equalised(&folder, "missing.csv", &[]);
        let note = format!("1 row without a level left out, the first in line 8: `{missing}`");
        assert_contains(&notes(&found), &[&note]);
        let expected = equalised(&folder, &case("plain.csv"), &[]);
        assert_eq!(without_notes(found), without_notes(expected), "{missing}");
    }
}

#[test]
fn other_programs_files_are_read() {
    let folder = folder("curve_programs");
    let rows = |separator: &str, digits: usize, tail: &str| -> String {
        let row =
            |(f, level): &(f64, f64)| format!("{f:.digits$}{separator}{level:.digits$}{tail}\n");
        plain().iter().map(row).collect()
    };
    let commas = |text: &str| text.replace('.', ",");
    let expected = without_notes(equalised(&folder, &case("plain.csv"), &[]));
    for (name, text) in [
        (
            "Room EQ Wizard",
            format!(
                "* Measurement data saved by REW V5.20\n* Dated: 13-Sep-2020 10:11:12\n\
                 * Frequency Step: 96 ppo\n* Start Frequency: 20.0 Hz\n*\n\
                 * Freq(Hz) SPL(dB) Phase(degrees)\n{}",
                rows(" ", 3, " -12.3456"),
            ),
        ),
        (
            "Room EQ Wizard with decimal commas",
            format!("* Freq(Hz)\tSPL(dB)\tPhase(degrees)\n{}", commas(&rows("\t", 3, "\t-12.3"))),
        ),
        ("ARTA", format!("Frequency(Hz)\tMagn(dB)\tPhase(deg)\n{}", rows("\t", 4, "\t7.5"))),
        ("CLIO", format!("Freq[Hz]    dBSPL   Phase[Deg]\n{}", rows("    ", 2, "    7.5"))),
        ("Klippel", format!("\"Frequency [Hz]\"\t\"KLIPPEL [dB]\"\n{}", rows("\t", 5, ""))),
        ("Klippel, for MATLAB", format!("Curve1=[\n{}];\n", rows("\t", 2, ";"))),
        (
            "a microphone's calibration",
            format!("\"Sens Factor =-1.4dB, SERNO: 7001870\"\n{}", rows("\t", 3, "")),
        ),
        ("a microphone's sensitivity", format!("*1000Hz\t-40.2\n{}", rows("\t", 2, ""))),
        (
            "Holm Impulse",
            format!("# Version: 1.4.2.0\n# Freq[Hz] dB Phase\n{}", rows("   ", 2, "   0.1")),
        ),
        ("a spreadsheet", format!("sep=;\nFrequenz;Pegel\n{}", commas(&rows(";", 2, "")))),
        ("a spreadsheet's empty columns", format!("Hz,dB,,\n{}", rows(",", 2, ",,"))),
        ("units below names", format!("Frequency,Level\nHz,dB\n{}", rows(",", 2, ""))),
        ("a preamble", format!("Date,today\nRate,48000 Hz\n\nHz,dB\n\n{}", rows(",", 2, ""))),
        ("a number above the header", format!("48000\nHz,dB\n{}", rows(",", 2, ""))),
        ("a second table", format!("Hz,dB\n{}Hz,THD (%)\n20,1\n30,2\n40,1\n", rows(",", 2, ""))),
        (
            "distortion before the level",
            format!("Hz,THD (%)\n20,1\n30,2\n40,1\nHz,dB\n{}", rows(",", 2, "")),
        ),
        ("pages", rows(",", 2, "").replacen("1002.37,", "page 2 of 2\n1002.37,", 1)),
        ("old line ends", rows(",", 2, "").replace('\n', "\r")),
        (
            "quotes",
            rows("\",\"", 2, "\"")
                .replace('\n', "\n\"")
                .trim_end_matches('"')
                .replacen("20", "\"20", 1),
        ),
        (
            "whole lines in quotes",
            rows(",", 2, "\"")
                .replace('\n', "\n\"")
                .trim_end_matches('"')
                .replacen("20", "\"20", 1),
        ),
        ("zero bytes at the end", format!("{}\0\0\0\0\0\0\0\0", rows(",", 2, ""))),
        ("spaces as thousands", commas(&rows(";", 2, "")).replace("1002,37", "1 002,37")),
    ] {
        folder.write("file.txt", &text);
        let found = equalised(&folder, "file.txt", &[]);
        assert_close(&without_notes(found), &expected, name);
    }
}

#[test]
fn encodings_are_recognised() {
    let folder = folder("curve_encodings");
    let rows: Vec<String> = plain().iter().map(|(f, level)| format!("{f},{level}\n")).collect();
    let text = rows.concat();
    let expected = without_notes(equalised(&folder, &case("plain.csv"), &[]));
    let words: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let big: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    let latin = [b"# Messung f\xfcr \xb5, 20 \xb0C\n", text.as_bytes()].concat();
    for (name, bytes) in [
        ("UTF-16, little", [&b"\xff\xfe"[..], &little].concat()),
        ("UTF-16, big", [&b"\xfe\xff"[..], &big].concat()),
        ("UTF-16, big, no mark", big),
        ("Latin-1", latin),
    ] {
        fs::write(folder.path("file.csv"), bytes).expect("it can be written");
        let found = equalised(&folder, "file.csv", &[]);
        assert_eq!(without_notes(found), expected, "{name}");
    }
}

#[test]
fn a_column_can_be_chosen() {
    let folder = folder("curve_columns");
    let file = case("analyser_summary.csv");
    let left = equalised(&folder, &file, &[]);
    let right = equalised(&folder, &file, &["--column", "right"]);
    // The right channel is 1 dB louder, so it gives the same EQ; its curve is another one.
    assert_close(&left["filters"], &right["filters"], "the channels");
    assert!(!notes(&right).contains("chooses another one"), "{right}");
    folder.write(
        "two.csv",
        "Hz,Left (dB),Right (dB)\n20,70,70\n200,70,80\n2000,70,70\n20000,70,70\n",
    );
    let flat = |column: &str| {
        let before = &equalised(&folder, "two.csv", &["--column", column])["before"]["rms_db"];
        before.as_f64().expect("a number") < 1e-9
    };
    assert!(flat("left") && flat("2") && !flat("right") && !flat("3"));
    let target = ["--target", "two.csv", "--measurement", "flat.csv"];
    let fit = |column| {
        let options = ["--target-column", column];
        let output = folder.succeed(&[&["fit"], &target[..], &QUICK, &options].concat());
        let value: Value = serde_json::from_str(&output).expect("it prints JSON");
        value["before"]["rms_db"].as_f64().expect("a number") < 1e-9
    };
    assert!(fit("left") && !fit("right"));
    for (column, phrase) in [
        (
            "middle",
            "`two.csv`: there is no column `middle` (`--column`); its columns are 1 (`Hz`), 2 (`Left (dB)`)",
        ),
        ("dB", "names several columns"),
        ("hz", "column 1 (`Hz`) holds frequencies"),
    ] {
        let arguments =
            ["fit", "--measurement", "two.csv", "--target", "flat.csv", "--column", column];
        folder.fail(&arguments, 2, phrase);
    }
}

#[test]
fn files_of_headphones_have_a_column_for_each_role() {
    let folder = folder("curve_roles");
    let row = |step: i32| {
        let frequency = 20.0 * 2_f64.powi(step);
        let (equalization, target) = if step == 4 { (5, 70) } else { (0, 60) };
        format!("{frequency},60,60,9,{equalization},{target}\n")
    };
    let rows: String = (0..10).map(row).collect();
    folder.write("all.csv", &format!("frequency,raw,smoothed,error,equalization,target\n{rows}"));
    let level = |arguments: &[&str]| {
        let output = folder.succeed(&[&["fit"], arguments, &QUICK].concat());
        let value: Value = serde_json::from_str(&output).expect("it prints JSON");
        let filters = value["filters"].as_array().expect("a list");
        filters.iter().filter_map(|row| row[3].as_f64()).fold(0.0, f64::max)
    };
    // The curve is 5 dB high, the target 10 dB above the measurement.
    let (curve, difference) = (
        level(&["all.csv"]),
        level(&["--measurement", "all.csv", "--target", "all.csv", "--max-boost", "20"]),
    );
    assert!((curve - 5.0).abs() < 1.0 && (difference - 10.0).abs() < 2.0, "{curve} {difference}");
}

#[test]
fn equalisers_are_curves() {
    let folder = folder("curve_equalisers");
    let fit = |file: &str, options: &[&str]| {
        let layout = [
            "--peaks",
            "1",
            "--high-shelf",
            "9000",
            "--starts",
            "20",
            "--restraint",
            "0",
            "--json",
        ];
        let run = folder.run(&[&["fit", file], &layout[..], options].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let value: Value = serde_json::from_str(&run.output).expect("it prints JSON");
        (value["filters"].clone(), run.errors)
    };
    // Whether a band is there, as far as the fit finds it.
    let has = |filters: &Value, kind: &str, expected: [f64; 3]| {
        filters.as_array().expect("a list").iter().any(|row| {
            let number = |index: usize| row[index].as_f64().expect("a number");
            row[0] == kind
                && (1..4).all(|index| (number(index) / expected[index - 1] - 1.0).abs() < 0.05)
        })
    };
    let (filters, errors) = fit(&case("parametric_eq.txt"), &[]);
    assert_contains(&errors, &["1 filter off left out", "the preamp is left out"]);
    // The two filters that are on: the shelf is the one that every EQ has.
    assert!(has(&filters, "low_shelf", [105.0, 0.7, 5.4]), "{filters}");
    assert!(has(&filters, "peak", [2_000.0, 1.41, -3.0]), "{filters}");
    let (filters, errors) = fit(&case("graphic_eq.txt"), &[]);
    assert!(filters.as_array().is_some_and(|rows| rows.len() == 3) && errors.is_empty());

    folder.write(
        "rew.txt",
        "Filter Settings file\n\nRoom EQ V5.19\n\nNotes: none\n\nEqualiser: Generic\n\
         Filter  1: ON  PK       Fc    2,000 Hz  Gain  -3.0 dB  Q  1.41\n\
         Filter  2: ON  None\n\
         Filter  3: ON  LS  Fc 105.0 Hz Gain 0.0 dB\n",
    );
    let (filters, _) = fit("rew.txt", &[]);
    assert!(has(&filters, "peak", [2_000.0, 1.41, -3.0]), "{filters}");
    folder.write(
        "channels.txt",
        "Channel: L\nFilter: ON PK Fc 500 Hz Gain 6 dB Q 1\n\
         Channel: R\nFilter: ON PK Fc 2 kHz Gain 3 dB BW Oct 1.39\n\
         Channel: all\nGraphicEQ: 20 0; 20000 0\n",
    );
    let (filters, errors) = fit("channels.txt", &[]);
    assert!(has(&filters, "peak", [500.0, 1.0, 6.0]), "{filters}");
    assert_contains(&errors, &["channel `L` is read; `--column` chooses another one: L, R"]);
    let (filters, _) = fit("channels.txt", &["--column", "right"]);
    assert!(has(&filters, "peak", [2_000.0, 1.0, 3.0]), "{filters}");

    for (text, phrase) in [
        (
            "Filter 1: ON XX Fc 100 Hz Gain 1 dB Q 1",
            "line 1: the filter type `XX` is not known; PK, LS",
        ),
        ("Filter 1: ON PK Gain 1 dB Q 1", "needs a frequency: Fc 1000 Hz"),
        ("Filter 1: ON PK Fc 100 Hz Gain 1 dB", "needs Q"),
        ("Filter 1: OFF PK Fc 100 Hz Gain 1 dB Q 1", "none of its filters is on"),
        ("GraphicEQ: 20 1; 30", "line 1: `30` is not a frequency in Hz and a gain in dB"),
        (
            "Filter 1: ON PK Fc 30000 Hz Gain 1 dB Q 1",
            "`center` = 30000 Hz must lie strictly between",
        ),
    ] {
        folder.write("wrong.txt", text);
        folder.fail(&["fit", "wrong.txt"], 2, phrase);
    }
}

#[test]
fn files_without_a_curve_are_refused_with_advice() {
    let folder = folder("curve_refusals");
    let fail = |file: &str, phrase: &str| {
        folder.fail(&["fit", "--measurement", file, "--target", "flat.csv"], 2, phrase);
    };
    fail(&case("html.txt"), "is a web page, not the file that it shows: download the file itself");
    fail(&case("impedance.txt"), "column 2 (`Z(Ohms)`) is an impedance in ohms, not a level");
    for (name, contents, phrase) in [
        (
            "a.xlsx",
            &b"PK\x03\x04 rest"[..],
            "is a spreadsheet or a ZIP archive: save the sheet as CSV",
        ),
        ("a.mdat", b"\xac\xed\x00\x05sr\x00", "choose File, Export, Export measurement as text"),
        ("b.mdat", b"\x01\x02\x03\x04\x05\x06", "choose File, Export, Export measurement as text"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "is audio, not a curve"),
        ("a.pdf", b"%PDF-1.4\n1 0 obj", "is a PDF"),
        (
            "a.json",
            b"{\"frequency\": [20, 30], \"raw\": [1, 2]}",
            "is JSON: export the curve as text",
        ),
        ("list.json", b"[[20, 75.2], [30, 75.3]]", "is JSON"),
        ("a.xml", b"<?xml version=\"1.0\"?>\n<a>20,75</a>", "is XML"),
        ("a.bin", b"\x00\x01\x02\x03\xff\xfe\x00\x04", "is not text"),
        ("a.zma", b"20 6.5 10\n30 7.5 10\n", "is an impedance in ohms, not a level"),
        (
            "ohms.txt",
            b"Impedance of a driver in ohms\n20\t6.5\n30\t7.5\n40\t8\n",
            "is an impedance in ohms",
        ),
        ("cells.txt", b"20 Hz\t6.5 ohm\n30 Hz\t7 ohm\n", "line 1: `6.5 ohm` is an impedance"),
        ("empty.csv", b"", "it is empty: two columns are needed, frequency in Hz and level in dB"),
        ("words.csv", b"frequency,level\n", "it has no numbers: two columns are needed"),
        ("one.csv", b"20\n30\n40\n", "there is one column only"),
        ("none.csv", b"20,?\n30,?\n40,?\n", "no row has a level"),
        (
            "phase.csv",
            b"Hz,Phase (deg)\n20,3\n30,4\n",
            "no column holds levels in dB; its columns are 1 (`Hz`)",
        ),
        (
            "commas.csv",
            b"20,0,75,2\n30,5,75,3\n",
            "its commas may be decimal marks or separate columns",
        ),
        ("negative.csv", b"-20,1\n30,2\n", "line 1: the frequency -20 Hz must be at least 0"),
        ("loud.csv", b"20,1\n30,2000\n", "line 2: the level 2000 dB must lie from -1000 to 1000"),
        ("khz.csv", b"0.02,70\n1,71\n20,70\n", "if its frequencies are in kHz, say so in a header"),
    ] {
        fs::write(folder.path(name), contents).expect("it can be written");
        // Their curves are far from 1 kHz.
        let options = ["--range", "25..20000"];
        let files = ["fit", "--measurement", name, "--target", "flat.csv"];
        if name == "khz.csv" {
            folder.fail(&["fit", name, "--range", "100..20000"], 2, phrase);
        } else {
            folder.fail(&[&files[..], &options].concat(), 2, phrase);
        }
    }
    fail("missing.csv", "`missing.csv` cannot be read: ");
    fs::create_dir(folder.path("folder")).expect("it can be made");
    fail("folder", "`folder` cannot be read: ");
}

#[test]
fn bass_alone_is_levelled_over_its_own_range() {
    let folder = folder("curve_bass");
    let found = equalised(&folder, &case("bass_only.csv"), &[]);
    assert_contains(&notes(&found), &["the level is compared from 20 Hz to 200 Hz"]);
    let filters = found["filters"].as_array().expect("a list");
    let frequencies: Vec<_> = filters.iter().filter_map(|row| row[1].as_f64()).collect();
    assert!(frequencies.iter().all(|hz| (20.0..=200.0).contains(hz)), "{frequencies:?}");
    let files = ["fit", "--measurement", &case("bass_only.csv"), "--target", "flat.csv"];
    let run = folder.run(&[&files[..], &["--peaks", "2", "--starts", "0"]].concat());
    assert_contains(
        &run.errors,
        &["the high shelf at 10 kHz is left out, since the curve goes from"],
    );
    assert!(run.output.contains("low shelf") && !run.output.contains("high shelf"), "{run:?}");
}

#[test]
fn octaves_count_not_rows() {
    let folder = folder("curve_octaves");
    let measured = |file: &str| {
        let files = ["fit", "--measurement", &case(file), "--target", "flat.csv", "--json"];
        serde_json::from_str(&folder.succeed(&files)).expect("it prints JSON")
    };
    let wanted = |file: &str| {
        // The same as the gain that makes the measurement flat.
        let text = fs::read_to_string(case(file)).expect("it is there");
        let row = |line: &str| {
            let (frequency, level) = line.split_once(',').expect("two columns");
            format!("{frequency},{:.2}\n", 75.0 - level.parse::<f64>().expect("a number"))
        };
        folder.write("wanted.csv", &text.lines().map(row).collect::<String>());
        let output = folder.succeed(&["fit", "wanted.csv", "--peaks", "4", "--json"]);
        serde_json::from_str(&output).expect("it prints JSON")
    };
    for (plain, linear) in [
        (measured("plain.csv"), measured("linear_spaced.csv")),
        (wanted("plain.csv"), wanted("linear_spaced.csv")),
    ] {
        for step in 0..=300 {
            let frequency = 20.0 * 1_000_f64.powf(f64::from(step) / 300.0);
            let (a, b) = (level(&plain, frequency), level(&linear, frequency));
            assert!((a - b).abs() < 0.02, "{a} and {b} dB at {frequency} Hz");
        }
    }
}

/// The level of an EQ in JSON.
fn level(eq: &Value, frequency: f64) -> f64 {
    let bands = eq["filters"].as_array().expect("a list").iter().map(|row| {
        let number = |index: usize| row[index].as_f64().expect("a number");
        let (hz, q, gain_db) = (number(1), number(2), number(3));
        match row[0].as_str() {
            Some("low_shelf") => filterbank::Band::low_shelf(hz, q, gain_db),
            Some("high_shelf") => filterbank::Band::high_shelf(hz, q, gain_db),
            _ => filterbank::Band::peak(hz, q, gain_db),
        }
    });
    let bands: Vec<_> = bands.collect();
    let rate = eq["sample_rate"].as_f64().expect("a number");
    let cascade = filterbank::Cascade::from_bands(&bands, rate).expect("it can be designed");
    cascade.magnitude_db(frequency)
}

#[test]
fn no_case_is_forgotten() {
    let source = include_str!("curve_files.rs");
    for entry in fs::read_dir(Path::new(CURVES)).expect("the folder exists") {
        let name = entry.expect("it can be read").file_name().to_string_lossy().into_owned();
        assert!(source.contains(&format!("\"{name}\"")), "{name}");
    }
}
