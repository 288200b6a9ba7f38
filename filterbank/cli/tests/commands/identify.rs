//! `filterbank identify`.

use std::f64::consts::TAU;

use crate::support::{Folder, assert_contains};

/// Frequency in Hz, decay by 60 dB in s, amplitude, phase.
const MODES: [[f64; 4]; 2] = [[500.0, 0.05, 0.5, 0.4], [3_000.0, 0.02, 0.25, -0.7]];

/// The modes as a recording at 48 kHz, rounded to 16 bits.
fn recording() -> Vec<i16> {
    let sample = |n: i32| {
        let time = f64::from(n) / 48_000.0;
        let mode = |[frequency, decay, amplitude, phase]: [f64; 4]| {
            let envelope = amplitude * 10.0_f64.powf(-3.0 * time / decay);
            envelope * (TAU * frequency * time + phase).cos()
        };
        #[allow(clippy::cast_possible_truncation, reason = "modes are below full scale")]
        let rounded = (32_768.0 * MODES.map(mode).iter().sum::<f64>()).round() as i16;
        rounded
    };
    (0..4_800).map(sample).collect()
}

#[test]
fn modes_are_found_within_their_error_bars() {
    let folder = Folder::new("identify_modes");
    folder.write_wav("bell.wav", &[recording()]);
    let output = folder.succeed(&["identify", "bell.wav", "--modes", "2"]);
    assert_contains(&output, &["frequency (Hz)", "rms of the residuals", "converged"]);
    for (mode, line) in MODES.iter().zip(output.lines().skip(1)) {
        let cells: Vec<&str> = line.split_whitespace().filter(|cell| *cell != "±").collect();
        let numbers: Vec<f64> =
            cells.iter().map(|cell| cell.parse().expect("a row of numbers")).collect();
        for (truth, found) in mode.iter().zip(numbers[1..].chunks_exact(2)) {
            // Rounding is not white noise, so more than the usual two standard errors are allowed.
            assert!((found[0] - truth).abs() <= 5.0 * found[1], "{truth}: {line}");
            assert!(found[1] < 0.01 * truth.abs(), "{line}");
        }
    }
}

#[test]
fn a_mode_that_is_left_out_gives_a_warning() {
    let folder = Folder::new("identify_warning");
    folder.write_wav("bell.wav", &[recording()]);
    let output = folder.succeed(&["identify", "bell.wav", "--modes", "1"]);
    assert_contains(&output, &["\nwarning: the residuals are not independent"]);
}

#[test]
fn the_input_may_be_recorded_too() {
    let folder = Folder::new("identify_input");
    let mut impulse = vec![0; 4_800];
    impulse[0] = i16::MAX;
    folder.write_wav("bell.wav", &[recording()]);
    folder.write_wav("hammer.wav", &[impulse]);
    let output = folder.succeed(&["identify", "bell.wav", "--input", "hammer.wav", "--modes", "2"]);
    assert_contains(&output, &["\n   1", "500.0", "\n   2", "converged"]);
}

#[test]
fn the_example_counts_how_often_error_bars_hold() {
    let folder = Folder::new("identify_example");
    let output = folder.succeed(&["identify", "--repeats", "20"]);
    assert_contains(&output, &["440 Hz, 0.6 s", "over 20 recordings", "1.96 standard errors"]);
    let first = folder.succeed(&["identify", "--repeats", "0"]);
    assert!(output.starts_with(&first), "the same seed gives the same recording");
}

/// Noise of 16 bits at a quarter of full scale.
fn noise(count: usize) -> Vec<i16> {
    let mut random = 1_u32;
    let mut next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i16::try_from(random >> 18).expect("14 bits") - 8_192
    };
    (0..count).map(|_| next()).collect()
}

/// The value and the standard error of a parameter in a table.
fn value(table: &str, name: &str) -> [f64; 2] {
    let of_name = |line: &&str| line.split('=').next().is_some_and(|word| word.trim() == name);
    let line = table.lines().find(of_name).unwrap_or_else(|| panic!("{name}: {table}"));
    let words: Vec<&str> = line.split_whitespace().skip_while(|word| *word != "=").collect();
    [words[1], words[3]].map(|word| word.parse().unwrap_or_else(|_| panic!("{line}")))
}

#[test]
fn bands_are_found_behind_a_gain_a_delay_and_an_offset() {
    let folder = Folder::new("identify_bands");
    let input = noise(6_000);
    let late: Vec<i16> = [0; 5].into_iter().chain(input[..5_995].iter().map(|x| -x)).collect();
    folder.write_wav("in.wav", &[input]);
    folder.write_wav("late.wav", &[late]);
    let filter = ["--band", "peak center=1500 q=3 gain_db=6", "--gain-db", "-6.0206"];
    folder.succeed(&[&["filter", "late.wav", "out.wav"], &filter[..]].concat());

    let band = "peak(center = tune(1000 in 200..=5000), q = tune(1), gain_db = tune(0))";
    let identify = ["identify", "out.wav", "--input", "in.wav", "--band", band];
    let table = folder.succeed(&identify);
    assert_contains(&table, &[" Hz\n", " dB\n", " samples\n", "converged"]);
    for (name, truth) in [
        ("peak.center", 1_500.0),
        ("peak.q", 3.0),
        ("peak.gain_db", 6.0),
        ("recording.gain", -0.5),
        ("recording.delay", 5.0),
        ("recording.offset", 0.0),
    ] {
        let [found, error] = value(&table, name);
        assert!(
            (found - truth).abs() <= 5.0 * error && error < 1e-3 * truth.abs().max(1.0),
            "{table}"
        );
    }

    // What is known is not in the table.
    let known = [&identify[..], &["--gain", "-0.5", "--offset", "0", "--max-delay", "0"]].concat();
    let table = folder.succeed(&known);
    assert!(!table.contains("recording."), "{table}");
    let running = folder.succeed(&[&identify[..], &["--running"]].concat());
    assert_contains(&running, &["recording.state[0].s1", "recording.state[0].s2"]);
}

#[test]
fn mistakes_in_bands_are_named() {
    let folder = Folder::new("identify_bands_mistakes");
    folder.write_wav("out.wav", &[noise(100)]);
    let fail = |arguments: &[&str], code, phrase: &str| {
        folder.fail(&[&["identify", "out.wav"], arguments].concat(), code, phrase);
    };
    fail(&["--band", "peek(q = 1)"], 2, "--band \"peek(q = 1)\": unknown band: `peek`");
    let high = "lowpass(butterworth(order = 2), cutoff = tune(30000))";
    fail(&["--band", high], 2, "`cutoff` = 30000 Hz must lie strictly between 0 and");
    let band = "lowpass(butterworth(order = 2), cutoff = tune(3000))";
    fail(&["--band", band, "--max-delay", "2000000"], 2, "2000000 is not in 0..=1000000");
    fail(&["--band", band, "--max-delay", "100"], 1, "0 residuals cannot determine 4 parameters");
    fail(&["--band", band, "--gain", "loud"], 2, "`loud` is not a number");
    fail(&["--band", band, "--modes", "2"], 2, "cannot be used with");
    fail(&["--gain", "1"], 2, "--band");
}

#[test]
fn files_that_do_not_fit_are_named() {
    let folder = Folder::new("identify_mistakes");
    folder.write_wav("bell.wav", &[recording()]);
    folder.write_wav("stereo.wav", &[recording(), recording()]);
    folder.write_wav("short.wav", &[vec![1; 100]]);
    folder.write("text.wav", "no audio");
    for (arguments, phrase) in [
        (&["missing.wav"][..], "`missing.wav` cannot be read: "),
        (&["text.wav"], "`text.wav` is not a valid WAV file"),
        (&["stereo.wav"], "`stereo.wav` has 2 channels, and must have one"),
        (
            &["bell.wav", "--input", "short.wav"],
            "`short.wav` has 100 samples at 48000 Hz, but the output has 4800 at 48000 Hz",
        ),
    ] {
        folder.fail(&[&["identify"], arguments].concat(), 2, phrase);
    }
    folder.fail(&["identify", "bell.wav", "--modes", "0"], 2, "0 is not in 1..=64");
    folder.fail(&["identify", "--input", "bell.wav"], 2, "<OUTPUT>");
}
