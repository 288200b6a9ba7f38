//! The audio thread: events and blocks.

use clack_extensions::params::PluginAudioProcessorParams;
use clack_plugin::events::UnknownEvent;
use clack_plugin::events::event_types::ParamValueEvent;
use clack_plugin::prelude::{
    Audio, ChannelPair, Events, HostAudioProcessorHandle, InputEvents, OutputEvents,
    PluginAudioConfiguration, PluginAudioProcessor, PluginError, Process, ProcessStatus,
};
use filterbank::motion::Processor;

use crate::knobs::{COUNT, Knobs};
use crate::{ChannelStrip, MainThread};

/// The most channels that a port has.
const MOST_CHANNELS: usize = 2;

/// The running channel strip.
pub struct Running<'a> {
    knobs: &'a Knobs,
    processor: Processor<f32>,
}

impl<'a> PluginAudioProcessor<'a, Knobs, MainThread<'a>> for Running<'a> {
    fn activate(
        _: HostAudioProcessorHandle<'a>,
        main_thread: &MainThread<'a>,
        knobs: &'a Knobs,
        configuration: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        let filter = ChannelStrip::at(configuration.sample_rate)?;
        let mut processor = Processor::new(&filter, main_thread.channels.get() as usize)?;
        for knob in 0..COUNT {
            if let Some(value) = knobs.value(knob) {
                processor.set_clamped(knob, value)?;
            }
        }
        processor.reset(); // start there: no ramps
        main_thread.remote.replace(Some(processor.remote()));
        Ok(Self { knobs, processor })
    }

    fn deactivate(self, main_thread: &MainThread<'a>) {
        main_thread.remote.replace(None);
    }

    fn reset(&mut self) {
        self.processor.reset();
    }

    /// Each event is applied at its sample: the block is cut there.
    fn process(
        &mut self,
        _: Process,
        mut audio: Audio,
        events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        let frames = audio.frames_count() as usize;
        let mut port = audio.port_pair(0).ok_or(PluginError::Message("no audio port"))?;
        let samples = port.channels()?.into_f32();
        let mut samples = samples.ok_or(PluginError::Message("the samples are not f32"))?;
        let mut channels: [&mut [f32]; MOST_CHANNELS] = Default::default();
        let mut count = 0;
        for (channel, pair) in channels.iter_mut().zip(samples.iter_mut()) {
            *channel = in_place(pair).ok_or(PluginError::Message("an output is missing"))?;
            count += 1;
        }
        let channels = &mut channels[..count];

        for batch in events.input.batch() {
            for event in batch.events() {
                self.apply(event);
            }
            let end = batch.next_batch_first_sample().unwrap_or(frames).min(frames);
            let start = batch.first_sample().min(end);
            let mut parts: [&mut [f32]; MOST_CHANNELS] = Default::default();
            for (part, channel) in parts.iter_mut().zip(&mut *channels) {
                *part = &mut channel[start..end];
            }
            let processed = self.processor.process(&mut parts[..count]);
            processed.map_err(|_| PluginError::Message("the channels do not match the port"))?;
        }
        Ok(ProcessStatus::ContinueIfNotQuiet)
    }
}

/// The output, with the samples of the input.
fn in_place(pair: ChannelPair<'_, f32>) -> Option<&mut [f32]> {
    match pair {
        ChannelPair::InputOutput(input, output) => {
            output.copy_from_slice(input);
            Some(output)
        }
        ChannelPair::InPlace(samples) => Some(samples),
        ChannelPair::OutputOnly(output) => {
            output.fill(0.0);
            Some(output)
        }
        ChannelPair::InputOnly(_) => None,
    }
}

impl Running<'_> {
    fn apply(&mut self, event: &UnknownEvent) {
        let Some((knob, position)) = turned(event) else { return };
        self.knobs.turn(knob, position);
        if let Some(value) = self.knobs.value(knob) {
            // A value for which there is no filter leaves the knob where it is.
            let _ = self.processor.set_clamped(knob, value);
        }
    }
}

/// The knob that an event turns, and its new position.
pub(crate) fn turned(event: &UnknownEvent) -> Option<(usize, f64)> {
    let event = event.as_event::<ParamValueEvent>()?;
    Some((event.param_id()?.get() as usize, event.value()))
}

impl PluginAudioProcessorParams for Running<'_> {
    fn flush(&mut self, input: &InputEvents, _: &mut OutputEvents) {
        for event in input {
            self.apply(event);
        }
    }
}
