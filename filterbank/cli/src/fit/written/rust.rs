//! A `filterbank!` block, which designs the EQ at compile time.

use std::fmt::Write;

use crate::fit::rounded::Rounded;
use crate::fit::values::numbered;

/// The file.
pub fn text(eq: &Rounded) -> String {
    let (rate, preamp_db) = (eq.cascade.sample_rate(), eq.preamp_db);
    let mut text = format!(
        "filterbank::filterbank! {{\n    /// A fitted EQ. A gain of {preamp_db:.1} dB before it keeps \
         full scale.\n    pub struct Eq: cascade(sample_rate = {rate:?}) {{\n"
    );
    for (name, band) in numbered(&eq.bands).iter().zip(&eq.bands) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "        {name}: {band},");
    }
    text.push_str("    }\n}\n");
    text
}
