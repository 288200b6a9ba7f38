//! The grammar of bands on the command line: `highpass butterworth order=4 cutoff=80` is a
//! [`Band`].

mod arguments;
mod spelling;

use filterbank::Band;

use arguments::Arguments;
use spelling::unknown;

/// Every band, first those with a method.
const BANDS: [&str; 13] = [
    "lowpass",
    "highpass",
    "bandpass",
    "bandstop",
    "resonant_lowpass",
    "resonant_highpass",
    "bandpass_constant_skirt",
    "bandpass_constant_peak",
    "notch",
    "allpass",
    "peak",
    "low_shelf",
    "high_shelf",
];
const WITH_METHOD: usize = 4;
/// Every method.
const METHODS: [&str; 5] = ["butterworth", "chebyshev1", "chebyshev2", "elliptic", "bessel"];

/// Reads one band, or returns all mistakes in it.
pub fn parse(text: &str) -> Result<Band<f64>, Vec<String>> {
    // `cutoff = 80` means `cutoff=80`.
    let text = text.split('=').map(str::trim).collect::<Vec<_>>().join("=");
    let mut words = text.split_whitespace().peekable();

    let name = words.next().unwrap_or("");
    let unknown_band = || vec![unknown("band", name, &BANDS)];
    let index = BANDS.iter().position(|band| *band == name).ok_or_else(unknown_band)?;
    let method = if index < WITH_METHOD { words.next_if(|word| !word.contains('=')) } else { None };
    let method = method.unwrap_or("butterworth");
    if !METHODS.contains(&method) {
        return Err(vec![unknown("method", method, &METHODS)]);
    }

    let mut args = Arguments::new(words)?;
    let band = match name {
        "lowpass" => Band::lowpass(args.method(method), args.number("cutoff")),
        "highpass" => Band::highpass(args.method(method), args.number("cutoff")),
        "bandpass" => Band::bandpass(args.method(method), args.number("low"), args.number("high")),
        "bandstop" => Band::bandstop(args.method(method), args.number("low"), args.number("high")),
        "resonant_lowpass" => {
            Band::ResonantLowpass { cutoff: args.number("cutoff"), width: args.width() }
        }
        "resonant_highpass" => {
            Band::ResonantHighpass { cutoff: args.number("cutoff"), width: args.width() }
        }
        "bandpass_constant_skirt" => {
            Band::BandpassConstantSkirt { center: args.number("center"), width: args.width() }
        }
        "bandpass_constant_peak" => {
            Band::BandpassConstantPeak { center: args.number("center"), width: args.width() }
        }
        "notch" => Band::notch(args.number("center"), args.width()),
        "allpass" => Band::Allpass { center: args.number("center"), width: args.width() },
        "peak" => Band::peak(args.number("center"), args.width(), args.number("gain_db")),
        "low_shelf" => {
            Band::low_shelf(args.number("cutoff"), args.shelf_width(), args.number("gain_db"))
        }
        "high_shelf" => {
            Band::high_shelf(args.number("cutoff"), args.shelf_width(), args.number("gain_db"))
        }
        _ => return Err(unknown_band()),
    };
    args.finish(name)?;
    Ok(band)
}

#[cfg(test)]
mod tests {
    use filterbank::spec::BesselNorm;
    use filterbank::{Band, Method, Width};

    use super::{BANDS, METHODS, parse};

    fn problems(text: &str) -> String {
        parse(text).expect_err(text).join("; ")
    }

    #[test]
    fn the_words_are_the_librarys() {
        let highpass = Band::highpass(Method::Butterworth { order: 4 }, 80.0);
        for text in [
            "highpass butterworth order=4 cutoff=80",
            "highpass cutoff=8e1 order=4",
            "  highpass  order = 4  cutoff= 80 ",
        ] {
            assert_eq!(parse(text), Ok(highpass), "{text}");
        }
        assert_eq!(
            parse("bandstop elliptic stop_db=60 high=105 low=95 order=3 ripple_db=0.1"),
            Ok(Band::bandstop(
                Method::Elliptic { order: 3, ripple_db: 0.1, stop_db: 60.0 },
                95.0,
                105.0
            ))
        );
        assert_eq!(
            parse("lowpass bessel order=5 cutoff=1000 norm=magnitude"),
            Ok(Band::lowpass(Method::Bessel { order: 5, norm: BesselNorm::Magnitude }, 1000.0))
        );
        assert_eq!(
            parse("high_shelf gain_db=1.5 slope=0.9 cutoff=10000"),
            Ok(Band::high_shelf(10_000.0, Width::Slope(0.9), 1.5))
        );
    }

    #[test]
    fn every_listed_word_is_understood() {
        for band in BANDS {
            assert!(problems(band).starts_with(&format!("{band} needs ")), "{}", problems(band));
        }
        for method in METHODS {
            let text = format!("lowpass {method} order=2 cutoff=100 ripple_db=1 stop_db=40");
            // Only the arguments of other methods are reported.
            if let Err(complaints) = parse(&text) {
                assert!(complaints.iter().all(|c| c.contains("_db\"")), "{complaints:?}");
            }
        }
    }

    #[test]
    fn problems_name_the_word() {
        for (text, expected) in [
            ("", "unknown band \"\" (valid: lowpass,"),
            ("peek center=1", "unknown band \"peek\", did you mean \"peak\"? (valid: lowpass, "),
            ("highshelf", "did you mean \"high_shelf\"?"),
            ("lowpass buterworth", "unknown method \"buterworth\", did you mean \"butterworth\"?"),
            ("lowpass cheby2", "did you mean \"chebyshev2\"?"),
            ("lowpass order=2 butterworth cutoff=9", "\"butterworth\" is out of place: "),
            ("peak center", "\"center\" is not of the form name=value"),
            (
                "peak centre=100 q=1 gain_db=3",
                "unknown argument \"centre\", did you mean \"center\"? \
                 (valid: center, q, bandwidth, gain_db)",
            ),
            ("peak center=100", "peak needs one of q=/bandwidth=, gain_db="),
            ("notch center=1 q=1 center=2", "\"center\" is given twice"),
            ("notch center=1 q=1 q=2", "\"q\" is given twice"),
            ("notch center=1 q=1 bandwidth=2", "give only one of q=/bandwidth="),
            ("peak center=1 slope=1 gain_db=1", "unknown argument \"slope\" (valid: center, "),
            ("notch center=50Hz q=1", "center=\"50Hz\" is not a number"),
            ("lowpass order=2.5 cutoff=1", "order=\"2.5\" is not a whole number from 1 to 24"),
            ("lowpass bessel order=2 cutoff=1 norm=mag", "did you mean \"magnitude\"?"),
        ] {
            assert!(problems(text).contains(expected), "{text}: {}", problems(text));
        }
    }
}
