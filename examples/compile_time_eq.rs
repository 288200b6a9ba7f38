//! An EQ and a crossover that the compiler designed: constants in the binary, no allocation while
//! they run.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use filterbank::filterbank;

filterbank! {
    /// A vocal channel: rumble and mud out, presence and air in.
    struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble:   highpass(butterworth(order = 4), cutoff = 80.0),
        mud:      peak(center = 250.0, q = 1.0, gain_db = -2.5),
        presence: peak(center = 3_500.0, bandwidth = 1.5, gain_db = 2.0),
        air:      high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = 1.5),
    }
}

filterbank! {
    /// Four bands to look at.
    struct Crossover: bank(sample_rate = 48_000.0) {
        low:      lowpass(butterworth(order = 4), cutoff = 120.0),
        low_mid:  bandpass(butterworth(order = 2), low = 120.0, high = 1_000.0),
        high_mid: bandpass(butterworth(order = 2), low = 1_000.0, high = 6_000.0),
        high:     highpass(butterworth(order = 4), cutoff = 6_000.0),
    }
}

static EQ: VocalEq = VocalEq::new();
static CROSSOVER: Crossover = Crossover::new();

const BLOCK: usize = 64;

/// Filters a recording with an EQ that was designed while this program was compiled.
///
/// Prints the level in each of four bands before and after, and checks that the loop that filters
/// allocates nothing.
#[derive(Parser)]
struct Arguments {
    /// A WAV file at 48 kHz; without it, a test signal of one second.
    input: Option<PathBuf>,
    /// Where the filtered recording goes (32-bit float).
    #[arg(requires = "input")]
    output: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut channels = match &arguments.input {
        Some(path) => read(path)?,
        None => vec![sweep()],
    };
    let before = levels(&channels)?;

    let started = Instant::now();
    let mut allocations = 0;
    for channel in &mut channels {
        let mut state = EQ.state();
        let counted = allocation_counter::measure(|| {
            for block in channel.chunks_mut(BLOCK) {
                EQ.process(&mut state, block);
            }
        });
        allocations += counted.count_total;
    }
    let seconds = started.elapsed().as_secs_f64();
    let samples: usize = channels.iter().map(Vec::len).sum();

    let after = levels(&channels)?;
    println!("{:>10}  {:>9}  {:>9}", "band", "before", "after");
    for (name, before, after) in [("low", 0), ("low mid", 1), ("high mid", 2), ("high", 3)]
        .map(|(n, i)| (n, before[i], after[i]))
    {
        println!("{name:>10}  {before:6.1} dB  {after:6.1} dB");
    }
    println!(
        "{} sections, {:.1} ns a sample, {allocations} allocations while filtering",
        VocalEq::SECTIONS,
        1e9 * seconds / samples.max(1) as f64,
    );
    if allocations > 0 {
        return Err("filtering has allocated".into());
    }
    if let Some(path) = &arguments.output {
        write(path, &channels)?;
        println!("filtered: {}", path.display());
    }
    Ok(())
}

/// The level in each band of the crossover, over all channels, in dB of full scale.
fn levels(channels: &[Vec<f64>]) -> Result<[f64; Crossover::BANDS], Box<dyn Error>> {
    let mut energies = [0.0; Crossover::BANDS];
    let mut count = 0;
    for channel in channels {
        let mut state = CROSSOVER.state();
        for &sample in channel {
            let bands = CROSSOVER.tick(&mut state, sample);
            energies.iter_mut().zip(bands).for_each(|(energy, y)| *energy += y * y);
        }
        count += channel.len();
    }
    if count == 0 {
        return Err("the recording is empty".into());
    }
    Ok(energies.map(|energy| 10.0 * (energy / count as f64).log10()))
}

/// A second of a sweep from 20 Hz to 20 kHz, equal time for each octave.
fn sweep() -> Vec<f64> {
    let rate = VocalEq::SAMPLE_RATE;
    let octaves = (20_000.0_f64 / 20.0).ln();
    let phase = |t: f64| std::f64::consts::TAU * 20.0 * ((t * octaves).exp() - 1.0) / octaves;
    (0..48_000).map(|n| 0.5 * phase(f64::from(n) / rate).sin()).collect()
}

/// The channels of a WAV file, full scale being 1.
fn read(path: &Path) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let named = |error: hound::Error| format!("{}: {error}", path.display());
    let reader = hound::WavReader::open(path).map_err(named)?;
    let spec = reader.spec();
    if f64::from(spec.sample_rate) != VocalEq::SAMPLE_RATE {
        let message = format!(
            "{}: this EQ was compiled for {} Hz, the file is at {} Hz",
            path.display(),
            VocalEq::SAMPLE_RATE,
            spec.sample_rate
        );
        return Err(message.into());
    }
    let samples: Vec<f64> = match spec.sample_format {
        hound::SampleFormat::Float => {
            reader.into_samples::<f32>().map(|s| s.map(f64::from)).collect::<Result<_, _>>()
        }
        hound::SampleFormat::Int => {
            let full_scale = f64::from(spec.bits_per_sample - 1).exp2();
            reader
                .into_samples::<i32>()
                .map(|s| s.map(|s| f64::from(s) / full_scale))
                .collect::<Result<_, _>>()
        }
    }
    .map_err(named)?;
    let count = usize::from(spec.channels);
    Ok((0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect()).collect())
}

fn write(path: &Path, channels: &[Vec<f64>]) -> Result<(), Box<dyn Error>> {
    let spec = hound::WavSpec {
        channels: u16::try_from(channels.len())?,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    let frames = channels.first().map_or(0, Vec::len);
    for frame in 0..frames {
        for sample in channels.iter().filter_map(|channel| channel.get(frame)) {
            #[allow(clippy::cast_possible_truncation, reason = "to the file's format")]
            writer.write_sample(*sample as f32)?;
        }
    }
    writer.finalize()?;
    Ok(())
}
