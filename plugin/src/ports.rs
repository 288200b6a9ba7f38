//! One input and one output: stereo, or mono if the host selects it.

use clack_extensions::audio_ports::{
    AudioPortFlags, AudioPortInfo, AudioPortInfoWriter, AudioPortType, PluginAudioPortsImpl,
};
use clack_extensions::audio_ports_config::{
    AudioPortConfigWriter, AudioPortsConfiguration, MainPortInfo, PluginAudioPortsConfigImpl,
};
use clack_plugin::plugin::PluginError;
use clack_plugin::utils::ClapId;

use crate::MainThread;

const PORT: ClapId = ClapId::new(0);
const LAYOUTS: [Layout; 2] = [
    Layout { name: b"Stereo", channels: 2, kind: AudioPortType::STEREO },
    Layout { name: b"Mono", channels: 1, kind: AudioPortType::MONO },
];

struct Layout {
    name: &'static [u8],
    channels: u32,
    kind: AudioPortType<'static>,
}

impl PluginAudioPortsImpl for MainThread<'_> {
    fn count(&self, _is_input: bool) -> u32 {
        1
    }

    fn get(&self, index: u32, _is_input: bool, writer: &mut AudioPortInfoWriter) {
        let layout = LAYOUTS.iter().find(|layout| layout.channels == self.channels.get());
        let Some(layout) = layout.filter(|_| index == 0) else { return };
        writer.set(&AudioPortInfo {
            id: PORT,
            name: b"Main",
            channel_count: layout.channels,
            flags: AudioPortFlags::IS_MAIN,
            port_type: Some(layout.kind),
            in_place_pair: Some(PORT),
        });
    }
}

impl PluginAudioPortsConfigImpl for MainThread<'_> {
    fn count(&self) -> u32 {
        2
    }

    fn get(&self, index: u32, writer: &mut AudioPortConfigWriter) {
        let Some(layout) = LAYOUTS.get(index as usize) else { return };
        let main = || MainPortInfo { channel_count: layout.channels, port_type: Some(layout.kind) };
        writer.write(&AudioPortsConfiguration {
            id: ClapId::new(index),
            name: layout.name,
            input_port_count: 1,
            output_port_count: 1,
            main_input: Some(main()),
            main_output: Some(main()),
        });
    }

    fn select(&self, id: ClapId) -> Result<(), PluginError> {
        let layout = LAYOUTS.get(id.get() as usize);
        let layout = layout.ok_or(PluginError::Message("there is no such layout of ports"))?;
        self.channels.set(layout.channels);
        Ok(())
    }
}
