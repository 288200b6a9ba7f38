//! The knobs as parameters of the host: from 0 to 1, with text in their units.

use std::ffi::CStr;
use std::fmt::Write;

use clack_extensions::params::{
    ParamDisplayWriter, ParamInfo, ParamInfoFlags, ParamInfoWriter, PluginMainThreadParams,
};
use clack_plugin::prelude::{ClapId, InputEvents, OutputEvents};
use clack_plugin::utils::Cookie;

use crate::MainThread;
use crate::audio::turned;
use crate::knobs::COUNT;

/// `Body gain` for `body.gain_db`.
fn title(name: &str) -> String {
    let words = name.trim_end_matches("_db").replace(['.', '_'], " ");
    let (first, rest) = words.split_at_checked(1).unwrap_or(("", &words));
    first.to_uppercase() + rest
}

impl PluginMainThreadParams for MainThread<'_> {
    fn count(&self) -> u32 {
        u32::try_from(COUNT).unwrap_or(u32::MAX)
    }

    fn get_info(&self, index: u32, writer: &mut ParamInfoWriter) {
        let Some(param) = self.knobs.param(index as usize) else { return };
        writer.set(&ParamInfo {
            id: ClapId::new(index),
            flags: ParamInfoFlags::IS_AUTOMATABLE,
            cookie: Cookie::empty(),
            name: title(param.name).as_bytes(),
            module: b"",
            min_value: 0.0,
            max_value: 1.0,
            default_value: param.to_unit(param.value),
        });
    }

    fn get_value(&self, id: ClapId) -> Option<f64> {
        self.knobs.position(id.get() as usize)
    }

    fn value_to_text(
        &self,
        id: ClapId,
        position: f64,
        writer: &mut ParamDisplayWriter,
    ) -> std::fmt::Result {
        let param = self.knobs.param(id.get() as usize).ok_or(std::fmt::Error)?;
        write!(writer, "{}", param.text(param.from_unit(position)))
    }

    fn text_to_value(&self, id: ClapId, text: &CStr) -> Option<f64> {
        let param = self.knobs.param(id.get() as usize)?;
        // Out of range: the nearest bound.
        let value = param.parse(text.to_str().ok()?).or_else(|error| error.value().ok_or(()));
        Some(param.to_unit(value.ok()?))
    }

    /// While the plugin is not active.
    fn flush(&self, input: &InputEvents, _: &mut OutputEvents) {
        for (knob, position) in input.iter().filter_map(turned) {
            self.knobs.turn(knob, position);
        }
    }
}
