//! A small host: loads the plugin, turns its knobs, saves and loads its state.

use std::error::Error;
use std::f32::consts::TAU;
use std::ffi::CString;

use channel_strip::{ChannelStrip, ChannelStripPlugin};
use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::PluginAudioPortsConfig;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use clack_plugin::entry::SinglePluginEntry;

type Tested = Result<(), Box<dyn Error>>;

struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Callbacks;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

struct Callbacks;

impl SharedHandler<'_> for Callbacks {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

fn instance() -> Result<PluginInstance<Host>, Box<dyn Error>> {
    let entry = PluginEntry::load_from_clack::<SinglePluginEntry<ChannelStripPlugin>>(c"")?;
    let factory = entry.get_plugin_factory().ok_or("no factory")?;
    let descriptor = factory.plugin_descriptor(0).ok_or("no plugin")?;
    let id = descriptor.id().ok_or("no id")?;
    let host = HostInfo::new("Test", "filterbank", "", "1")?;
    Ok(PluginInstance::new(|()| Callbacks, |_| (), &entry, id, &host)?)
}

/// An event at a sample of a block.
fn turn(time: u32, knob: usize, position: f64) -> ParamValueEvent {
    let id = ClapId::new(u32::try_from(knob).expect("a knob"));
    ParamValueEvent::new(time, id, Pckn::match_all(), position)
}

/// Runs a signal through the plugin in blocks, on every channel. The events are in order, and
/// counted from the start of the signal.
fn run(
    instance: &mut PluginInstance<Host>,
    (sample_rate, channels, block): (f64, usize, usize),
    signal: &[f32],
    events: &[ParamValueEvent],
) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let most = u32::try_from(block)?;
    let configuration =
        PluginAudioConfiguration { sample_rate, min_frames_count: 1, max_frames_count: most };
    let mut running = instance.activate(|_, ()| (), configuration)?.start_processing()?;
    let mut outputs = vec![vec![0.0; signal.len()]; channels];
    for start in (0..signal.len()).step_by(block) {
        let end = signal.len().min(start + block);
        let of_block = |time: u32| (start..end).contains(&(time as usize));
        let events: Vec<_> = events.iter().filter(|event| of_block(event.time())).collect();
        let first = u32::try_from(start)?;
        let events: Vec<_> =
            events.into_iter().map(|event| event.with_time(event.time() - first)).collect();
        let mut inputs = vec![signal[start..end].to_vec(); channels];
        let (mut input_ports, mut output_ports) =
            (AudioPorts::with_capacity(channels, 1), AudioPorts::with_capacity(channels, 1));
        let input_audio = input_ports.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                inputs.iter_mut().map(InputChannel::variable),
            ),
        }]);
        let mut output_audio = output_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                outputs.iter_mut().map(|output| &mut output[start..end]),
            ),
        }]);
        running.process(
            &input_audio,
            &mut output_audio,
            &InputEvents::from_buffer(&events),
            &mut OutputEvents::void(),
            None,
            None,
        )?;
    }
    instance.deactivate(running.stop_processing());
    Ok(outputs)
}

fn tone(frequency: f32, sample_rate: f32, length: u16) -> Vec<f32> {
    (0..length).map(|n| 0.5 * (TAU * frequency / sample_rate * f32::from(n)).sin()).collect()
}

/// The largest sample, infinite if one is NaN.
fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, x| if x.is_nan() { f32::INFINITY } else { peak.max(x.abs()) })
}

#[test]
fn parameters_have_names_text_and_defaults() -> Tested {
    let mut instance = instance()?;
    let handle = instance.plugin_handle();
    let params = handle.get_extension::<PluginParams>().ok_or("no parameters")?;
    let mut buffer = ParamInfoBuffer::new();
    let mut found = Vec::new();
    for index in 0..params.count(&handle) {
        let info = params.get_info(&handle, index, &mut buffer).ok_or("no such parameter")?;
        assert_eq!((info.min_value, info.max_value), (0.0, 1.0));
        let (id, name, default) =
            (info.id, String::from_utf8(info.name.to_vec())?, info.default_value);
        assert_eq!(params.get_value(&handle, id), Some(default));
        let mut text = [0; 64];
        let text = params.value_to_text(&handle, id, default, &mut text).map_err(|_| "no text")?;
        found.push(format!("{name}: {}", String::from_utf8(text.to_vec())?));
    }
    assert_eq!(
        found,
        [
            "Rumble cutoff: 20 Hz",
            "Body center: 250 Hz",
            "Body gain: 0.0 dB",
            "Air cutoff: 8 kHz",
            "Air gain: 0.0 dB"
        ]
    );
    let air = ClapId::new(u32::try_from(ChannelStrip::AIR_CUTOFF)?);
    let typed = |text: &str| params.text_to_value(&handle, air, &CString::new(text).unwrap());
    assert_eq!(typed("20k"), Some(1.0));
    assert_eq!(typed("10 Hz"), Some(0.0)); // the nearest bound
    assert_eq!(typed("loud"), None);
    Ok(())
}

#[test]
fn an_event_takes_effect_at_its_sample() -> Tested {
    let signal = tone(250.0, 48_000.0, 4_800);
    let events = [turn(1_234, ChannelStrip::BODY_GAIN_DB, 1.0)];
    let still = run(&mut instance()?, (48_000.0, 2, 256), &signal, &[])?;
    let turned = run(&mut instance()?, (48_000.0, 2, 256), &signal, &events)?;
    assert_eq!(still[0][..1_234], turned[0][..1_234]);
    assert!(still[0][1_234..1_300] != turned[0][1_234..1_300]);
    // 12 dB at the end.
    let gain = peak(&turned[0][4_300..]) / peak(&still[0][4_300..]);
    assert!((gain - 3.981).abs() < 0.01, "{gain}");
    // The division into blocks does not matter.
    for block in [1, 32, 100, 4_800] {
        let other = run(&mut instance()?, (48_000.0, 2, block), &signal, &events)?;
        let same = other[1].iter().zip(&turned[1]).all(|(x, y)| (x - y).abs() < 1e-6);
        assert!(same, "blocks of {block}");
    }
    Ok(())
}

#[test]
fn knobs_move_without_clicks() -> Tested {
    // All knobs from one end to the other, 20 times a second.
    let signal = tone(110.0, 48_000.0, 48_000);
    let mut events = Vec::new();
    for step in 0..20 {
        for knob in 0..ChannelStrip::PARAMS.len() {
            let position = if (step + knob) % 2 == 0 { 0.0 } else { 1.0 };
            events.push(turn(u32::try_from(2_400 * step)?, knob, position));
        }
    }
    let moving = run(&mut instance()?, (48_000.0, 1, 64), &signal, &events);
    assert!(moving.is_err(), "one channel on a stereo port");
    let moving = run(&mut instance()?, (48_000.0, 2, 64), &signal, &events)?;
    assert!(peak(&moving[0]) < 4.0);
    // Above 5 kHz: below -80 dB of full scale, once the tone has begun.
    let highpass =
        filterbank::Band::highpass(filterbank::Method::Butterworth { order: 8 }, 5_000.0)
            .design(48_000.0)?;
    let mut above: Vec<f64> = moving[0].iter().map(|x| f64::from(*x)).collect();
    highpass.process(&mut highpass.state(), &mut above);
    let click = above[2_000..].iter().fold(0.0_f64, |peak, x| peak.max(x.abs()));
    assert!(click < 1e-4, "{} dB", 20.0 * click.log10());
    Ok(())
}

#[test]
fn any_sample_rate_and_mono() -> Tested {
    let mut mono = instance()?;
    {
        let handle = mono.plugin_handle();
        let layouts = handle.get_extension::<PluginAudioPortsConfig>().ok_or("no layouts")?;
        assert!(layouts.select(&handle, ClapId::new(2)).is_err());
        layouts.select(&handle, ClapId::new(1)).map_err(|_| "no mono")?;
        let ports = handle.get_extension::<PluginAudioPorts>().ok_or("no ports")?;
        let mut buffer = AudioPortInfoBuffer::new();
        let port = ports.get(&handle, 0, true, &mut buffer).ok_or("no port")?;
        assert_eq!(port.channel_count, 1);
    }
    // Air at 20 kHz, which 8 and 32 kHz cannot hold.
    let events = [turn(0, ChannelStrip::AIR_CUTOFF, 1.0), turn(0, ChannelStrip::AIR_GAIN_DB, 1.0)];
    for sample_rate in [8_000.0_f32, 32_000.0, 44_100.0, 96_000.0, 384_000.0] {
        let signal = tone(500.0, sample_rate, 9_600);
        let rate = f64::from(sample_rate);
        let output = run(&mut mono, (rate, 1, 128), &signal, &events)?;
        assert!((0.4..0.7).contains(&peak(&output[0][4_000..])), "{sample_rate} Hz");
    }
    let configuration =
        PluginAudioConfiguration { sample_rate: 0.0, min_frames_count: 1, max_frames_count: 64 };
    assert!(mono.activate(|_, ()| (), configuration).is_err());
    Ok(())
}

#[test]
fn values_that_are_none_change_nothing() -> Tested {
    let signal = tone(250.0, 48_000.0, 4_800);
    let events = [turn(10, 0, f64::NAN), turn(20, 99, 0.5)];
    let still = run(&mut instance()?, (48_000.0, 2, 256), &signal, &[])?;
    assert_eq!(still, run(&mut instance()?, (48_000.0, 2, 256), &signal, &events)?);
    // Infinity is the end of the range.
    let far = run(&mut instance()?, (48_000.0, 2, 64), &signal, &[turn(0, 2, f64::INFINITY)])?;
    assert!(peak(&far[0]) > 1.5 && peak(&far[0]) < 2.5);
    Ok(())
}

#[test]
fn a_session_is_saved_and_loaded() -> Tested {
    let signal = tone(250.0, 48_000.0, 4_800);
    let turns = [0.3, 0.6, 0.9, 0.2, 0.4];
    let events: Vec<_> = turns.iter().enumerate().map(|(knob, at)| turn(0, knob, *at)).collect();
    let mut first = instance()?;
    run(&mut first, (48_000.0, 2, 64), &signal, &events)?;
    let mut saved = Vec::new();
    {
        let handle = first.plugin_handle();
        let state = handle.get_extension::<PluginState>().ok_or("no state")?;
        state.save(&handle, &mut saved)?;
    }
    let mut second = instance()?;
    {
        let handle = second.plugin_handle();
        let state = handle.get_extension::<PluginState>().ok_or("no state")?;
        state.load(&handle, &mut saved.as_slice())?;
        assert!(state.load(&handle, &mut &b"body.gain_db loud\n"[..]).is_err());
        let params = handle.get_extension::<PluginParams>().ok_or("no parameters")?;
        for (knob, expected) in (0..).zip(turns) {
            let found = params.get_value(&handle, ClapId::new(knob)).ok_or("no value")?;
            assert!((found - expected).abs() < 1e-12);
        }
    }
    // Loaded knobs are where they belong at once, without a ramp.
    let settled = run(&mut first, (48_000.0, 2, 64), &signal, &[])?;
    let loaded = run(&mut second, (48_000.0, 2, 64), &signal, &[])?;
    assert!(settled[0].iter().zip(&loaded[0]).all(|(x, y)| (x - y).abs() < 1e-6));
    // What an older version saved: missing knobs take their defaults.
    let handle = second.plugin_handle();
    let state = handle.get_extension::<PluginState>().ok_or("no state")?;
    state.load(&handle, &mut &b"unknown.knob 3\nbody.gain_db 6\n"[..])?;
    let params = handle.get_extension::<PluginParams>().ok_or("no parameters")?;
    let gain = ClapId::new(u32::try_from(ChannelStrip::BODY_GAIN_DB)?);
    assert_eq!(params.get_value(&handle, gain), Some(0.75));
    assert_eq!(params.get_value(&handle, ClapId::new(0)), Some(0.0));
    Ok(())
}
