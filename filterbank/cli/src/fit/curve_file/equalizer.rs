//! The text of an equaliser as Equalizer APO, Room EQ Wizard, AutoEq and Wavelet write it: filters,
//! and graphic equalisers as points.
//!
//! Source: the configuration reference of Equalizer APO.

use std::f64::consts::FRAC_1_SQRT_2;
use std::iter;

use filterbank::{Band, Cascade, Width};

use super::number::{Mark, Number};
use super::unit::Unit;
use super::{Found, Request};
use crate::fit::curve::{Curve, POINTS};
use crate::shared::format::counted;

/// The range of the response, in Hz.
const RANGE: (f64, f64) = (20.0, 20_000.0);
/// The slope of shelves without a width.
const SLOPE: f64 = 0.9;
/// The Q of notches without a width.
const NOTCH_Q: f64 = 30.0;

/// What the lines of an equaliser say.
#[derive(Default)]
struct Equalizer {
    bands: Vec<Band<f64>>,
    /// The points of graphic equalisers.
    graphs: Vec<Curve>,
    /// Filters that are off or have no type.
    off: u64,
    has_preamp: bool,
    /// Channels by name, if lines are for one channel only.
    channels: Vec<String>,
}

/// The response of the equaliser in a text; `None` if the text holds none.
pub fn find(lines: &[String], request: Request<'_>) -> Option<Found> {
    let commands: Vec<(usize, &str, &str)> = (1..)
        .zip(lines)
        .filter_map(|(line, text)| {
            let (name, value) = text.split_once(':')?;
            Some((line, command(name)?, value.trim()))
        })
        .collect();
    let is_equalizer = commands.iter().any(|(_, name, value)| match *name {
        "graphiceq" => true,
        "filter" => state(value).is_some(),
        _ => false,
    });
    is_equalizer.then(|| response(&commands, request))
}

/// The name of a command in lower case, without a number.
fn command(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    ["filter", "graphiceq", "preamp", "channel"].into_iter().find(|known| *known == name)
}

/// Whether a filter is on, and its settings.
fn state(value: &str) -> Option<(bool, &str)> {
    let (word, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    match word.to_lowercase().as_str() {
        "on" => Some((true, rest.trim())),
        "off" => Some((false, rest.trim())),
        _ => None,
    }
}

fn response(commands: &[(usize, &str, &str)], request: Request<'_>) -> Found {
    let equalizer = Equalizer::new(commands, request)?;
    let mut notes = Vec::new();
    if equalizer.off > 0 {
        notes.push(format!("{} off left out", counted(equalizer.off, "filter")));
    }
    if equalizer.has_preamp {
        notes.push("the preamp is left out: it changes the overall level only".into());
    }
    if let [first, others @ ..] = &equalizer.channels[..]
        && !others.is_empty()
    {
        let chosen = request.column.unwrap_or(first);
        notes.push(format!(
            "channel `{chosen}` is read; `{}` chooses another one: {}",
            request.role.option(),
            equalizer.channels.join(", "),
        ));
    }
    if let ([], [graph]) = (&equalizer.bands[..], &equalizer.graphs[..]) {
        return Ok((graph.points.clone(), notes));
    }
    if equalizer.bands.is_empty() && equalizer.graphs.is_empty() {
        return Err("none of its filters is on".into());
    }
    let cascade = Cascade::from_bands(&equalizer.bands, request.sample_rate)
        .map_err(|error| format!("its filters cannot be designed: {error}"))?;
    let highest = RANGE.1.min(0.499 * request.sample_rate);
    let step = 2_f64.powf(1.0 / POINTS);
    let grid = iter::successors(Some(RANGE.0), |frequency| Some(frequency * step))
        .take_while(|frequency| *frequency < highest)
        .chain([highest]);
    let level = |frequency: f64| {
        let graphs: f64 = equalizer.graphs.iter().map(|graph| graph.level(frequency)).sum();
        cascade.magnitude_db(frequency) + graphs
    };
    Ok((grid.map(|frequency| (frequency, level(frequency))).collect(), notes))
}

impl Equalizer {
    fn new(commands: &[(usize, &str, &str)], request: Request<'_>) -> Result<Self, String> {
        let mut equalizer = Self::default();
        for (_, name, value) in commands {
            if *name == "channel" {
                for channel in value.split_whitespace().filter(|name| !is_all(name)) {
                    if !equalizer.channels.iter().any(|known| known.eq_ignore_ascii_case(channel)) {
                        equalizer.channels.push(channel.to_owned());
                    }
                }
            }
        }
        let chosen = request.column.or(equalizer.channels.first().map(String::as_str));
        let chosen = chosen.map(str::to_owned);
        if let Some(wanted) = &chosen
            && !equalizer.channels.iter().any(|channel| is_same(channel, wanted))
        {
            let channels = equalizer.channels.join(", ");
            return Err(if channels.is_empty() {
                format!("it has no channel `{wanted}`: all its filters are for all channels")
            } else {
                format!("it has no channel `{wanted}`; its channels are {channels}")
            });
        }
        let mut counts = true;
        for (line, name, value) in commands {
            match *name {
                "channel" => {
                    counts = value.split_whitespace().any(|channel| {
                        is_all(channel)
                            || chosen.as_ref().is_some_and(|wanted| is_same(channel, wanted))
                    });
                }
                _ if !counts => {}
                "preamp" => equalizer.has_preamp = true,
                "graphiceq" => equalizer.graphs.push(graph(value, *line)?),
                _ => match state(value) {
                    Some((true, settings)) => match band(settings, *line)? {
                        Some(band) => equalizer.bands.push(band),
                        None => equalizer.off += 1,
                    },
                    Some((false, _)) => equalizer.off += 1,
                    None => return Err(format!("line {line}: a filter must be ON or OFF")),
                },
            }
        }
        Ok(equalizer)
    }
}

fn is_all(channel: &str) -> bool {
    channel.eq_ignore_ascii_case("all")
}

/// Whether two names mean one channel: `R` is `right`.
fn is_same(channel: &str, wanted: &str) -> bool {
    let short = |name: &str| match name.to_lowercase().as_str() {
        "left" => "l".to_owned(),
        "right" => "r".to_owned(),
        other => other.to_owned(),
    };
    short(channel) == short(wanted)
}

/// The points of a graphic equaliser: `20 -1.5; 25 -1.2; ...`.
fn graph(value: &str, line: usize) -> Result<Curve, String> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for point in value.split(';').map(str::trim).filter(|point| !point.is_empty()) {
        let wrong = || {
            format!(
                "line {line}: `{point}` is not a frequency in Hz and a gain in dB, as in `20 -1.5`"
            )
        };
        let numbers: Vec<f64> = point
            .split_whitespace()
            .map(|word| number(word).map(|number| number.value))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let [frequency, gain] = numbers[..] else { return Err(wrong()) };
        let within = frequency > 0.0 && gain.abs() <= 1_000.0;
        points.push(within.then_some((frequency, gain)).ok_or_else(wrong)?);
    }
    if points.is_empty() {
        return Err(format!("line {line}: the graphic equaliser has no points"));
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup_by_key(|point| point.0);
    Ok(Curve { name: String::new(), points })
}

/// A number with either decimal mark.
fn number(word: &str) -> Option<Number> {
    Number::parse(word, Mark::Point).or_else(|| Number::parse(word, Mark::Comma))
}

/// A filter from its settings: `PK Fc 1000 Hz Gain -3.0 dB Q 1.41`. `None` if it has no type.
fn band(settings: &str, line: usize) -> Result<Option<Band<f64>>, String> {
    let words: Vec<String> = settings.split_whitespace().map(str::to_lowercase).collect();
    let Some(kind) = words.first() else { return Ok(None) };
    if kind == "none" {
        return Ok(None);
    }
    let after = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        let number = number(words.get(at + 1)?)?;
        let unit = number.unit.or_else(|| Unit::of(words.get(at + 2)?));
        Some(match unit {
            Some(Unit::Hertz(scale)) => number.value * scale,
            _ => number.value,
        })
    };
    let needed = |name: &str, value: Option<f64>| {
        value.ok_or_else(|| format!("line {line}: the filter `{settings}` needs {name}"))
    };
    let frequency = needed("a frequency: Fc 1000 Hz", after("fc"))?;
    let gain = || needed("a gain: Gain -3.0 dB", after("gain"));
    let width = if let Some(q) = after("q") {
        Some(Width::Q(q))
    } else if words.iter().any(|word| word == "bw") {
        let octaves = after("oct").or_else(|| after("bw"));
        Some(Width::Bandwidth(needed("a bandwidth: BW Oct 1.0", octaves)?))
    } else {
        None
    };
    let width_or = |default: f64| width.unwrap_or(Width::Q(default));
    let peak_width =
        || width.ok_or_else(|| format!("line {line}: the filter `{settings}` needs Q"));
    Ok(Some(match kind.as_str() {
        "pk" | "peq" | "modal" | "peaking" => Band::peak(frequency, peak_width()?, gain()?),
        "lp" | "lpq" => Band::resonant_lowpass(frequency, width_or(FRAC_1_SQRT_2)),
        "hp" | "hpq" => Band::resonant_highpass(frequency, width_or(FRAC_1_SQRT_2)),
        "bp" => Band::bandpass_constant_peak(frequency, width_or(FRAC_1_SQRT_2)),
        "no" => Band::notch(frequency, width_or(NOTCH_Q)),
        "ap" => Band::allpass(frequency, peak_width()?),
        "ls" | "lsc" | "lsq" | "hs" | "hsc" | "hsq" => {
            let gain = gain()?;
            // A slope such as `6 dB` stands behind the type.
            let slope = words.get(1).and_then(|word| number(word)).map(|slope| slope.value / 12.0);
            let given = slope.map(Width::Slope).or(width);
            let is_low = kind.starts_with("ls");
            let corner = kind.len() == 2;
            let frequency = match given {
                Some(width) if corner => center(frequency, width, gain, is_low),
                _ => frequency,
            };
            let width = given.unwrap_or(Width::Slope(SLOPE));
            if is_low {
                Band::low_shelf(frequency, width, gain)
            } else {
                Band::high_shelf(frequency, width, gain)
            }
        }
        other => {
            return Err(format!(
                "line {line}: the filter type `{}` is not known; PK, LS, LSC, HS, HSC, LP, LPQ, HP, \
                 HPQ, BP, NO and AP are",
                other.to_uppercase(),
            ));
        }
    }))
}

/// The frequency of half the gain, for a shelf that is given by its corner frequency.
fn center(corner: f64, width: Width<f64>, gain_db: f64, is_low: bool) -> f64 {
    let slope = match width {
        Width::Slope(slope) => slope,
        Width::Q(q) => {
            let amplitude = 10_f64.powf(gain_db / 40.0);
            1.0 / ((1.0 / (q * q) - 2.0) / (amplitude + 1.0 / amplitude) + 1.0)
        }
        Width::Bandwidth(_) => return corner,
    };
    let factor = 10_f64.powf(gain_db.abs() / 80.0 / slope);
    if is_low { corner * factor } else { corner / factor }
}
