//! Plans of state-variable sections: the same output as samples one by one.

use filterbank::run::{AudioSample, Plan};
use filterbank::section::{SvfSection, SvfState};

use crate::cascades::SAMPLE_RATE;
use crate::common::bands::catalogue;
use crate::common::noise::{noise, uniform};
use crate::common::worst::Worst;

fn catalogued() -> Vec<(String, Vec<SvfSection<f64>>)> {
    let design = |band: filterbank::Band<f64>| {
        let sections = band.svf_sections(SAMPLE_RATE).expect("the band is valid");
        (format!("{band:?}"), sections.to_vec())
    };
    catalogue().into_iter().map(design).collect()
}

fn at_rest(sections: &[SvfSection<f64>]) -> Vec<SvfState<f64>> {
    vec![SvfState::<f64>::REST; sections.len()]
}

fn tick(sections: &[SvfSection<f64>], states: &mut [SvfState<f64>], x: f64) -> f64 {
    sections.iter().zip(states).fold(x, |x, (section, state)| section.tick(state, x))
}

/// Splits of a signal into blocks, by the lengths of the blocks in turn.
const SPLITS: [&[usize]; 6] =
    [&[1_000], &[16], &[64], &[7, 512], &[33, 1, 128], &[100, 0, 24, 300]];

/// The largest difference of a plan from samples one by one, as a multiple of what it makes if
/// outputs and states of all sections are off by a unit in the last place. Every third block is
/// filtered sample by sample.
fn difference<T: AudioSample>(sections: &[SvfSection<f64>], split: &[usize]) -> f64 {
    let input: Vec<T> = noise(1_000, 1);
    let (plan, mut states) = (Plan::<T>::new(sections), at_rest(sections));
    let mut block = input.clone();
    let mut rest = &mut block[..];
    for (turn, length) in split.iter().cycle().enumerate() {
        let (now, after) = rest.split_at_mut(rest.len().min(*length));
        if turn % 3 == 2 {
            for x in now {
                *x = T::from_f64(tick(sections, &mut states, x.primal()));
            }
        } else {
            plan.process(&mut states, now).expect("a state for each section");
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    for (state, section) in states.iter().zip(sections) {
        assert_eq!(state.k, section.k());
    }

    let (mut expected, mut rough) = (at_rest(sections), at_rest(sections));
    let mut units = uniform(2);
    let (mut error, mut noise) = (Worst::default(), Worst::default());
    for (found, x) in block.iter().zip(&input) {
        let y = tick(sections, &mut expected, x.primal());
        let mut unit = || 1.0 + T::EPSILON * units.next().unwrap_or(1.0);
        let off = sections.iter().zip(&mut rough).fold(x.primal(), |x, (section, state)| {
            let y = section.tick(state, x);
            state.s1 *= unit();
            state.s2 *= unit();
            y * unit()
        });
        error.see((found.primal() - y).abs(), String::new);
        noise.see((off - y).abs() + T::EPSILON * y.abs(), String::new);
    }
    error.error() / noise.error()
}

#[test]
fn plans_give_what_samples_give() {
    let (mut double, mut single) = (Worst::default(), Worst::default());
    for (name, sections) in catalogued() {
        for split in SPLITS {
            let at = || format!("{name} in blocks of {split:?}");
            double.see(difference::<f64>(&sections, split), at);
            single.see(difference::<f32>(&sections, split), at);
        }
    }
    double.assert_at_most(4.0, "f64");
    single.assert_at_most(4.0, "f32");
}

#[test]
fn a_plan_of_nothing_passes_its_input() {
    let mut block = [0.1_f32, -0.2, f32::NAN];
    Plan::new(&[]).process(&mut [], &mut block).expect("no states for no sections");
    assert!(block[0] == 0.1 && block[1] == -0.2 && block[2].is_nan());
}

#[test]
fn wrong_numbers_of_states_and_sections_are_refused() {
    let section = SvfSection::<f64>::identity();
    let mut plan = Plan::<f64>::new(&[section; 3]);
    let mut block = [1.0; 32];
    let error = plan.process(&mut [SvfState::<f64>::REST; 2], &mut block).unwrap_err();
    assert_eq!(error.to_string(), "`states` has length 2, but must have length 3");
    assert_eq!(block, [1.0; 32]);
    assert!(plan.set(2, &section).is_ok());
    assert_eq!(
        plan.set(3, &section).unwrap_err().to_string(),
        "`sections` has length 3, but must have length 4"
    );
    assert!(plan.set(usize::MAX, &section).is_err());
}

/// Where the damping rises, the state is reduced as in a sample.
#[test]
fn a_state_is_carried_to_the_damping_of_a_plan() {
    let resonant = |q| {
        let band = filterbank::Band::resonant_lowpass(500.0, q);
        band.svf_sections(SAMPLE_RATE).expect("the band is valid")[0]
    };
    let (before, after) = (resonant(40.0), resonant(0.5));
    let mut states = [SvfState::<f64>::REST];
    for x in noise::<f64>(500, 2) {
        before.tick(&mut states[0], x);
    }
    let mut expected = states[0];
    let mut block: Vec<f64> = noise(64, 3);
    let outputs: Vec<f64> = block.iter().map(|x| after.tick(&mut expected, *x)).collect();
    let mut plan = Plan::new(&[before]);
    plan.set(0, &after).expect("there is a section");
    plan.process(&mut states, &mut []).expect("a state for each section");
    assert_eq!(states[0].k, before.k());
    plan.process(&mut states, &mut block).expect("a state for each section");
    for (found, expected) in block.iter().zip(outputs) {
        assert!((found - expected).abs() <= 1e-13, "{found}, not {expected}");
    }
}
