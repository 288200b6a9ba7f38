//! The values of bands, and the chain of the recording, as a table.

use std::collections::HashMap;

use filterbank::fit::{LeastSquares, Recording as Signals, Recordings};
use filterbank::tune::parse_band;
use filterbank::{Band, TunableCascade, Tune};

use super::args::Args;
use super::recording::Recording;
use crate::shared::failure::Failure;

/// Fits the bands, and the gain, delay and offset of the recording.
pub fn report(recording: &Recording, args: &Args) -> Result<String, Failure> {
    let bands = parse_all(&args.bands)?;
    let filter = TunableCascade::new(bands, recording.sample_rate).map_err(Failure::usage)?;
    let reach = f64::from(args.max_delay);
    let delay = if reach > 0.0 { Tune::within(0.0, -reach..=reach) } else { Tune::Fixed(0.0) };
    let mut signals = Signals::new(&recording.input, &recording.output)
        .gain(args.gain.map_or(Tune::free(1.0), Tune::Fixed))
        .delay(delay)
        .offset(args.offset.map_or(Tune::free(0.0), Tune::Fixed));
    if args.running {
        signals = signals.running();
    }
    let fit = Recordings::new(&filter).with(signals).fit(&LeastSquares::new());
    let fit = fit.map_err(|error| Failure::Result(error.to_string()))?;
    if fit.stop.converged() {
        Ok(format!("{fit}\n"))
    } else {
        Err(Failure::Result(fit.stop.to_string()))
    }
}

/// Reads the bands. Each is named by its shape, and by a number from the second of a shape on.
fn parse_all(texts: &[String]) -> Result<Vec<(String, Band<Tune>)>, Failure> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let (mut bands, mut lines) = (Vec::new(), Vec::new());
    for text in texts {
        match parse_band(text) {
            Ok(band) => {
                let word = band.word();
                let count = counts.entry(word).and_modify(|count| *count += 1).or_insert(1);
                let name = if *count == 1 { word.to_owned() } else { format!("{word} {count}") };
                bands.push((name, band));
            }
            Err(error) => {
                let mistakes = error.mistakes().iter();
                lines.extend(
                    mistakes.map(|mistake| format!("--band \"{text}\": {}", mistake.error)),
                );
            }
        }
    }
    if lines.is_empty() { Ok(bands) } else { Err(Failure::Usage(lines)) }
}
