//! The running processor: layouts, knobs, modulation, bypass, and bad input.

use std::error::Error;

use filterbank::motion::{Crossfade, Modulation, Processor, SetError};
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};

use crate::common::bands::{ORDINARY, every_band};
use crate::common::noise::noise;
use crate::common::worst::Worst;

const RATE: f64 = 48_000.0;

fn equaliser() -> TunableCascade {
    let bands = [
        (
            "rumble",
            Band::highpass(Method::Butterworth { order: 3 }, Tune::within(80.0, 20.0..=400.0)),
        ),
        (
            "body",
            Band::peak(
                Tune::within(250.0, 120.0..=500.0),
                Tune::from(1.0),
                Tune::within(0.0, -12.0..=12.0),
            ),
        ),
        (
            "air",
            Band::high_shelf(
                Tune::from(10_000.0),
                Tune::from(0.7),
                Tune::within(3.0, -12.0..=12.0),
            ),
        ),
    ];
    TunableCascade::new(bands, RATE).expect("an equaliser")
}

fn processor(channels: usize) -> Processor<f64> {
    Processor::new(&equaliser(), channels).expect("a processor")
}

/// Two channels of noise.
fn stereo(length: usize) -> [Vec<f64>; 2] {
    [noise(length, 1), noise(length, 2)]
}

#[test]
fn at_rest_it_is_the_filter() {
    let mut worst = Worst::default();
    for band in every_band(&ORDINARY) {
        let filter = TunableCascade::new([("band", band.map(|_, value| Tune::free(value)))], RATE);
        let filter = filter.expect("an ordinary band");
        let mut processor = Processor::<f64>::new(&filter, 1).expect("a processor");
        let mut block = noise::<f64>(3_000, 4);
        let cascade = band.design(RATE).expect("an ordinary band");
        let mut state = cascade.state();
        let wanted: Vec<f64> = block.iter().map(|x| cascade.tick(&mut state, *x)).collect();
        for part in block.chunks_mut(130) {
            processor.process(&mut [part]).expect("one channel");
        }
        for (y, wanted) in block.iter().zip(&wanted) {
            worst.see((y - wanted).abs(), || band.to_string());
        }
    }
    worst.assert_at_most(1e-12, "processor and cascade");
}

/// Once a ramp has ended, the filter is exactly the design for the new values.
#[test]
fn ramps_end_at_the_design() {
    let mut moved = processor(1);
    for (name, value) in [("rumble.cutoff", 40.0), ("body.center", 400.0), ("body.gain_db", -6.0)] {
        moved.set(moved.knob(name).expect("a knob"), value).expect("within bounds");
    }
    moved.process(&mut [&mut vec![0.0; 48_000]]).expect("one channel");
    let targets = equaliser().tuned(&[40.0, 400.0, -6.0, 3.0]).expect("a design");
    let mut impulse = vec![0.0; 4_000];
    impulse[0] = 1.0;
    moved.process(&mut [&mut impulse]).expect("one channel");
    for (y, wanted) in impulse.iter().zip(targets.impulse_response(4_000)) {
        assert!((y - wanted).abs() < 1e-13, "{y} and {wanted}");
    }
}

#[test]
fn every_layout_gives_the_same_samples() -> Result<(), Box<dyn Error>> {
    let [left, right] = stereo(1_000);
    let turn = |processor: &mut Processor<f64>| processor.set(2, -9.0);
    let [mut wanted_left, mut wanted_right] = [left.clone(), right.clone()];
    let mut separate = processor(2);
    turn(&mut separate)?;
    separate.process(&mut [&mut wanted_left, &mut wanted_right])?;

    let mut contiguous = [left.clone(), right.clone()].concat();
    let mut other = processor(2);
    turn(&mut other)?;
    other.process_contiguous(&mut contiguous)?;
    assert_eq!(contiguous, [wanted_left.clone(), wanted_right.clone()].concat());

    let mut frames: Vec<f64> = left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]).collect();
    let mut other = processor(2);
    turn(&mut other)?;
    other.process_interleaved(&mut frames)?;
    let wanted: Vec<f64> =
        wanted_left.iter().zip(&wanted_right).flat_map(|(l, r)| [*l, *r]).collect();
    assert_eq!(frames, wanted);

    let mut other = processor(2);
    turn(&mut other)?;
    let [mut one, mut two] = [vec![0.0; 1_000], vec![0.0; 1_000]];
    other.process_shared(&left, &mut [&mut one, &mut two])?;
    assert_eq!((&one, &two), (&wanted_left, &wanted_left));
    Ok(())
}

/// The division of a signal into blocks changes nothing but rounding, in motion too.
#[test]
fn blocks_of_any_length_agree() -> Result<(), Box<dyn Error>> {
    let run = |length: usize| -> Result<Vec<f64>, Box<dyn Error>> {
        let mut processor = processor(1);
        processor.set(2, 9.0)?;
        processor.set(0, 300.0)?;
        let mut block = noise::<f64>(5_000, 9);
        for part in block.chunks_mut(length) {
            processor.process(&mut [part])?;
        }
        Ok(block)
    };
    let whole = run(5_000)?;
    for length in [1, 7, 16, 64, 100, 1_000] {
        for (y, wanted) in run(length)?.iter().zip(&whole) {
            assert!((y - wanted).abs() < 1e-12, "blocks of {length}");
        }
    }
    Ok(())
}

#[test]
fn blocks_of_the_wrong_shape_are_refused() {
    let mut processor = processor(2);
    let [mut left, mut right] = stereo(64);
    let untouched = left.clone();
    assert!(processor.process(&mut [&mut left]).is_err());
    assert!(processor.process(&mut [&mut left, &mut right[..63]]).is_err());
    assert!(processor.process_contiguous(&mut left[..63]).is_err());
    assert!(processor.process_interleaved(&mut left[..63]).is_err());
    assert!(processor.process_shared(&right, &mut [&mut left]).is_err());
    let short = Modulation { knob: 0, offsets: &[0.0; 63] };
    assert!(processor.process_modulated(&mut [&mut left, &mut right], &[short]).is_err());
    assert_eq!(left, untouched);
    processor.set_channels(1);
    assert!(processor.process(&mut [&mut left]).is_ok());
    let nothing: &mut [&mut [f64]] = &mut [];
    processor.set_channels(0);
    assert!(processor.process(nothing).is_ok());
}

#[test]
fn knobs_that_cannot_be_set_stay_where_they_are() {
    let mut processor = processor(1);
    let gain = processor.knob("body.gain_db").expect("a knob");
    for value in [f64::NAN, f64::INFINITY, 12.1, -1e9] {
        let error = processor.set(gain, value).expect_err("out of bounds");
        assert!(matches!(error, SetError::Value(_)), "{error}");
        assert_eq!(processor.target(gain), Some(0.0));
    }
    assert_eq!(
        processor.set(gain, 12.5).expect_err("out of bounds").to_string(),
        "band 1: `gain_db` = 12.5 dB must lie between -12 dB and 12 dB",
    );
    assert!(matches!(processor.set(9, 1.0), Err(SetError::Knob { index: 9, count: 4 })));
    assert!(processor.set(gain, f64::from(12.0_f32 + 1e-6)).is_ok());
    assert_eq!(processor.target(gain), Some(12.0));
    processor.set_clamped(gain, -1e9).expect("moved to the bound");
    assert_eq!(processor.target(gain), Some(-12.0));
    processor.set_clamped(gain, f64::NAN).expect("nothing");
    assert_eq!(processor.target(gain), Some(-12.0));

    // Each value within its bounds, but not both together.
    let band =
        Band::bandpass(Method::Butterworth { order: 2 }, Tune::free(500.0), Tune::free(900.0));
    let filter = TunableCascade::new([("band", band)], RATE).expect("a bandpass");
    let mut crossed = Processor::<f32>::new(&filter, 1).expect("a processor");
    assert!(matches!(crossed.set(0, 1_000.0), Err(SetError::Value(_))));
    assert!(crossed.set(0, 30_000.0).is_err());
    assert_eq!(crossed.target(0), Some(500.0));
}

#[test]
fn modulation_without_sense_holds_the_last_value() {
    let filter = Band::resonant_lowpass(Tune::within(1_000.0, 20.0..=20_000.0), Tune::from(2.0));
    let filter = TunableCascade::new([("low", filter)], RATE).expect("a lowpass");
    let mut processor = Processor::<f32>::new(&filter, 1).expect("a processor");
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN] {
        let mut offsets = [1.0_f32; 256];
        offsets[100] = bad;
        offsets[200..].fill(bad);
        let mut block = noise::<f32>(256, 3);
        let modulations = [
            Modulation { knob: 0, offsets: &offsets },
            Modulation { knob: 7, offsets: &[0.0; 256] },
        ];
        processor.process_modulated(&mut [&mut block], &modulations).expect("one channel");
        assert!(block.iter().all(|y| y.is_finite()), "{bad}");
    }
    // A signal of any length after it: the knob's own value again.
    let mut tail = noise::<f32>(48_000, 5);
    processor.process(&mut [&mut tail]).expect("one channel");
    let mut fresh = Processor::<f32>::new(&filter, 1).expect("a processor");
    let mut wanted = noise::<f32>(48_000, 5);
    fresh.process(&mut [&mut wanted]).expect("one channel");
    assert!((tail[47_999] - wanted[47_999]).abs() < 1e-6);
}

/// A constant offset is another value of the knob.
#[test]
fn modulation_is_an_offset_on_the_natural_scale() -> Result<(), Box<dyn Error>> {
    let free = Band::peak(Tune::free(1_000.0), Tune::free(2.0), Tune::free(3.0));
    let filter = TunableCascade::new([("peak", free)], RATE)?;
    for (knob, offset, at) in [
        (0, 1.5, Band::peak(1_000.0 * 1.5_f64.exp2(), 2.0, 3.0)),
        (1, -2.0, Band::peak(1_000.0, 0.5, 3.0)),
        (2, -9.0, Band::peak(1_000.0, 2.0, -6.0)),
    ] {
        let mut processor = Processor::<f64>::new(&filter, 1)?;
        let offsets = [offset; 2_000];
        let mut block = noise::<f64>(2_000, 6);
        processor
            .process_modulated(&mut [&mut block], &[Modulation { knob, offsets: &offsets }])?;
        let cascade = at.design(RATE)?;
        let mut wanted = noise::<f64>(2_000, 6);
        cascade.process(&mut cascade.state(), &mut wanted);
        for (y, wanted) in block.iter().zip(&wanted) {
            assert!((y - wanted).abs() < 1e-12, "knob {knob}: {y} and {wanted}");
        }
    }
    Ok(())
}

#[test]
fn bad_samples_are_forgotten() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut processor = processor(2);
        let [mut left, mut right] = stereo(1_000);
        left[100] = bad;
        processor.process(&mut [&mut left, &mut right]).expect("two channels");
        assert!(left[164..].iter().all(|y| y.is_finite()), "{bad}");
        assert!(right.iter().all(|y| y.is_finite()), "{bad}");
    }
}

#[test]
fn bypass_fades_to_the_input_and_back() {
    let mut processor = processor(1);
    let input = noise::<f64>(4_000, 8);
    let run = |processor: &mut Processor<f64>| {
        let mut block = input.clone();
        processor.process(&mut [&mut block]).expect("one channel");
        block
    };
    let wet = run(&mut processor);
    assert_ne!(wet[3_999], input[3_999]);
    processor.bypass(true);
    let fading = run(&mut processor);
    assert_ne!(fading[100], input[100]);
    assert_eq!(fading[960..], input[960..]);
    assert_eq!(run(&mut processor), input);
    processor.bypass(false);
    let back = run(&mut processor);
    // From rest: the first sample is all but dry.
    assert!((back[0] - input[0]).abs() < 1e-2);
    let mut fresh = self::processor(1);
    let wanted = run(&mut fresh);
    for (y, wanted) in back[960..].iter().zip(&wanted[960..]) {
        assert!((y - wanted).abs() < 1e-12);
    }
}

#[test]
fn crossfades_end_at_the_new_filter() -> Result<(), Box<dyn Error>> {
    let other = || -> Result<Processor<f64>, Box<dyn Error>> {
        let low = Band::lowpass(Method::Butterworth { order: 8 }, Tune::free(500.0));
        Ok(Processor::new(&TunableCascade::new([("low", low)], RATE)?, 2)?)
    };
    let [left, right] = stereo(3_000);
    let mut fade = Crossfade::new(processor(2));
    fade.change_to(other()?, 0.02)?;
    assert!(fade.change_to(other()?, 0.02).is_err(), "the first one is still fading");
    let mut outputs: Vec<Vec<f64>> = Vec::new();
    for layout in 0..3 {
        let mut fade = fade.clone();
        assert!(fade.retired().is_none());
        let (mut l, mut r) = (left.clone(), right.clone());
        match layout {
            0 => fade.process(&mut [&mut l, &mut r])?,
            1 => {
                let mut block = [l, r].concat();
                fade.process_contiguous(&mut block)?;
                (l, r) = (block[..3_000].to_vec(), block[3_000..].to_vec());
            }
            _ => {
                let mut frames: Vec<f64> = l.iter().zip(&r).flat_map(|(l, r)| [*l, *r]).collect();
                fade.process_interleaved(&mut frames)?;
                (l, r) = frames.chunks(2).map(|frame| (frame[0], frame[1])).unzip();
            }
        }
        assert!(fade.retired().is_some());
        outputs.push([l, r].concat());
    }
    assert_eq!(outputs[0], outputs[1]);
    assert_eq!(outputs[0], outputs[2]);
    let (mut l, mut r) = (left.clone(), right.clone());
    other()?.process(&mut [&mut l, &mut r])?;
    assert_eq!(outputs[0][960..3_000], l[960..]);
    assert_ne!(outputs[0][100], l[100]);
    let mono = Processor::new(&equaliser(), 1)?;
    assert!(Crossfade::new(mono).change_to(other()?, 0.1).is_err());
    Ok(())
}

#[test]
fn a_remote_turns_knobs_from_another_thread() {
    let mut processor = processor(1);
    let remote = processor.remote();
    let other = remote.clone();
    std::thread::spawn(move || {
        assert!(other.set(2, -100.0));
        assert!(other.set(0, f64::NAN));
        assert!(!other.set(99, 1.0));
    })
    .join()
    .expect("the thread ends");
    processor.process(&mut [&mut [0.0; 64][..]]).expect("one channel");
    assert_eq!((processor.target(0), processor.target(2)), (Some(80.0), Some(-12.0)));
    // A knob turned here is not turned back by what the remote said before.
    processor.set(2, 5.0).expect("within bounds");
    remote.set(3, 1.0);
    processor.process(&mut [&mut [0.0; 64][..]]).expect("one channel");
    assert_eq!((processor.target(2), processor.target(3)), (Some(5.0), Some(1.0)));
}

#[test]
fn reset_ends_all_motion() {
    let mut processor = processor(1);
    processor.set(2, -12.0).expect("within bounds");
    processor.reset();
    assert_eq!((processor.value(2), processor.target(2)), (Some(-12.0), Some(-12.0)));
    let mut impulse = vec![0.0; 500];
    impulse[0] = 1.0;
    processor.process(&mut [&mut impulse]).expect("one channel");
    let design = equaliser().tuned(&[80.0, 250.0, -12.0, 3.0]).expect("a design");
    for (y, wanted) in impulse.iter().zip(design.impulse_response(500)) {
        assert!((y - wanted).abs() < 1e-13);
    }
}
