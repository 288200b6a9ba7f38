//! Any numbers: an error or a filter, without panic.

use filterbank::number::Complex;
use filterbank::run::Sample;
use filterbank::section::SectionState;
use filterbank::spec::Requirement;
use filterbank::{Band, Bank, Cascade, Scalar, Section};
use proptest::array::uniform5;
use proptest::{collection, prop_assert, prop_assert_eq};

use crate::common::seeded::seeded;
use crate::common::worst::worst;
use crate::strategies::{self, Spec};
use crate::tally::{Outcome, for_all};

#[test]
fn any_band_is_designed_stable_and_finite_or_refused() {
    let strategy = (strategies::wild_bands(), [strategies::wild(), strategies::wild()]);
    for_all(20_000, &strategy, |_, (spec, [frequency, sample])| {
        let Spec { band, sample_rate } = spec;
        try_everything(band, sample_rate, frequency, sample)?;
        try_everything(band.map(|_, value| f32::from_f64(value)), sample_rate, frequency, sample)?;
        try_everything(seeded::<f64, 4>(&band), sample_rate, frequency, sample)
    });
}

fn try_everything<S: Sample>(
    band: Band<S>,
    sample_rate: f64,
    frequency: f64,
    sample: f64,
) -> Outcome {
    let mut mistakes = Vec::new();
    band.check(sample_rate, |mistake| mistakes.push(mistake));
    for mistake in &mistakes {
        prop_assert!(mistake.to_string().contains(mistake.parameter().name));
    }
    let sections = match band.sections(sample_rate) {
        Ok(sections) => sections,
        Err(error) => {
            prop_assert!(!error.to_string().is_empty());
            if let Some(first) = mistakes.first() {
                prop_assert_eq!(format!("{first:?}"), format!("{error:?}"));
            } else {
                prop_assert_eq!(error.requirement(), Requirement::Representable);
            }
            prop_assert!(band.design(sample_rate).is_err());
            prop_assert!(Cascade::from_bands(&[band], sample_rate).is_err());
            prop_assert!(Bank::from_bands(&[band], sample_rate).is_err());
            return Ok(());
        }
    };
    prop_assert!(mistakes.is_empty());
    for section in &sections {
        prop_assert!(section.is_stable(), "{section:?}");
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()), "{section:?}");
    }
    let bank = Bank::from_bands(&[band, band], sample_rate).expect("one was designed");
    let cascade = bank.band(0).expect("there are two");
    prop_assert_eq!(cascade.sections(), &sections[..]);

    // Any output is allowed, but without panic, and finite for finite input.
    let h = cascade.response(frequency);
    let _ = (cascade.magnitude_db(frequency), cascade.phase(frequency));
    let _ = (cascade.group_delay(frequency), cascade.zpk());
    let h = Complex::new(h.re.primal(), h.im.primal());
    let somewhere = (frequency / sample_rate).abs() < 1e300;
    prop_assert!(!somewhere || h.norm().is_finite(), "{h:?}");
    let mut state = bank.state();
    let mut output = [S::zero(); 6];
    let input = [1.0, sample, -1.0].map(S::from_f64);
    prop_assert!(bank.process(&mut state, &input, &mut output).is_ok());
    let largest = worst(sections.iter().flat_map(Section::coefficients).map(S::primal));
    let modest = sample.abs() <= 1.0 && largest < 1e30;
    prop_assert!(!modest || output.iter().all(|y| y.primal().is_finite()), "{output:?}");
    Ok(())
}

#[test]
fn sections_of_any_coefficients_run_without_panic() {
    let numbers = || collection::vec(strategies::wild(), 1..200);
    let coefficients = collection::vec(uniform5(strategies::wild()), 0..4);
    let strategy = (coefficients, numbers(), numbers(), strategies::wild());
    for_all(1_000, &strategy, |_, (coefficients, mut block, states, frequency)| {
        let sections: Vec<_> = coefficients.into_iter().map(Section::from_coefficients).collect();
        let cascade = Cascade::from_sections(sections, 48_000.0).expect("the sample rate is valid");
        let mut state = cascade.state();
        for (state, values) in state.sections_mut().iter_mut().zip(states.chunks_exact(2)) {
            *state = SectionState { s1: values[0], s2: values[1] };
        }
        cascade.process(&mut state, &mut block);
        for sample in block {
            let _ = cascade.tick(&mut state, sample);
        }
        let finite = |state: &SectionState<f64>| state.s1.is_finite() && state.s2.is_finite();
        prop_assert!(state.sections().iter().all(finite), "{state:?}");
        let _ = (cascade.response(frequency), cascade.magnitude_db(frequency));
        let _ = (cascade.phase(frequency), cascade.group_delay(frequency));
        let _ = (cascade.zpk(), cascade.is_stable(), cascade.cast::<f32>());
        Ok(())
    });
}

#[test]
fn banks_refuse_blocks_of_the_wrong_length() {
    let strategy = [0..4_usize, 0..5, 0..12, 0..40, 0..4];
    for_all(10_000, &strategy, |_, [bands, time, input, output, batch]| {
        let peak = Band::peak(1_000.0, 1.0, 6.0);
        let bank = Bank::from_bands(&vec![peak; bands], 48_000.0).expect("a peak is designed");
        let (input, mut output) = (vec![1.0; input], vec![2.0; output]);
        // The length is often right.
        let input = if time == 0 { input } else { vec![1.0; batch * time] };
        if time > 2 {
            output.resize(bands * input.len(), 2.0);
        }

        let mut state = bank.state();
        let fits = output.len() == bands * input.len();
        prop_assert_eq!(bank.process(&mut state, &input, &mut output).is_ok(), fits);
        prop_assert_eq!(output.contains(&2.0), !fits && !output.is_empty());
        output.fill(2.0);

        let mut states = vec![bank.state(); batch];
        let cut = if batch == 0 { input.is_empty() } else { input.len() % batch == 0 };
        let batched = bank.process_channels(&mut states, &input, &mut output).is_ok();
        prop_assert_eq!(batched, cut && fits);
        prop_assert_eq!(output.contains(&2.0), !batched && !output.is_empty());
        output.fill(2.0);

        let ticked = bank.tick(&mut state, 1.0, &mut output).is_ok();
        prop_assert_eq!(ticked, output.len() == bands);
        Ok(())
    });
}
