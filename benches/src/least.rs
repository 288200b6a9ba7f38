//! The least of many times: what a filter costs when nothing else disturbs it.

use std::hint::black_box;
use std::time::Instant;

use crate::filters::noise;
use crate::peers::{Filter, Peer};

/// The number of runs of each filter.
const RUNS: usize = 60;
/// The number of samples in a run.
const SAMPLES: usize = 4_096;

/// The least time of each filter in nanoseconds per sample, for blocks of a length. The filters run
/// in turns.
pub fn least_times<S: Peer>(filters: &mut [Filter<S>], block: usize) -> Vec<f64> {
    let (input, mut output) = (noise::<S>(block), noise::<S>(block));
    let mut least = vec![f64::INFINITY; filters.len()];
    let calls = (SAMPLES / block).max(1);
    for _ in 0..RUNS {
        for (filter, least) in filters.iter_mut().zip(&mut least) {
            let start = Instant::now();
            for _ in 0..calls {
                filter(black_box(&input), black_box(&mut output));
            }
            let time = start.elapsed().as_secs_f64() * 1e9 / (calls * block) as f64;
            *least = least.min(time);
        }
    }
    least
}
