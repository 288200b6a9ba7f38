//! The text format of Equalizer APO, which many players support.

use std::fmt::Write;

use crate::fit::rounded::Rounded;
use crate::fit::values::{Values, kind};
use crate::shared::format::trimmed;

/// The file.
pub fn text(eq: &Rounded) -> String {
    let mut text = format!("Preamp: {:.1} dB\n", eq.preamp_db);
    for (number, band) in (1..).zip(&eq.bands) {
        let [_, _, kind] = kind(band);
        let Values { frequency, q, gain_db } = Values::of(band);
        // Writing to a string does not fail; adding 0 turns −0 into 0.
        let _ = writeln!(
            text,
            "Filter {number}: ON {kind} Fc {} Hz Gain {:.2} dB Q {q:.3}",
            trimmed(format!("{frequency:.1}")),
            gain_db + 0.0,
        );
    }
    text
}
