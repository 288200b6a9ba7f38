//! The spectral encoder against a plain loop on dual numbers, and layouts against published values.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::noise::{noise, normal};
use common::worst::Worst;
use filterbank::encoder::{EncoderError, LevelFrames, SpectralEncoder};
use filterbank::fit::Adam;
use filterbank::layer::{BatchShape, LayerError};
use filterbank::layout::{AuditoryScale, Layout, LayoutError};
use filterbank::tune::{Param, Unconstrained};
use filterbank::{
    Band, Bank, DesignError, Dual, Method, Scalar, Section, Tunable, TunableBank, TunableCascade,
    Tune, jacobian,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A bank with all numbers of its bands as parameters.
fn tunable(bands: &[Band<f64>], sample_rate: f64) -> Result<TunableBank, filterbank::DesignError> {
    let bands = bands.iter().enumerate();
    let named = bands.map(|(index, band)| (index.to_string(), band.map(|_, v| Tune::free(v))));
    TunableBank::new(named, sample_rate)
}

fn start(filter: &impl Tunable) -> Vec<f64> {
    filter.params().map(|param| param.value).collect()
}

/// Levels of one signal `[frames, bands]`, by the definition.
fn naive<S: filterbank::run::Sample>(
    bank: &Bank<S>,
    input: &[S],
    size: usize,
    hop: usize,
    floor_db: f64,
) -> Vec<S> {
    let (time, bands) = (input.len(), bank.band_count());
    let mut outputs = vec![S::zero(); bands * time];
    bank.process(&mut bank.state(), input, &mut outputs).expect("the lengths fit");
    let mut levels = Vec::new();
    for start in (0..=time - size).step_by(hop) {
        for band in 0..bands {
            let frame = &outputs[band * time + start..][..size];
            let mean = frame.iter().map(|y| *y * *y).sum::<S>().scale(1.0 / size as f64);
            levels.push((mean + S::from_f64(10_f64.powf(floor_db / 10.0))).log10().scale(10.0));
        }
    }
    levels
}

#[test]
fn levels_and_gradients_are_those_of_dual_numbers() -> Outcome {
    let layout = Layout::divided(AuditoryScale::Erb, 300.0..=3_000.0, 3)?;
    let mut bands = layout.bandpasses(Method::Butterworth { order: 2 });
    bands.extend(layout.resonators().into_iter().take(1));
    let bank = tunable(&bands, 8_000.0)?;
    let params = start(&bank);
    let (batch, channels) = (2, 2);
    let mut errors = [Worst::default(), Worst::default(), Worst::default()];
    for (time, size, hop) in [(40, 40, 7), (700, 200, 64), (613, 31, 50), (1_030, 256, 256)] {
        let shape = BatchShape { batch, channels, time };
        let input: Vec<f64> = noise(shape.samples(), 3);
        let mut encoder =
            SpectralEncoder::new(&bank, &params, LevelFrames::new(size, hop, -60.0)?)?;
        let mut levels = vec![f64::NAN; encoder.levels(shape)];
        encoder.forward(shape, &input, &mut levels)?;
        let slope: Vec<f64> = noise(levels.len(), 4);
        let (mut by_input, mut by_params) = (vec![f64::NAN; input.len()], vec![0.0; params.len()]);
        encoder.backward(&input, &slope, &mut by_input, &mut by_params)?;

        let per_signal = levels.len() / shape.signals();
        let (values, rows) = jacobian(&params, |p| {
            let bank = bank.tuned(p)?;
            let constant = |x: &f64| Scalar::from_f64(*x);
            let signals = input.chunks(time).map(|signal| {
                let signal: Vec<_> = signal.iter().map(constant).collect();
                naive(&bank, &signal, size, hop, -60.0)
            });
            Ok::<_, filterbank::DesignError>(signals.flatten().collect::<Vec<_>>())
        })?;
        for (level, value) in levels.iter().zip(&values) {
            errors[0].see((level - value).abs(), || format!("{time} {size} {hop}"));
        }
        for (param, found) in by_params.iter().enumerate() {
            let each = || slope.iter().enumerate().map(|(output, s)| s * rows[(output, param)]);
            let (exact, scale) = (each().sum::<f64>(), each().map(f64::abs).sum::<f64>());
            errors[1].see((found - exact).abs() / scale, || format!("{time} {size} {hop} {param}"));
        }
        let plain = bank.tuned(&params)?;
        let duals = Bank::from_bands(
            &bank.bands(&params.iter().map(|p| Dual::constant(*p)).collect::<Vec<_>>())?,
            8_000.0,
        )?;
        assert_eq!(plain.band_count(), encoder.bands());
        for place in (0..input.len()).step_by(input.len() / 23) {
            let (signal, sample) = (place / time, place % time);
            let seeded: Vec<Dual<f64, 1>> = (input[signal * time..][..time].iter().enumerate())
                .map(|(n, x)| if n == sample { Dual::variable(*x, 0) } else { Dual::constant(*x) })
                .collect();
            let levels = naive(&duals, &seeded, size, hop, -60.0);
            let slopes = &slope[signal * per_signal..][..per_signal];
            let each = || levels.iter().zip(slopes).map(|(level, s)| level.tangent()[0] * s);
            let (exact, scale) = (each().sum::<f64>(), each().map(f64::abs).sum::<f64>());
            let error = (by_input[place] - exact).abs() / (scale + 1e-12);
            errors[2].see(error, || format!("{time} {size} {hop} {place}"));
        }
    }
    errors[0].assert_at_most(1e-11, "levels in dB");
    errors[1].assert_at_most(1e-11, "derivatives by parameters");
    errors[2].assert_at_most(1e-11, "derivatives by the input");
    Ok(())
}

#[test]
fn signals_may_be_f32_and_silence_has_the_level_of_the_floor() -> Outcome {
    let bands = Layout::octaves(1, 125.0..=2_000.0)?.resonators();
    let bank = tunable(&bands, 8_000.0)?;
    let frames = LevelFrames::new(100, 50, -80.0)?;
    let mut encoder = SpectralEncoder::new(&bank, &start(&bank), frames)?;
    let shape = BatchShape { batch: 1, channels: 1, time: 500 };
    let wide: Vec<f64> = noise::<f32>(500, 5).into_iter().map(f64::from).collect();
    let narrow: Vec<f32> = noise(500, 5);
    let (mut levels, mut levels_f32) = (vec![0.0; 45], vec![0.0_f32; 45]);
    encoder.forward(shape, &wide, &mut levels)?;
    encoder.forward(shape, &narrow, &mut levels_f32)?;
    for (one, other) in levels.iter().zip(&levels_f32) {
        assert_eq!(f32::from_f64(*one), *other);
    }
    encoder.forward(shape, &[0.0; 500], &mut levels)?;
    assert!(levels.iter().all(|level| (level + 80.0).abs() < 1e-12));
    let (mut by_input, mut by_params) = ([f64::NAN; 500], vec![0.0; start(&bank).len()]);
    encoder.backward(&[0.0; 500], &[1.0; 45], &mut by_input, &mut by_params)?;
    assert!(by_input.iter().chain(&by_params).all(|slope| *slope == 0.0));

    // A number that is not finite is not hidden.
    let mut broken = wide.clone();
    broken[220] = f64::INFINITY;
    encoder.forward(shape, &broken, &mut levels)?;
    for (frame, levels) in levels.chunks(5).enumerate() {
        let touched = frame * 50 + 100 > 220;
        assert!(levels.iter().all(|level| level.is_nan() == touched), "{frame} {levels:?}");
    }
    Ok(())
}

/// Centres and widths of a bank that starts elsewhere, from the levels of another bank alone.
#[test]
fn a_layout_is_learned() -> Outcome {
    let bands = |low, high| {
        Ok::<_, LayoutError>(Layout::divided(AuditoryScale::Mel, low..=high, 4)?.resonators())
    };
    let wanted = tunable(&bands(500.0, 3_000.0)?, 16_000.0)?;
    let filter = Unconstrained::new(tunable(&bands(300.0, 3_600.0)?, 16_000.0)?)?;
    let frames = LevelFrames::new(256, 128, -80.0)?;
    let mut teacher = SpectralEncoder::new(&wanted, &start(&wanted), frames)?;
    let mut free = filter.start();
    let mut encoder = SpectralEncoder::new(&filter, &free, frames)?;
    let shape = BatchShape { batch: 2, channels: 1, time: 1_024 };
    let mut adam = Adam::new(0.02);
    let (mut target, mut levels) =
        (vec![0.0; teacher.levels(shape)], vec![0.0; teacher.levels(shape)]);
    let mut by_input = vec![0.0; shape.samples()];
    for seed in 0..400 {
        let input: Vec<f64> = normal(seed).take(shape.samples()).collect();
        teacher.forward(shape, &input, &mut target)?;
        encoder.forward(shape, &input, &mut levels)?;
        let slope: Vec<f64> = levels.iter().zip(&target).map(|(one, other)| one - other).collect();
        let mut gradient = vec![0.0; free.len()];
        encoder.backward(&input, &slope, &mut by_input, &mut gradient)?;
        adam.set_learning_rate(0.02 * 0.01_f64.powf(seed as f64 / 400.0));
        adam.step(&mut free, &gradient)?;
        encoder.retune(&free)?;
    }
    for (found, wanted) in filter.to_params(&free)?.iter().zip(start(&wanted)) {
        assert!((found / wanted - 1.0).abs() < 0.01, "{found} {wanted}");
    }
    Ok(())
}

#[test]
fn wrong_calls_are_refused_and_change_nothing() -> Outcome {
    assert_eq!(
        LevelFrames::new(0, 1, 0.0).expect_err("no size").to_string(),
        "`size` = 0 must be at least 1 sample"
    );
    assert!(LevelFrames::new(1, 0, 0.0).is_err() && LevelFrames::new(1, 1, f64::NAN).is_err());
    let bank = tunable(&Layout::octaves(1, 500.0..=1_000.0)?.resonators(), 8_000.0)?;
    let params = start(&bank);
    let frames = LevelFrames::new(100, 30, -80.0)?;
    assert!(SpectralEncoder::new(&bank, &params[1..], frames).is_err());
    let mut encoder = SpectralEncoder::new(&bank, &params, frames)?;
    let short = BatchShape { batch: 1, channels: 1, time: 99 };
    assert_eq!(
        encoder.forward(short, &[0.0; 99], &mut []).expect_err("short").to_string(),
        "signals of 99 samples hold no frame: `time` must be at least `size` = 100"
    );
    let shape = BatchShape { time: 170, ..short };
    assert_eq!(encoder.levels(shape), 3 * 2);
    let mut levels = [7.0; 6];
    assert!(encoder.forward(shape, &[0.0; 169], &mut levels).is_err());
    assert!(encoder.forward(shape, &[0.0; 170], &mut levels[1..]).is_err());
    assert_eq!(levels, [7.0; 6]);
    let (input, mut slope) = (noise::<f64>(170, 1), [0.0; 170]);
    let mut gradient = vec![0.0; params.len()];
    let found = encoder.backward(&input, &[0.0; 6], &mut slope, &mut gradient);
    assert_eq!(found, Err(EncoderError::Layer(LayerError::NoForward)));
    encoder.forward(shape, &input, &mut levels)?;
    let before = levels;
    assert!(encoder.backward(&input, &[0.0; 5], &mut slope, &mut gradient).is_err());
    assert!(encoder.backward(&input, &[0.0; 6], &mut slope[1..], &mut gradient).is_err());
    assert!(encoder.backward(&input, &[0.0; 6], &mut slope, &mut gradient[1..]).is_err());
    let mut wrong = params.clone();
    wrong[2] = 5_000.0;
    let error = encoder.retune(&wrong).expect_err("above the Nyquist frequency").to_string();
    assert!(error.contains("`center` = 5000 Hz must lie strictly between"), "{error}");
    assert!(encoder.retune(&params[1..]).is_err());
    encoder.forward(shape, &input, &mut levels)?;
    assert_eq!(levels, before);
    // Nothing to do.
    let nobody = BatchShape { batch: 0, channels: 3, time: 170 };
    encoder.forward::<f64>(nobody, &[], &mut [])?;
    encoder.backward::<f64>(&[], &[], &mut [], &mut gradient)?;

    // A cascade is one band.
    let peak = Band::peak(Tune::free(500.0), Tune::free(1.0), Tune::free(3.0));
    let cascade = TunableCascade::new([("peak", peak)], 8_000.0)?;
    let one = SpectralEncoder::new(&cascade, &[500.0, 1.0, 3.0], frames)?;
    assert_eq!(one.levels(shape), 3);
    Ok(())
}

/// A bank of two sections whose ends do not fit.
#[derive(Debug)]
struct Misfit(&'static [usize]);

impl Tunable for Misfit {
    type Filter<S: Scalar> = [Section<S>; 2];

    fn sample_rate(&self) -> f64 {
        8_000.0
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        [].into_iter()
    }

    fn tuned<S: Scalar>(&self, _params: &[S]) -> Result<[Section<S>; 2], DesignError> {
        Ok([Section::identity(); 2])
    }

    fn ends(&self) -> &[usize] {
        self.0
    }
}

#[test]
fn ends_that_do_not_fit_are_refused() -> Outcome {
    let frames = LevelFrames::new(4, 4, -80.0)?;
    for ends in [&[1][..], &[1, 3], &[2, 1, 2], &[3]] {
        let error = SpectralEncoder::new(Misfit(ends), &[], frames).expect_err("refused");
        assert_eq!(error, EncoderError::Layer(LayerError::Ends { sections: 2 }), "{ends:?}");
    }
    for (ends, bands) in [(&[][..], 1), (&[1, 2], 2), (&[0, 2], 2)] {
        let mut encoder = SpectralEncoder::new(Misfit(ends), &[], frames)?;
        let mut levels = vec![f64::NAN; bands];
        let shape = BatchShape { batch: 1, channels: 1, time: 4 };
        encoder.forward(shape, &[1.0; 4], &mut levels)?;
        assert!(levels.iter().all(|level| level.abs() < 1e-6), "{levels:?}");
    }
    Ok(())
}

#[test]
fn scales_have_their_published_values() {
    // Glasberg & Moore: 1 kHz is at 15.6. HTK: 1000 mel at 1 kHz. librosa's documentation: 60 Hz is
    // 0.9 mel; 440 Hz 6.6. Slaney: 27 steps for a factor of 6.4. Traunmüller: table of critical bands,
    // 920 Hz to 8, 4400 Hz to 18.
    for (scale, frequency, position, tolerance) in [
        (AuditoryScale::Erb, 1_000.0, 15.6, 0.03),
        (AuditoryScale::Mel, 1_000.0, 1_000.0, 0.02),
        (AuditoryScale::MelSlaney, 60.0, 0.9, 1e-12),
        (AuditoryScale::MelSlaney, 440.0, 6.6, 1e-12),
        (AuditoryScale::MelSlaney, 6_400.0, 42.0, 1e-12),
        (AuditoryScale::Bark, 920.0, 8.0, 0.05),
        (AuditoryScale::Bark, 4_400.0, 18.0, 0.05),
        (AuditoryScale::Bark, 100.0, 1.0, 0.3),
    ] {
        let found = scale.position(frequency);
        assert!((found - position).abs() <= tolerance, "{scale:?} {frequency}: {found}");
    }
    // Equation (3) of Glasberg & Moore: the width of a step.
    for frequency in [100.0_f64, 1_000.0, 10_000.0] {
        let [f] = Dual::<f64, 1>::seed([frequency]);
        let width = AuditoryScale::Erb.position(f).tangent()[0].recip();
        assert!((width / (24.7 * (4.37e-3 * frequency + 1.0)) - 1.0).abs() < 0.004);
    }
}

#[test]
fn scales_are_rising_and_have_inverses() {
    use AuditoryScale::{Bark, Erb, Mel, MelSlaney};
    for scale in [Erb, Mel, MelSlaney, Bark] {
        let mut before = f64::NEG_INFINITY;
        for step in 0..2_000 {
            let frequency = 11.0 * f64::from(step);
            let [f] = Dual::<f64, 1>::seed([frequency]);
            let position = scale.position(f);
            assert!(position.primal() > before && position.tangent()[0] > 0.0);
            before = position.primal();
            let again = scale.frequency(position);
            let (error, slope) = ((again.primal() - frequency).abs(), again.tangent()[0]);
            assert!(error < 1e-10 * (frequency + 1.0), "{scale:?} {frequency}: {error:e}");
            assert!((slope - 1.0).abs() < 1e-11, "{scale:?} {frequency}: {slope}");
        }
    }
}

#[test]
fn layouts_divide_their_range() -> Outcome {
    use AuditoryScale::{Bark, Erb, Mel, MelSlaney};
    for scale in [Erb, Mel, MelSlaney, Bark] {
        let layout = Layout::divided(scale, 50.0..=12_000.0, 20)?;
        let bands = layout.bands();
        assert!(bands.len() == 20 && bands[0].low == 50.0 && bands[19].high == 12_000.0);
        assert!(bands.windows(2).all(|pair| pair[0].high == pair[1].low));
        let width = |low: f64, high: f64| scale.position(high) - scale.position(low);
        let half = width(50.0, 12_000.0) / 40.0;
        for band in bands {
            assert!((width(band.low, band.center) / half - 1.0).abs() < 1e-9);
            assert!((width(band.center, band.high) / half - 1.0).abs() < 1e-9);
        }
    }
    let octaves = Layout::octaves(1, 31.5..=16_000.0)?;
    let centers: Vec<f64> = octaves.bands().iter().map(|band| band.center).collect();
    // The nominal frequencies of IEC 61260-1.
    let nominal = [31.5, 63.0, 125.0, 250.0, 500.0, 1e3, 2e3, 4e3, 8e3, 16e3];
    assert_eq!(centers.len(), nominal.len());
    assert!(centers.iter().zip(nominal).all(|(exact, name)| (exact / name - 1.0).abs() < 0.01));
    // Third octaves are tenths of a decade.
    let thirds = Layout::octaves(3, 20.0..=20_000.0)?;
    assert_eq!(thirds.bands().len(), 31);
    for (index, band) in thirds.bands().iter().enumerate() {
        let exact = 10_f64.powf((index as f64 + 13.0) / 10.0);
        assert!((band.center / exact - 1.0).abs() < 1e-13);
        assert!((band.high / exact - 10_f64.powf(0.05)).abs() < 1e-13);
    }
    // Even fractions have an edge, not a centre, at 1 kHz.
    for fraction in [2, 4, 24, 96] {
        let layout = Layout::octaves(fraction, 500.0..=2_000.0)?;
        assert!(layout.bands().iter().any(|band| (band.low / 1_000.0 - 1.0).abs() < 1e-13));
        assert!(layout.bands().windows(2).all(|p| (p[0].high / p[1].low - 1.0).abs() < 1e-13));
    }
    let edges = Layout::from_edges(&[100.0, 400.0, 1_600.0])?;
    assert!((edges.bands()[1].center - 800.0).abs() < 1e-10);

    // Butterworth neighbours cross at -3.01 dB; resonators have 0 dB at their centres.
    let bank = Bank::from_bands(&edges.bandpasses(Method::Butterworth { order: 3 }), 48_000.0)?;
    assert!(bank.bands().all(|band| (band.magnitude_db(400.0) + 3.0103).abs() < 1e-3));
    let bank = Bank::from_bands(&edges.resonators(), 48_000.0)?;
    for (band, wanted) in bank.bands().zip(edges.bands()) {
        assert!(band.magnitude_db(wanted.center).abs() < 1e-9);
    }
    Ok(())
}

#[test]
fn wrong_layouts_are_refused_with_a_reason() {
    let divided = |low, high, bands| Layout::divided(AuditoryScale::Mel, low..=high, bands);
    for (low, high) in [(0.0, 1.0), (2.0, 1.0), (1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
        let error = divided(low, high, 3).expect_err("refused").to_string();
        assert!(
            error.starts_with(&format!("the range from {low} Hz to {high} Hz must")),
            "{error}"
        );
    }
    assert_eq!(divided(1.0, 2.0, 0), Err(LayoutError::Bands { found: 0 }));
    assert!(divided(1.0, 2.0, usize::MAX).is_err());
    assert!(divided(1.0, 1.0_f64.next_up(), 3).is_err());
    assert!(Layout::octaves(0, 1.0..=2.0).is_err() && Layout::octaves(97, 1.0..=2.0).is_err());
    assert_eq!(Layout::octaves(1, 1_100.0..=1_200.0), Err(LayoutError::Bands { found: 0 }));
    assert!(Layout::octaves(96, 1e-300..=1e300).is_err());
    for edges in [&[100.0][..], &[], &[2.0, 1.0], &[0.0, 1.0], &[1.0, f64::NAN]] {
        assert!(Layout::from_edges(edges).is_err(), "{edges:?}");
    }
}
