//! Units of frequencies and levels.

/// The reference of sound pressure levels, in pascals.
const REFERENCE: f64 = 20e-6;

/// A unit, as measurement programs write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// A multiple of 1 Hz.
    Hertz(f64),
    /// Any level in dB, whatever its reference.
    Decibel,
    /// A multiple of 1 Pa.
    Pascal(f64),
    /// A linear amplitude with a reference of 1, such as volts.
    Amplitude(&'static str),
    /// An impedance.
    Ohm,
    /// Anything that is neither a frequency nor a level.
    Other,
}

impl Unit {
    /// The unit that a word in lower case names.
    pub fn of(word: &str) -> Option<Self> {
        // The Greek mu and the micro sign look the same.
        let word = word.trim_matches(['.', '(', ')', '[', ']']).replace(['\u{b5}', '\u{3bc}'], "u");
        Some(match word.as_str() {
            "hz" | "hertz" | "cps" => Self::Hertz(1.0),
            "khz" | "kilohertz" => Self::Hertz(1e3),
            "mhz" => Self::Hertz(1e6),
            "pa" | "pascal" | "pascals" => Self::Pascal(1.0),
            "mpa" => Self::Pascal(1e-3),
            "upa" => Self::Pascal(1e-6),
            "v" | "mv" | "volt" | "volts" | "vrms" => Self::Amplitude("a voltage"),
            "lin" | "linear" => Self::Amplitude("a linear amplitude"),
            "ohm" | "ohms" | "\u{3c9}" => Self::Ohm,
            "deg" | "degree" | "degrees" | "°" | "rad" | "radian" | "radians" | "%" | "percent"
            | "ms" | "us" | "sec" | "seconds" => Self::Other,
            _ if word.starts_with("db") || word.ends_with("db") => Self::Decibel,
            _ => return None,
        })
    }

    /// The level in dB of a value in this unit; `None` if it has none.
    pub fn decibels(self, value: f64) -> Option<f64> {
        let amplitude = match self {
            Self::Pascal(scale) => value * scale / REFERENCE,
            Self::Amplitude(_) => value,
            _ => return Some(value),
        };
        (amplitude > 0.0).then(|| 20.0 * amplitude.log10())
    }

    /// How values in this unit became levels, if they were none.
    pub fn conversion(self) -> Option<String> {
        match self {
            Self::Pascal(_) => Some("a pressure in pascals, converted to dB SPL".into()),
            Self::Amplitude(what) => Some(format!("{what}, converted to dB")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn units_are_recognised() {
        for (word, unit) in [
            ("hz", Unit::Hertz(1.0)),
            ("[khz]", Unit::Hertz(1e3)),
            ("dbspl", Unit::Decibel),
            ("(db)", Unit::Decibel),
            ("\u{b5}pa", Unit::Pascal(1e-6)),
            ("\u{3bc}pa", Unit::Pascal(1e-6)),
            ("ohms", Unit::Ohm),
            ("°", Unit::Other),
        ] {
            assert_eq!(Unit::of(word), Some(unit), "{word}");
        }
        for word in ["", "note", "h", "k"] {
            assert_eq!(Unit::of(word), None, "{word}");
        }
    }

    #[test]
    fn amplitudes_become_levels() {
        let level =
            |unit: Unit, value| unit.decibels(value).map(|level| (level * 1e6).round() / 1e6);
        assert_eq!(level(Unit::Pascal(1.0), 2.0), Some(100.0));
        assert_eq!(level(Unit::Pascal(1e-3), 20.0), Some(60.0));
        assert_eq!(level(Unit::Amplitude("a voltage"), 0.1), Some(-20.0));
        assert_eq!(level(Unit::Pascal(1.0), 0.0), None);
        assert_eq!(level(Unit::Decibel, -3.0), Some(-3.0));
    }
}
