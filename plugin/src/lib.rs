//! A channel strip as a CLAP plugin: five knobs that move without clicks, mono or stereo, at any
//! sample rate.
//!
//! ```text
//! host ──► parameters ──► knobs ◄── state (saved sessions)
//!             │             │
//!             └──► audio ◄──┘
//! ```

mod audio;
mod knobs;
mod parameters;
mod ports;
mod state;

use std::cell::{Cell, RefCell};

use clack_extensions::audio_ports::PluginAudioPorts;
use clack_extensions::audio_ports_config::PluginAudioPortsConfig;
use clack_extensions::params::PluginParams;
use clack_extensions::state::PluginState;
use clack_plugin::clack_export_entry;
use clack_plugin::entry::{DefaultPluginFactory, SinglePluginEntry};
use clack_plugin::host::{HostMainThreadHandle, HostSharedHandle};
use clack_plugin::plugin::features::{AUDIO_EFFECT, EQUALIZER, MONO, STEREO};
use clack_plugin::plugin::{Plugin, PluginDescriptor, PluginError, PluginMainThread};
use clack_plugin::prelude::PluginExtensions;
use filterbank::motion::Remote;

pub use crate::audio::Running;
pub use crate::knobs::Knobs;

filterbank::filterbank! {
    /// The channel strip. Bands keep their names: saved sessions refer to them.
    pub struct ChannelStrip: cascade {
        rumble: resonant_highpass(cutoff = tune(20.0 in 20.0..=400.0), q = 0.707),
        body: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(0.0 in -12.0..=12.0)),
        air: high_shelf(
            cutoff = tune(8_000.0 in 2_000.0..=20_000.0),
            q = 0.707,
            gain_db = tune(0.0 in -12.0..=12.0),
        ),
    }
}

/// The plugin.
pub struct ChannelStripPlugin;

/// What the host asks on its main thread.
pub struct MainThread<'a> {
    knobs: &'a Knobs,
    channels: Cell<u32>,
    /// To the running filter, from its activation on.
    remote: RefCell<Option<Remote>>,
}

impl<'a> PluginMainThread<'a, Knobs> for MainThread<'a> {}

impl Plugin for ChannelStripPlugin {
    type AudioProcessor<'a> = Running<'a>;
    type Shared<'a> = Knobs;
    type MainThread<'a> = MainThread<'a>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _: Option<&Knobs>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginAudioPortsConfig>()
            .register::<PluginParams>()
            .register::<PluginState>();
    }
}

impl DefaultPluginFactory for ChannelStripPlugin {
    fn get_descriptor() -> PluginDescriptor {
        PluginDescriptor::new("filterbank.channel-strip", "Channel Strip")
            .with_vendor("filterbank")
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_description("Rumble, body and air, with knobs that move without clicks")
            .with_features([AUDIO_EFFECT, EQUALIZER, MONO, STEREO])
    }

    fn new_shared(_: HostSharedHandle<'_>) -> Result<Knobs, PluginError> {
        Ok(Knobs::new()?)
    }

    fn new_main_thread<'a>(
        _: HostMainThreadHandle<'a>,
        knobs: &'a Knobs,
    ) -> Result<MainThread<'a>, PluginError> {
        Ok(MainThread { knobs, channels: Cell::new(2), remote: RefCell::new(None) })
    }
}

clack_export_entry!(SinglePluginEntry<ChannelStripPlugin>);
