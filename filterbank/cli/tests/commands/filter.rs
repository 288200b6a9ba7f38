//! `filterbank filter`.

use std::fs;

use filterbank::{Band, Cascade, Width};

use crate::support::{Folder, assert_contains};

const PEAK: &str = "peak center=1000 q=1 gain_db=6";

/// A tone with a period of 40 samples, a quarter of full scale.
fn tone() -> Vec<i16> {
    let sample = |n: i32| (8_192.0 * (f64::from(n) * std::f64::consts::TAU / 40.0).sin()).round();
    #[allow(clippy::cast_possible_truncation, reason = "far below full scale")]
    let rounded = |n: i32| sample(n) as i16;
    (0..10_000).map(rounded).collect()
}

#[test]
fn without_arguments_it_checks_an_example() {
    let folder = Folder::new("filter_example");
    let output = folder.succeed(&["filter"]);
    assert_contains(
        &output,
        &["agree with the designed ones", "--band \"high_shelf", "give the same samples"],
    );
    // Its files are removed.
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn every_channel_is_filtered_and_rounded() {
    let folder = Folder::new("filter_channels");
    let (left, right) = (tone(), tone().iter().map(|x| x / 2).collect::<Vec<i16>>());
    folder.write_wav("in.wav", &[left.clone(), right.clone()]);
    let report =
        folder.succeed(&["filter", "in.wav", "out.wav", "--band", PEAK, "--gain-db", "-3"]);
    assert_contains(
        &report,
        &["2 channels, 48000 Hz, 1 section", "16-bit integer, peak", "out.wav"],
    );

    let (spec, samples) = folder.read_wav("out.wav");
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 48_000, 16));
    assert_eq!(samples.len(), 20_000);
    let band = Band::peak(1_000.0, Width::Q(1.0), 6.0);
    let cascade = Cascade::from_bands(&[band], 48_000.0).expect("the band can be designed");
    let gain = 10.0_f64.powf(-3.0 / 20.0);
    for (channel, input) in [left, right].iter().enumerate() {
        let mut expected: Vec<f64> = input.iter().map(|x| f64::from(*x)).collect();
        cascade.process(&mut cascade.state(), &mut expected);
        for (expected, sample) in expected.iter().zip(samples.iter().skip(channel).step_by(2)) {
            assert!((gain * expected - f64::from(*sample)).abs() <= 0.5 + 1e-6);
        }
    }
}

#[test]
fn formats_and_clipping_are_reported() {
    let folder = Folder::new("filter_formats");
    folder.write_wav("in.wav", &[tone()]);
    let filter = |options: &[&str]| {
        folder.succeed(
            &[&["filter", "in.wav", "out.wav", "--force", "--band", PEAK], options].concat(),
        )
    };
    for (bits, name) in [("8", "8-bit integer"), ("24", "24-bit integer"), ("32", "32-bit integer")]
    {
        assert_contains(&filter(&["--bits", bits]), &[&format!("out: {name}")]);
        assert_eq!(folder.read_wav("out.wav").0.bits_per_sample.to_string(), bits);
    }
    assert_contains(
        &filter(&["--bits", "float", "--gain-db", "20"]),
        &["above full scale", "--gain-db"],
    );
    assert_contains(&filter(&["--gain-db", "20"]), &["clipped: ", "lower the gain by"]);
    let read = || fs::read(folder.path("out.wav")).expect("it was written");
    filter(&["--dither"]);
    let dithered = read();
    filter(&["--dither"]);
    assert!(read() == dithered, "dither is the same on every run");
    filter(&[]);
    assert!(read() != dithered);
}

#[test]
fn files_are_kept() {
    let folder = Folder::new("filter_keeps_files");
    folder.write_wav("in.wav", &[tone()]);
    folder.write("out.wav", "precious");
    let exists = "`out.wav` exists already: give --force to replace it";
    folder.fail(&["filter", "in.wav", "out.wav", "--band", PEAK], 1, exists);
    assert_eq!(folder.read("out.wav"), "precious");
    for output in ["in.wav", "./in.wav"] {
        let arguments = ["filter", "in.wav", output, "--band", PEAK, "--force"];
        folder.fail(&arguments, 2, "is the input: write to another file");
    }
    folder.succeed(&["filter", "in.wav", "out.wav", "--band", PEAK, "--force"]);
    assert_eq!(folder.names(), ["in.wav", "out.wav"]);
}

#[test]
fn broken_files_are_named() {
    let folder = Folder::new("filter_broken_files");
    folder.write_wav("in.wav", &[tone()]);
    folder.write_wav("empty.wav", &[vec![]]);
    folder.write("text.wav", "this is not audio, but long enough for the header of a WAV file");
    let whole = fs::read(folder.path("in.wav")).expect("it was written");
    fs::write(folder.path("half.wav"), &whole[..whole.len() / 2]).expect("it can be written");
    for (file, phrase) in [
        ("missing.wav", "`missing.wav` cannot be read: "),
        ("text.wav", "`text.wav` is not a valid WAV file"),
        ("half.wav", "`half.wav` is truncated: it holds "),
        ("empty.wav", "`empty.wav` holds no audio"),
    ] {
        folder.fail(&["filter", file, "out.wav", "--band", PEAK], 2, phrase);
    }
    folder.fail(
        &["filter", "in.wav", "missing/out.wav", "--band", PEAK],
        1,
        "`missing/out.wav` cannot",
    );
    assert_eq!(folder.names(), ["empty.wav", "half.wav", "in.wav", "text.wav"]);
}

#[test]
fn mistakes_are_named_by_their_band() {
    let folder = Folder::new("filter_mistakes");
    folder.write_wav("in.wav", &[tone()]);
    for (options, phrase) in [
        (&["--band", "peek"][..], "--band \"peek\": unknown band: `peek`; did you mean `peak`?"),
        (&["--band", "peak center=100"], "`peak` needs `gain_db` and one of `q`, `bandwidth`"),
        (&["--band", "notch center=30000 q=1"], "`center` = 30000 Hz must lie strictly between"),
        (&["--band", PEAK, "--gain-db", "2000"], "must be a number of dB from -1000 to 1000"),
        (&["--band", PEAK, "--bits", "float", "--dither"], "--dither is for integer output"),
        (&[], "nothing to do: give at least one --band"),
    ] {
        folder.fail(&[&["filter", "in.wav", "out.wav"], options].concat(), 2, phrase);
    }
    folder.fail(&["filter", "in.wav"], 2, "<OUT>");
    folder.fail(&["filter", "--band", PEAK], 2, "<IN>");
    // All mistakes in all bands are reported at once.
    let bands = ["--band", "peek", "--band", "peak center"];
    let run = folder.run(&[&["filter", "in.wav", "out.wav"], &bands[..]].concat());
    assert_eq!(run.errors.lines().count(), 2, "{run:?}");
    assert_eq!(folder.names(), ["in.wav"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_run_leaves_nothing() {
    use rustix::fs::{Mode, OFlags};

    let folder = Folder::new("filter_killed");
    // Some file systems have no files without a name.
    let flags = OFlags::TMPFILE | OFlags::RDWR;
    if rustix::fs::open(folder.path(""), flags, Mode::RUSR).is_err() {
        return;
    }
    // Half a minute of work, so that it is killed in the middle.
    folder.write_wav("in.wav", &[vec![1_000; 4_000_000]]);
    let mut arguments = vec!["filter", "in.wav", "out.wav"];
    for _ in 0..500 {
        arguments.extend(["--band", "highpass order=24 cutoff=20"]);
    }
    let mut running = folder.command(&arguments).spawn().expect("the program can be started");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(running.try_wait().expect("it can be asked").is_none(), "it still works");
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    assert_eq!(folder.names(), ["in.wav"]);
}

#[test]
fn a_band_that_numbers_do_not_carry_comes_with_a_warning() {
    let folder = Folder::new("filter_rounding");
    folder.write_wav("in.wav", &[tone()]);
    let low = "highpass order=24 cutoff=0.0001";
    let run = folder.run(&["filter", "in.wav", "out.wav", "--band", PEAK, "--band", low]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let warning = format!("warning: --band \"{low}\": rounding of the coefficients leaves ");
    assert!(run.errors.starts_with(&warning) && run.errors.lines().count() == 1, "{run:?}");
}
