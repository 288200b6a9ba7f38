//! Times one task of this library and prints the time as JSON, with results that `compare.py`
//! checks against another program.
//!
//! ```text
//! ours series   f32|f64 SECTIONS BLOCK
//! ours bank     f32|f64 BANDS BLOCK
//! ours design   NAME
//! ours gradient SECTIONS coefficients|parameters
//! ours training
//! ```

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use filterbank::{Bank, Scalar, Section};
use filterbank_benches::derivatives::Problem;
use filterbank_benches::filters::{SAMPLE_RATE, bands, designs, equaliser, noise};
use filterbank_benches::ours;
use filterbank_benches::peers::{Filter, Peer};
use filterbank_benches::table::median;
use filterbank_benches::training::{self, Training, models::Coefficients};
use serde_json::{Value, json};

/// A second of samples.
const SAMPLES: usize = 48_000;
const PATIENCE: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["series", "f32", sections, block] => series::<f32>(sections.parse()?, block.parse()?),
        ["series", "f64", sections, block] => series::<f64>(sections.parse()?, block.parse()?),
        ["bank", "f32", bands, block] => bank::<f32>(bands.parse()?, block.parse()?),
        ["bank", "f64", bands, block] => bank::<f64>(bands.parse()?, block.parse()?),
        ["design", name] => design(name),
        ["gradient", sections, by] => gradient(sections.parse()?, by),
        ["training"] => training(),
        _ => Err("usage: see the head of benches/src/bin/ours.rs".into()),
    };
    println!("{}", result?);
    Ok(())
}

/// The median time of one of `count` items, in nanoseconds, measured for a tenth of a second.
fn time<R>(count: usize, mut work: impl FnMut() -> R) -> Option<f64> {
    let (mut times, begun) = (Vec::new(), Instant::now());
    while times.len() < 3 || begun.elapsed() < PATIENCE {
        let started = Instant::now();
        black_box(work());
        times.push(started.elapsed().as_secs_f64() * 1e9 / count as f64);
    }
    median(times)
}

fn series<S: Peer>(sections: usize, block: usize) -> Result<Value, Box<dyn Error>> {
    let cascade = equaliser(sections)?.cast::<S>();
    Ok(filtering(block, || ours::cascade(cascade.clone()), &[cascade.sections()]))
}

fn bank<S: Peer>(count: usize, block: usize) -> Result<Value, Box<dyn Error>> {
    let bank = Bank::from_bands(&bands(count), SAMPLE_RATE)?.cast::<S>();
    // Four sections a band.
    let bands: Vec<_> = bank.sections().chunks(4).collect();
    Ok(filtering(block, || ours::bank(bank.clone()), &bands))
}

/// Filters a second in blocks; prints each band's sections and last output.
fn filtering<S: Peer>(
    block: usize,
    filter: impl Fn() -> Filter<S>,
    bands: &[&[Section<S>]],
) -> Value {
    let input = noise::<S>(SAMPLES - SAMPLES % block);
    let mut output = vec![S::zero(); bands.len() * block];
    let mut pass = |filter: &mut Filter<S>| {
        for input in input.chunks_exact(block) {
            filter(input, &mut output);
        }
        output.chunks_exact(block).map(|band| band[block - 1].primal()).collect::<Vec<_>>()
    };
    let last = pass(&mut filter());
    let mut running = filter();
    let ns = time(input.len(), || pass(&mut running));
    let rows = |band: &&[Section<S>]| -> Vec<_> {
        band.iter().map(|section| section.row().map(Scalar::primal)).collect()
    };
    json!({ "ns": ns, "sos": bands.iter().map(rows).collect::<Vec<_>>(), "last": last })
}

fn design(name: &str) -> Result<Value, Box<dyn Error>> {
    let mut designs = designs().into_iter();
    let (_, band) = designs.find(|(found, _)| found == name).ok_or("no such design")?;
    let sos: Vec<_> = band.design(SAMPLE_RATE)?.sections().iter().map(Section::row).collect();
    let ns = time(1_000, || {
        for _ in 0..1_000 {
            let _ = black_box(black_box(&band).design(SAMPLE_RATE));
        }
    });
    Ok(json!({ "ns": ns, "sos": sos }))
}

/// The mean square of the output for a second of noise, and its derivatives; the sections are
/// designed each time.
fn gradient(sections: usize, by: &str) -> Result<Value, Box<dyn Error>> {
    let problem = Problem::new(sections, by)?;
    let input = noise::<f64>(SAMPLES);
    let (loss, gradient) = ours::mean_square(&problem, &input)?;
    let ns = time(SAMPLES, || ours::mean_square(&problem, &input));
    Ok(json!({ "ns": ns, "numbers": problem.numbers(), "loss": loss, "gradient": gradient }))
}

/// A training step of a bank of three bands, by its 20 coefficients; the loss is the first step's.
fn training() -> Result<Value, Box<dyn Error>> {
    let (model, samples) = (Coefficients::new(SAMPLE_RATE)?, training::samples());
    let mut training = Training::new(&model, 1e-3);
    let numbers = training.params.to_vec();
    let loss = training.step(&samples)?.loss;
    let ns = time(training::SAMPLES, || training.step(&samples));
    Ok(json!({ "ns": ns, "numbers": numbers, "loss": loss }))
}
