//! Memory of Gauss-Newton over a second, a minute and an hour of audio. With `--test`, a second
//! only.

use std::error::Error;
use std::time::Instant;

use allocation_counter::measure;
use filterbank::fit::NormalEquations;
use filterbank::{Sensitivities, Tunable};
use filterbank_benches::filters::{BLOCK, noise, tunable_equaliser};
use filterbank_benches::table;

const PEAKS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let lengths: &[(&str, usize)] = if std::env::args().any(|word| word == "--test") {
        &[("1 s", 1)]
    } else {
        &[("1 s", 1), ("1 min", 60), ("1 h", 3_600)]
    };
    let mut rows =
        vec![["memory", "peak in bytes", "allocations", "ns per sample"].map(String::from)];
    for (name, seconds) in lengths {
        let blocks = (seconds * 48_000).div_ceil(BLOCK);
        let started = Instant::now();
        let mut result = Ok(());
        let usage = measure(|| result = accumulate(blocks));
        result?;
        let time = started.elapsed().as_secs_f64() * 1e9 / (blocks * BLOCK) as f64;
        let (bytes, count) = (usage.bytes_max.to_string(), usage.count_total.to_string());
        rows.push([(*name).into(), bytes, count, table::figure(time)]);
    }
    let rows: Vec<_> = rows.into_iter().map(Vec::from).collect();
    println!("\nJ'J and J'r of 10 peaks with 30 parameters over audio of these lengths:\n");
    table::print(&rows);
    Ok(())
}

/// `J'J` and `J'r` of an equaliser's output, block by block.
fn accumulate(blocks: usize) -> Result<(), Box<dyn Error>> {
    let eq = tunable_equaliser(PEAKS)?;
    let params: Vec<f64> = eq.params().map(|param| param.value).collect();
    let mut filter = Sensitivities::of_params(&eq, &params)?;
    let mut sums = NormalEquations::zeros(params.len());
    let input = noise(BLOCK);
    let mut residuals = [0.0; BLOCK];
    let mut derivatives = vec![0.0; params.len() * BLOCK];
    for _ in 0..blocks {
        filter.process(&input, &mut residuals, &mut derivatives)?;
        sums.add(&residuals, &derivatives)?;
    }
    assert_eq!(sums.count(), blocks * BLOCK);
    Ok(())
}
