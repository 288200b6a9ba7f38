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

#[test]
fn files_that_do_not_fit_are_named() {
    let folder = Folder::new("identify_mistakes");
    folder.write_wav("bell.wav", &[recording()]);
    folder.write_wav("stereo.wav", &[recording(), recording()]);
    folder.write_wav("short.wav", &[vec![1; 100]]);
    folder.write("text.wav", "no audio");
    for (arguments, phrase) in [
        (&["missing.wav"][..], "missing.wav: cannot be read: "),
        (&["text.wav"], "text.wav: "),
        (&["stereo.wav"], "stereo.wav: must have one channel, has 2"),
        (&["bell.wav", "--input", "short.wav"], "short.wav: input (100 samples at 48000 Hz) and"),
    ] {
        folder.fail(&[&["identify"], arguments].concat(), 2, phrase);
    }
    folder.fail(&["identify", "bell.wav", "--modes", "0"], 2, "0 is not in 1..=64");
    folder.fail(&["identify", "--input", "bell.wav"], 2, "<OUTPUT>");
}
