//! Filters that move, to listen to: a bass voice with an envelope and an oscillator on its cutoff,
//! through a channel strip whose knobs are turned all the time.
//!
//! ```text
//! cargo run --release --example moving_knobs                   # plays, if there is a player
//! cargo run --release --example moving_knobs -- --out bass.wav
//! ```

use std::error::Error;
use std::f32::consts::TAU;
use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use filterbank::filterbank;
use filterbank::motion::{Modulation, Processor, SetError};

filterbank! {
    struct Voice: cascade {
        filter: resonant_lowpass(cutoff = tune(90.0 in 20.0..=18_000.0), q = tune(2.0 in 0.5..=12.0)),
    }
}

filterbank! {
    struct Strip: cascade {
        rumble: resonant_highpass(cutoff = tune(30.0 in 20.0..=400.0), q = 0.707),
        body: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(0.0 in -12.0..=12.0)),
        air: high_shelf(cutoff = 6_000.0, q = 0.707, gain_db = tune(0.0 in -12.0..=12.0)),
    }
}

type Filter = Processor<f32>;

const RATE: f32 = 48_000.0;
const BLOCK: usize = 64;
const NOTE: usize = 6_000; // samples
const PITCHES: [f32; 8] = [55.0, 55.0, 110.0, 55.0, 65.4, 82.4, 110.0, 49.0];

fn main() -> Result<(), Box<dyn Error>> {
    let sound = render()?;
    assert!(sound.iter().all(|x| x.abs() < 1.0) && sound.iter().any(|x| x.abs() > 0.5));
    let wav = wav(&sound)?;
    let mut arguments = std::env::args().skip(1);
    let file = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) if play(&wav) => return Ok(()),
        (None, _) => std::env::temp_dir().join("moving_knobs.wav"),
        (Some("--out"), Some(file)) => file.into(),
        _ => return Err("usage: moving_knobs [--out FILE.wav]".into()),
    };
    std::fs::write(&file, wav)?;
    println!("written to {}", file.display());
    Ok(())
}

fn render() -> Result<Vec<f32>, Box<dyn Error>> {
    let mut voice = Filter::new(&Voice::at(RATE.into())?, 1)?;
    let mut strip = Filter::new(&Strip::at(RATE.into())?, 1)?;
    strip.set_ramp(0.2);
    let (mut sound, mut phase) = (vec![0.0; 64 * NOTE], 0.0);
    for (index, block) in sound.chunks_exact_mut(BLOCK).enumerate() {
        let start = index * BLOCK;
        if start % (2 * NOTE) < BLOCK {
            turn_knobs(&mut voice, &mut strip, start / (2 * NOTE))?;
        }
        let (mut envelope, mut vibrato) = ([0.0; BLOCK], [0.0; BLOCK]); // in octaves
        for (n, sample) in block.iter_mut().enumerate() {
            let (note, age) = ((start + n) / NOTE, (start + n) % NOTE);
            let step = PITCHES[note % PITCHES.len()] / RATE;
            phase = (phase + step) % 1.0;
            let gate = (age.min(NOTE - age) as f32 / (0.002 * RATE)).min(1.0); // edges of 2 ms
            let seconds = age as f32 / RATE;
            *sample = 0.25 * gate * (-6.0 * seconds).exp() * saw(phase, step);
            envelope[n] = 5.0 * gate * (-9.0 * seconds).exp();
            vibrato[n] = 0.3 * (TAU * 5.0 * (start + n) as f32 / RATE).sin();
        }
        let on_cutoff = |offsets| Modulation { knob: Voice::FILTER_CUTOFF, offsets };
        let modulations = [on_cutoff(&envelope), on_cutoff(&vibrato)];
        voice.process_modulated(&mut [&mut *block], &modulations)?;
        strip.process(&mut [block])?;
    }
    Ok(sound)
}

fn turn_knobs(voice: &mut Filter, strip: &mut Filter, step: usize) -> Result<(), SetError> {
    voice.set(Voice::FILTER_Q, [2.0, 8.0, 4.0][step % 3])?;
    strip.set(Strip::RUMBLE_CUTOFF, [25.0, 25.0, 25.0, 200.0][step % 4])?;
    strip.set(Strip::BODY_CENTER, [150.0, 450.0, 250.0][step % 3])?;
    strip.set(Strip::BODY_GAIN_DB, [6.0, -9.0][step % 2])?;
    strip.set(Strip::AIR_GAIN_DB, [0.0, 9.0, -9.0, 6.0, -3.0][step % 5])
}

/// A sawtooth with edges rounded over two samples, by a polynomial (Välimäki and Huovilainen, 2007).
fn saw(phase: f32, step: f32) -> f32 {
    let from_edge = if phase < 0.5 { phase } else { phase - 1.0 } / step;
    let rest = (1.0 - from_edge.abs()).max(0.0);
    2.0 * phase - 1.0 + from_edge.signum() * rest * rest
}

fn wav(sound: &[f32]) -> Result<Vec<u8>, hound::Error> {
    let (sample_rate, sample_format) = (48_000, hound::SampleFormat::Float);
    let spec = hound::WavSpec { channels: 1, sample_rate, bits_per_sample: 32, sample_format };
    let mut bytes = Vec::new();
    let mut writer = hound::WavWriter::new(Cursor::new(&mut bytes), spec)?;
    sound.iter().try_for_each(|sample| writer.write_sample(*sample))?;
    writer.finalize()?;
    Ok(bytes)
}

/// Plays through the first player that is installed and finds a sound card.
fn play(wav: &[u8]) -> bool {
    let players = ["aplay -q -", "play -q -t wav -", "ffplay -v error -nodisp -autoexit -"];
    players.iter().any(|player| {
        let mut words = player.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        let command = command.args(words).stdin(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return false };
        let sent = child.stdin.take().is_some_and(|mut input| input.write_all(wav).is_ok());
        child.wait().is_ok_and(|status| sent && status.success())
    })
}
