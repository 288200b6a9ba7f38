//! Running the program in a folder for one test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// A folder for one test, empty at the start, in which the program runs.
pub struct Folder(PathBuf);

/// The exit code and output of the program.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Folder {
    /// The folder of the test with this name.
    pub fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the folder for tests can be written");
        Self(path)
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, contents: &str) {
        fs::write(self.path(name), contents).expect("the folder for tests can be written");
    }

    /// Reads a file that the program must have written.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of all files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder exists");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<_> = entries.map(|entry| name(entry.expect("it can be read"))).collect();
        names.sort();
        names
    }

    /// Writes a WAV file of 16 bits: one channel for each signal.
    pub fn write_wav(&self, name: &str, channels: &[Vec<i16>]) {
        let spec = WavSpec {
            channels: channels.len().try_into().expect("few channels"),
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(self.path(name), spec).expect("it can be written");
        for frame in 0..channels[0].len() {
            for channel in channels {
                writer.write_sample(channel[frame]).expect("it can be written");
            }
        }
        writer.finalize().expect("it can be written");
    }

    /// The samples of a WAV file of integers, with its specification.
    pub fn read_wav(&self, name: &str) -> (WavSpec, Vec<i32>) {
        let reader = WavReader::open(self.path(name)).expect("a WAV file was written");
        let spec = reader.spec();
        let samples = reader.into_samples().map(|sample| sample.expect("it holds its samples"));
        (spec, samples.collect())
    }

    /// The program with arguments, about to run in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_filterbank"));
        // The examples write to the folder for temporary files.
        command.args(arguments).current_dir(&self.0).env("TMPDIR", &self.0).stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("the program can be started");
        Run::from(output)
    }

    /// Runs the program, which must succeed; returns its output.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        run.output
    }

    /// Runs the program, which must fail with this code. Each message must be one line, and one
    /// must contain `phrase`.
    #[track_caller]
    pub fn fail(&self, arguments: &[&str], code: i32, phrase: &str) {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        assert!(run.errors.contains(phrase), "{arguments:?}: {}", run.errors);
        assert!(run.errors.lines().all(|line| line.starts_with("error: ")), "{}", run.errors);
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        Self {
            code: output.status.code(),
            output: text(output.stdout),
            errors: text(output.stderr),
        }
    }
}

/// Panics unless a text contains every phrase.
#[track_caller]
pub fn assert_contains(text: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(text.contains(phrase), "`{phrase}` is missing in:\n{text}");
    }
}
