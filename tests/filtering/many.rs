//! Banks and channels equal their filters one by one.

use filterbank::run::Sample;
use filterbank::spec::BandLabel;
use filterbank::{Band, Bank, Cascade, Dual};

use crate::cascades::{SAMPLE_RATE, cascades, ticked};
use crate::common::bits::{Bits, assert_same_bits};
use crate::common::exact::Standard;
use crate::common::noise::noise;

#[test]
fn a_bank_gives_each_band_the_output_of_its_cascade() {
    /// Bit for bit sample by sample, and in blocks too if the type has no kernel.
    fn check<S: Sample + Bits>(bit_for_bit: bool) {
        let bank: Bank<S> = Bank::from_cascades(cascades()).expect("one sample rate").cast();
        let (bands, time) = (bank.band_count(), 20_003);
        let input: Vec<S> = noise(time, 6);
        let mut state = bank.state();
        let mut output = vec![S::from_f64(f64::NAN); bands * time];
        bank.process(&mut state, &input, &mut output).expect("the lengths fit");

        let mut tick_state = bank.state();
        let mut columns = Vec::new();
        for &x in &input {
            let mut column = vec![S::from_f64(f64::NAN); bands];
            bank.tick(&mut tick_state, x, &mut column).expect("the lengths fit");
            columns.push(column);
        }

        let (mut block_states, mut tick_states) = (state.sections(), tick_state.sections());
        for (index, cascade) in bank.bands().enumerate() {
            let cascade =
                Cascade::from_sections(cascade.sections().to_vec(), SAMPLE_RATE).expect("valid");
            let count = cascade.sections().len();
            let mut alone = cascade.state();
            let expected = ticked(&cascade, &mut alone, &input);
            let row: Vec<S> = columns.iter().map(|column| column[index]).collect();
            assert_same_bits(&row, &expected);
            assert_same_bits(&tick_states[..count], alone.sections());

            let row = &output[index * time..][..time];
            if bit_for_bit {
                assert_same_bits(row, &expected);
                assert_same_bits(&block_states[..count], alone.sections());
            }
            let standard = Standard::new(&cascade, &input);
            standard.assert_met(row, &block_states[..count]);
            let noise = standard.noise_of(row);
            assert!(noise <= 2.0, "{noise}");
            (block_states, tick_states) = (&block_states[count..], &tick_states[count..]);
        }
        assert!(block_states.is_empty() && tick_states.is_empty());
    }
    check::<f64>(false);
    check::<f32>(false);
    check::<Dual<f64, 2>>(true);
}

#[test]
fn a_batch_equals_its_channels_one_by_one() {
    let bank = Bank::from_cascades(cascades()).expect("one sample rate");
    let (batch, bands, time) = (3, bank.band_count(), 150);
    let input: Vec<f64> = noise(batch * time, 7);
    let mut states = vec![bank.state(); batch];
    let mut alone = states.clone();
    let mut output = vec![f64::NAN; batch * bands * time];
    let rows = input.chunks(time).zip(output.clone().chunks(bands * time)).count();
    assert_eq!(rows, batch);
    // Twice: the second block continues from the state of the first.
    for _ in 0..2 {
        bank.process_channels(&mut states, &input, &mut output).expect("the lengths fit");
        for (channel, state) in alone.iter_mut().enumerate() {
            let mut expected = vec![f64::NAN; bands * time];
            let row = &input[channel * time..][..time];
            bank.process(state, row, &mut expected).expect("the lengths fit");
            assert_eq!(output[channel * bands * time..][..bands * time], expected);
        }
        assert_eq!(states, alone);
    }
}

#[test]
fn channels_together_equal_each_alone() {
    /// Bit for bit if the type has no kernel.
    fn check<S: Sample + Bits>(bit_for_bit: bool) {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            // As many channels as vectors have lanes, fewer and more; short and long blocks.
            for channels in [1, 2, 3, 5, 16, 17] {
                for (time, blocks) in [(1, 500), (7, 70), (64, 8), (333, 3)] {
                    let signals: Vec<Vec<S>> =
                        (0..channels).map(|seed| noise(time * blocks, seed)).collect();
                    let mut states = vec![cascade.state(); signals.len()];
                    let mut outputs = vec![Vec::new(); signals.len()];
                    // Each block continues from the state of the last.
                    for start in (0..time * blocks).step_by(time) {
                        let rows = signals.iter().flat_map(|row| &row[start..][..time]);
                        let mut block: Vec<S> = rows.copied().collect();
                        cascade.process_channels(&mut states, &mut block).expect("it fits");
                        for (output, row) in outputs.iter_mut().zip(block.chunks(time)) {
                            output.extend_from_slice(row);
                        }
                    }
                    for ((signal, state), output) in signals.iter().zip(states).zip(outputs) {
                        if bit_for_bit {
                            let mut alone = cascade.state();
                            assert_same_bits(&output, &ticked(&cascade, &mut alone, signal));
                            assert_same_bits(state.sections(), alone.sections());
                        } else {
                            let standard = Standard::new(&cascade, signal);
                            standard.assert_met(&output, state.sections());
                        }
                    }
                }
            }
        }
    }
    check::<f64>(false);
    check::<f32>(false);
    check::<Dual<f64, 1>>(true);
}

/// The kernel takes 16 sections at a time.
#[test]
fn cascades_of_many_sections_run_beside_short_ones() {
    fn check<S: Sample + Bits>(bit_for_bit: bool) {
        let equaliser = |peaks: u32| {
            let center = |peak| 40.0 * 450_f64.powf(f64::from(peak) / f64::from(peaks));
            let bands: Vec<_> = (0..peaks).map(|peak| Band::peak(center(peak), 2.0, 1.0)).collect();
            Cascade::from_bands(&bands, SAMPLE_RATE).expect("valid bands")
        };
        let cascades = [17, 3, 33, 16].map(equaliser);
        let bank: Bank<S> = Bank::from_cascades(cascades).expect("one sample rate").cast();
        let time = 1_003;
        let input: Vec<S> = noise(time, 8);
        let (mut state, mut output) = (bank.state(), vec![S::zero(); 4 * time]);
        bank.process(&mut state, &input, &mut output).expect("the lengths fit");
        let mut states = state.sections();
        for (band, output) in bank.bands().zip(output.chunks(time)) {
            let cascade =
                Cascade::from_sections(band.sections().to_vec(), SAMPLE_RATE).expect("valid");
            let (own, others) = states.split_at(cascade.sections().len());
            states = others;
            if bit_for_bit {
                let mut alone = cascade.state();
                assert_same_bits(output, &ticked(&cascade, &mut alone, &input));
                assert_same_bits(own, alone.sections());
            } else {
                Standard::new(&cascade, &input).assert_met(output, own);
            }
        }
    }
    check::<f64>(false);
    check::<f32>(false);
    check::<Dual<f64, 1>>(true);
}

#[test]
fn the_bands_of_a_bank_share_a_sample_rate() {
    let mut bands = cascades();
    bands.push(Band::peak(1_000.0, 1.0, 3.0).design(44_100.0).expect("valid"));
    let error = Bank::from_cascades(bands).unwrap_err();
    assert_eq!(error.band(), Some(BandLabel::Index(5)));
    assert_eq!(
        error.to_string(),
        "band 5: `sample_rate` = 44100 Hz must be that of the other bands, 48000 Hz"
    );
    assert!(Bank::from_cascades(cascades()).is_ok());
}
