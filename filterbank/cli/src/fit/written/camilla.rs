//! Filters and a pipeline of CamillaDSP 3, to be copied into its configuration.
//!
//! Source: the README of CamillaDSP, sections "Gain", "Biquad" and "Pipeline".

use std::fmt::Write;

use filterbank::Band;

use crate::fit::rounded::Rounded;
use crate::fit::values::{Values, numbered};

/// The file.
pub fn text(eq: &Rounded) -> String {
    let preamp_db = eq.preamp_db;
    let mut text = String::from("filters:\n");
    // Writing to a string does not fail; adding 0 turns −0 into 0.
    let _ = writeln!(text, "  preamp:\n    type: Gain\n    parameters: {{ gain: {preamp_db:.1} }}");
    let names = numbered(&eq.bands);
    for (name, band) in names.iter().zip(&eq.bands) {
        let kind = match band {
            Band::LowShelf { .. } => "Lowshelf",
            Band::HighShelf { .. } => "Highshelf",
            _ => "Peaking",
        };
        let Values { frequency, q, gain_db } = Values::of(band);
        let gain_db = gain_db + 0.0;
        let _ = writeln!(
            text,
            "  {name}:\n    type: Biquad\n    parameters: {{ type: {kind}, freq: {frequency:?}, \
             q: {q:?}, gain: {gain_db:?} }}",
        );
    }
    let _ = writeln!(
        text,
        "pipeline:\n  - type: Filter\n    channels: [0, 1]\n    names: [preamp, {}]",
        names.join(", "),
    );
    text
}
