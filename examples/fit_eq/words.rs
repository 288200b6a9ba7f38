//! Numbers and bands in words.

use filterbank::Band;

/// A frequency with its unit.
pub fn hertz(frequency: f64) -> String {
    if frequency >= 1_000.0 {
        format!("{} kHz", short(frequency / 1_000.0))
    } else {
        format!("{} Hz", short(frequency))
    }
}

/// At most four digits.
fn short(value: f64) -> String {
    let digits = if value >= 1_000.0 {
        0
    } else if value >= 100.0 {
        1
    } else if value >= 10.0 {
        2
    } else {
        3
    };
    trimmed(format!("{value:.digits$}"))
}

/// Without zeros at the end of its decimals.
pub fn trimmed(number: String) -> String {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number
    }
}

/// The numbers of a band of an EQ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values {
    /// Hz.
    pub frequency: f64,
    pub q: f64,
    pub gain_db: f64,
}

impl Values {
    pub fn of(band: &Band<f64>) -> Self {
        let mut values = Self::default();
        for (name, value) in band.params() {
            match name {
                "q" => values.q = value,
                "gain_db" => values.gain_db = value,
                _ => values.frequency = value,
            }
        }
        values
    }
}

/// What a band is called: for people, for programs, and by Equalizer APO.
pub fn kind(band: &Band<f64>) -> [&'static str; 3] {
    match band {
        Band::LowShelf { .. } => ["low shelf", "low_shelf", "LSC"],
        Band::HighShelf { .. } => ["high shelf", "high_shelf", "HSC"],
        _ => ["peak", "peak", "PK"],
    }
}
