//! Nothing that coefficients do makes a filter explode.

use filterbank::run::{MovingLane, process_moving};
use filterbank::section::{Frames, Interpolation, SvfSection, SvfState};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::common::noise::noise;

const LANES: usize = 8;
const BLOCK: usize = 1_000;

/// Eight paths of sections that jump to other coefficients.
fn jumps(random: &mut StdRng, frames: usize) -> Vec<Vec<SvfSection<f64>>> {
    let mut section = || {
        let mut between =
            |low: f64, high: f64| low * (high / low).powf(random.random_range(0.0..1.0));
        SvfSection::second_order(between(1e-3, 1e2), between(1e-2, 1e1), [1.0, -0.5, 0.5])
    };
    (0..LANES).map(|_| (0..frames).map(|_| section()).collect()).collect()
}

fn energies(states: &[[SvfState<f64>; 1]]) -> Vec<f64> {
    states.iter().map(|[state]| state.s1 * state.s1 + state.s2 * state.s2).collect()
}

/// A million jumps without input: the energy of no state ever grows.
#[test]
fn jumps_do_not_feed_a_filter() {
    let mut random = StdRng::seed_from_u64(1);
    for (hop, interpolation) in [(1, Interpolation::Held), (4, Interpolation::Linear)] {
        for _ in 0..1_000_000 * hop / (LANES * BLOCK) {
            let rows = jumps(&mut random, BLOCK / hop);
            let mut states = [[SvfState { s1: 1.0, s2: -0.5, k: 1.0 }]; LANES];
            let mut before = energies(&states);
            for start in (0..BLOCK).step_by(10) {
                let mut blocks = [[0.0; 10]; LANES];
                let mut lanes: Vec<_> = (rows.iter().zip(&mut states).zip(&mut blocks))
                    .map(|((rows, states), block)| MovingLane {
                        frames: Frames::new(rows, 1, hop, interpolation).expect("valid frames"),
                        states,
                        block,
                    })
                    .collect();
                process_moving(start, &mut lanes).expect("everything fits");
                let now = energies(&states);
                for (now, before) in now.iter().zip(&before) {
                    assert!(*now <= before * (1.0 + 1e-13), "{now} after {before}");
                }
                before = now;
            }
        }
    }
}

/// A million jumps with noise: a tenth of the way has seen the loudest that comes.
#[test]
fn a_million_jumps_stay_bounded() {
    let mut random = StdRng::seed_from_u64(2);
    let mut states = [[SvfState::<f64>::REST]; LANES];
    let mut peaks = Vec::new();
    for round in 0..1_000_000 / (LANES * BLOCK) {
        let rows = jumps(&mut random, BLOCK);
        let mut blocks: Vec<_> =
            (0..LANES).map(|lane| noise::<f64>(BLOCK, (LANES * round + lane) as u64)).collect();
        let mut lanes: Vec<_> = (rows.iter().zip(&mut states).zip(&mut blocks))
            .map(|((rows, states), block)| MovingLane {
                frames: Frames::new(rows, 1, 1, Interpolation::Held).expect("valid frames"),
                states,
                block,
            })
            .collect();
        process_moving(0, &mut lanes).expect("everything fits");
        let peak = blocks.iter().flatten().fold(0.0, |peak: f64, y| peak.max(y.abs()));
        assert!(blocks.iter().flatten().all(|y| y.is_finite()));
        peaks.push(peak);
    }
    let peak = |peaks: &[f64]| peaks.iter().copied().fold(0.0, f64::max);
    let (first, whole) = (peak(&peaks[..peaks.len() / 10]), peak(&peaks));
    println!("loudest sample: {first:.1} in the first tenth, {whole:.1} in all");
    assert!(whole <= 2.0 * first, "{first} became {whole}");
}
