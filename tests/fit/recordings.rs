//! Fits of recordings with their chains: gain, delay, offset and initial state.

use filterbank::fit::{Fit, LeastSquares, Recording, Recordings};
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};

use crate::common::noise::{normal, uniform};
use crate::recording::noise;

const RATE: f64 = 16_000.0;

/// The chain of a synthetic recording.
#[derive(Clone, Copy, Debug)]
struct Chain {
    gain: f64,
    delay: f64,
    offset: f64,
}

/// Noise of variance 1 without signal near the Nyquist frequency.
fn soft_noise(seed: u64, count: usize) -> Vec<f64> {
    let lowpass = Band::lowpass(Method::Butterworth { order: 8 }, 0.35 * RATE);
    let lowpass = lowpass.design(RATE).expect("a lowpass");
    let mut signal: Vec<f64> = normal(seed).take(count).collect();
    lowpass.process(&mut lowpass.state(), &mut signal);
    signal
}

/// The signal delayed by the sum of all its samples, each times a sinc. It is 0 before its start and
/// after its end.
fn delayed(signal: &[f64], delay: f64) -> Vec<f64> {
    let sinc = |t: f64| {
        let t = std::f64::consts::PI * t;
        if t == 0.0 { 1.0 } else { t.sin() / t }
    };
    let at = |n: usize| {
        let each = signal.iter().enumerate();
        each.map(|(m, x)| x * sinc(n as f64 - delay - m as f64)).sum()
    };
    (0..signal.len()).map(at).collect()
}

/// The output of a filter behind its chain.
fn recorded(model: &TunableCascade, truth: &[f64], input: &[f64], chain: Chain) -> Vec<f64> {
    let system = model.tuned(truth).expect("the truth can be designed");
    let mut output = delayed(input, chain.delay);
    system.process(&mut system.state(), &mut output);
    output.iter().map(|y| chain.gain * y + chain.offset).collect()
}
#[test]
fn zz_explore() {
    let mut random = uniform(1);
    let mut r = |a: f64, b: f64| a + (b - a) * 0.5 * (random.next().unwrap() + 1.0);
    let mut bad = 0;
    let mut known = 0;
    let total = 300;
    for seed in 0..total {
        let kind = seed % 4;
        let band = |f: Tune, q: Tune, g: Tune| match kind {
            0 => Band::peak(f, q, g),
            1 => Band::low_shelf(f, q, g),
            2 => Band::resonant_lowpass(f, q),
            _ => Band::resonant_highpass(f, q),
        };
        let f0 = r(5.0, 8.5).exp();
        let q0 = r(-0.7, 1.5).exp();
        let g0 = if r(0.0, 1.0) < 0.5 { r(3.0, 12.0) } else { -r(3.0, 12.0) };
        let fs = f0 * r(-0.7, 0.7).exp();
        let qs = q0 * r(-0.7, 0.7).exp();
        let t = |v: f64, lo: f64, hi: f64| Tune::within(v.clamp(lo, hi), lo..=hi);
        let model = TunableCascade::new(
            [("b", band(t(fs, 20.0, 7900.0), t(qs, 0.1, 20.0), Tune::within(0.0, -30.0..=30.0)))],
            RATE,
        )
        .unwrap();
        let truth: Vec<f64> = if kind < 2 { vec![f0, q0, g0] } else { vec![f0, q0] };
        let chain = Chain {
            gain: if r(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 } * r(-2.0, 2.0).exp(),
            delay: r(-20.0, 20.0),
            offset: r(-1.0, 1.0),
        };
        let input = soft_noise(seed, 1000);
        let output = recorded(&model, &truth, &input, chain);
        let sd = 0.05 * chain.gain.abs();
        let output: Vec<f64> =
            output.iter().zip(noise(seed + 1000, 1000, sd)).map(|(y, n)| y + n).collect();
        let recording = Recording::new(&input, &output)
            .gain(Tune::free(1.0))
            .delay(Tune::within(0.0, -25.0..=25.0))
            .offset(Tune::free(0.0));
        let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new()).unwrap();
        let ok = fit.rms < 1.1 * sd;
        let with = |d: Tune, s: f64| {
            let rec = Recording::new(&input, &output)
                .gain(Tune::free(1.0))
                .delay(d)
                .offset(Tune::free(0.0));
            let fit = Recordings::new(&model).with(rec).fit(&LeastSquares::new()).unwrap();
            let _ = s;
            fit.rms < 1.1 * sd
        };
        known += u32::from(!with(Tune::Fixed(chain.delay), 1.0));
        let d0 = fit.params[fit.params.len() - 2].round();
        let _ = d0;
        let near = (-2..=2)
            .map(|k| {
                with(
                    Tune::within(
                        chain.delay.round() + f64::from(k),
                        chain.delay.round() + f64::from(k) - 0.5
                            ..=chain.delay.round() + f64::from(k) + 0.5,
                    ),
                    0.0,
                )
            })
            .collect::<Vec<_>>();
        if !ok {
            println!("{near:?}");
        }
        if !ok {
            bad += 1;
            println!(
                "{seed} kind {kind} truth {truth:?} start {fs} {qs} {chain:?} rms/sd {} {:?} {}",
                fit.rms / sd,
                fit.params,
                fit.stop
            );
        }
    }
    println!("known {known} bad {bad} of {total}");
}
