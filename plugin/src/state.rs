//! What a session saves: a line for each knob, such as `body.gain_db -4.5`. Values are in their
//! units, so a later version of the plugin may change a knob's range.

use std::io::{Read, Write};

use clack_extensions::state::PluginStateImpl;
use clack_plugin::plugin::PluginError;
use clack_plugin::stream::{InputStream, OutputStream};

use crate::MainThread;

impl PluginStateImpl for MainThread<'_> {
    fn save(&self, output: &mut OutputStream) -> Result<(), PluginError> {
        for (knob, param) in self.knobs.params().enumerate() {
            let value = self.knobs.value(knob).unwrap_or(param.value);
            writeln!(output, "{} {value}", param.name)?;
        }
        Ok(())
    }

    /// Knobs that are missing take their default, knobs of another version are passed over. A line
    /// without a number is an error, and nothing changes.
    fn load(&self, input: &mut InputStream) -> Result<(), PluginError> {
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        let mut values = Vec::new();
        for line in text.lines() {
            let (name, value) = line.split_once(' ').ok_or(PluginError::Message("no value"))?;
            let value: f64 = value.parse()?;
            values.push((name, value));
        }
        self.knobs.reset();
        for (knob, param) in self.knobs.params().enumerate() {
            if let Some((_, value)) = values.iter().find(|(name, _)| *name == param.name) {
                self.knobs.turn(knob, param.to_unit(*value));
            }
        }
        self.turn_running_knobs();
        Ok(())
    }
}

impl MainThread<'_> {
    /// Sends all positions to the running filter, if there is one.
    fn turn_running_knobs(&self) {
        if let Some(remote) = &*self.remote.borrow() {
            for knob in 0..self.knobs.params().len() {
                remote.set(knob, self.knobs.value(knob).unwrap_or(f64::NAN));
            }
        }
    }
}
