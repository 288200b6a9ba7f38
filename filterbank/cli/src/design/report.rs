//! The report of a design.

use std::f64::consts::{PI, TAU};
use std::ops::Range;

use filterbank::number::Complex;
use filterbank::section::Root;
use filterbank::spec::Quantity;
use filterbank::{Band, Cascade, Method, Section};

use super::survey::{Roots, crossings, extreme, frequencies};
use super::words::describe;
use crate::shared::format::{counted, six_digits};
use crate::shared::rounding::rounding_db;

/// Half the power, in dB.
const HALF_POWER: f64 = -3.010_299_956_639_812;

/// The whole report.
pub fn report(band: &Band<f64>, cascade: &Cascade<f64>) -> String {
    let sections = counted(cascade.sections().len() as u64, "section");
    let sample_rate = cascade.sample_rate();
    let title = format!("{}\n{sections} at a sample rate of {sample_rate} Hz", describe(band));
    let parts = [
        title,
        response(band, cascade),
        coefficients(cascade.sections()),
        roots(cascade),
        stability(cascade),
        rounding(band, sample_rate),
    ];
    parts.join("\n\n") + "\n"
}

/// A frequency and its meaning.
struct Point {
    what: String,
    frequency: f64,
}

impl Point {
    fn new(what: impl Into<String>, frequency: f64) -> Self {
        Self { what: what.into(), frequency }
    }
}

/// The points of interest in a response.
struct Interest {
    /// Known frequencies.
    known: Vec<Point>,
    /// Levels in dB whose frequencies are searched, with names.
    levels: Vec<(String, f64)>,
    /// The search: nearest to a frequency, within a range.
    near: Vec<(f64, Range<f64>)>,
}

impl Interest {
    fn of(band: &Band<f64>, sample_rate: f64) -> Self {
        let nyquist = sample_rate / 2.0;
        let mut known = vec![Point::new("0 Hz", 0.0), Point::new("Nyquist frequency", nyquist)];
        let (levels, near) = match band {
            Band::Lowpass { method, cutoff } | Band::Highpass { method, cutoff } => {
                let far = if matches!(band, Band::Lowpass { .. }) { 0.0 } else { nyquist };
                known.push(Point::new("middle of the passband", 0.5 * (cutoff + far)));
                known.push(Point::new(edge(method), *cutoff));
                (levels(method), vec![(*cutoff, 0.0..nyquist)])
            }
            Band::Bandpass { method, low, high } | Band::Bandstop { method, low, high } => {
                let warped = |edge: &f64| (PI * edge / sample_rate).tan();
                let center = (warped(low) * warped(high)).sqrt().atan() * sample_rate / PI;
                known.push(Point::new("center", center));
                known.push(Point::new(format!("lower {}", edge(method)), *low));
                known.push(Point::new(format!("upper {}", edge(method)), *high));
                (levels(method), vec![(*low, 0.0..center), (*high, center..nyquist)])
            }
            Band::LowShelf { cutoff, gain_db, .. } | Band::HighShelf { cutoff, gain_db, .. } => {
                known.push(Point::new("half the gain", *cutoff));
                let part =
                    |percent: f64| (format!("{percent} % of the gain"), percent / 100.0 * gain_db);
                (vec![part(10.0), part(90.0)], vec![(*cutoff, 0.0..nyquist)])
            }
            Band::Peak { center, gain_db, .. } => {
                known.push(Point::new("center", *center));
                let level = ("half the gain".to_owned(), 0.5 * gain_db);
                (vec![level], vec![(*center, 0.0..*center), (*center, *center..nyquist)])
            }
            Band::Notch { center, .. } => {
                known.push(Point::new("center", *center));
                let level = ("-3 dB".to_owned(), HALF_POWER);
                (vec![level], vec![(*center, 0.0..*center), (*center, *center..nyquist)])
            }
            _ => (Vec::new(), Vec::new()),
        };
        Self { known, levels, near }
    }
}

/// The meaning of a method's edge.
fn edge(method: &Method<f64>) -> &'static str {
    match method {
        Method::Butterworth { .. } | Method::Bessel { .. } => "edge",
        Method::Chebyshev1 { .. } | Method::Elliptic { .. } => "edge of the passband",
        Method::Chebyshev2 { .. } => "edge of the stopband",
    }
}

/// The levels that describe a method's transition.
fn levels(method: &Method<f64>) -> Vec<(String, f64)> {
    let mut levels = vec![("-3 dB".to_owned(), HALF_POWER)];
    match method {
        Method::Elliptic { stop_db, .. } => {
            levels.push(("edge of the stopband".to_owned(), -stop_db));
        }
        Method::Chebyshev2 { .. } => {}
        _ => levels.extend([-20.0, -40.0, -60.0].map(|level| (format!("-{} dB", -level), level))),
    }
    levels
}

/// Level and delay at the points of interest.
fn response(band: &Band<f64>, cascade: &Cascade<f64>) -> String {
    let sample_rate = cascade.sample_rate();
    let Interest { known: mut points, levels, near } = Interest::of(band, sample_rate);
    let lowest = near.iter().map(|(place, _)| 1e-4 * place).fold(sample_rate / 4.0, f64::min);
    let mut grid = frequencies(cascade, lowest, sample_rate / 2.0);
    grid.insert(0, 0.0);

    let mut width = None;
    for (name, level) in levels.iter().filter(|(_, level)| *level != 0.0) {
        let crossings = crossings(cascade, &grid, *level);
        let nearest = |(place, within): &(f64, Range<f64>)| {
            let distance = |frequency: f64| (frequency / place).ln().abs();
            let candidates = crossings.iter().copied().filter(|f| within.contains(f));
            candidates.min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
        };
        let found: Vec<f64> = near.iter().filter_map(nearest).collect();
        if let ([low, high], None) = (&found[..], &width) {
            width = Some(bandwidth(name, *low, *high));
        }
        for frequency in found {
            let same = |point: &&mut Point| (point.frequency / frequency - 1.0).abs() < 1e-6;
            match points.iter_mut().find(same) {
                Some(point) => point.what = format!("{}, {name}", point.what),
                None => points.push(Point::new(name, frequency)),
            }
        }
    }
    let has_gain = band.params().iter().any(|(parameter, _)| parameter.quantity == Quantity::Gain);
    add_extreme("highest level", 1.0, &mut points, cascade, &grid);
    if has_gain {
        add_extreme("lowest level", -1.0, &mut points, cascade, &grid);
    }

    points.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
    let zeros = cascade.zpk().zeros;
    let row = |Point { what, frequency }: &Point| {
        let delay = cascade.group_delay(*frequency);
        let (sin, cos) = (TAU * frequency / sample_rate).sin_cos();
        // At a zero the computed level is rounding error. Real zeros are exact; where a pair is, is
        // known to about the rounding of the cosine of its angle.
        let here = Complex::new(cos, sin);
        let rounding = 8.0 * f64::EPSILON;
        let at_zero = zeros.iter().any(|zero| match *zero {
            Root::Real(zero) => (Complex::from_real(zero) - here).norm() < rounding,
            Root::Pair(zero) => (zero - here).norm() < rounding / sin.abs().max(1e-8),
        });
        let level = if at_zero { f64::NEG_INFINITY } else { cascade.magnitude_db(*frequency) };
        vec![
            what.clone(),
            six_digits(*frequency),
            fixed(level, 3),
            fixed(delay, 3),
            fixed(delay / sample_rate * 1e3, 4),
        ]
    };
    let rows: Vec<_> = points.iter().map(row).collect();
    let header = ["Response", "frequency (Hz)", "level (dB)", "delay (samples)", "delay (ms)"];
    table(&header, &rows) + &width.unwrap_or_default()
}

/// Adds the highest (or, with `sign` −1, the lowest) level, unless it is at a point already.
fn add_extreme(
    what: &str,
    sign: f64,
    points: &mut Vec<Point>,
    cascade: &Cascade<f64>,
    grid: &[f64],
) {
    let height = |frequency: f64| sign * cascade.magnitude_db(frequency);
    let frequency = extreme(cascade, grid, sign);
    if points.iter().all(|point| height(point.frequency) < height(frequency) - 5e-4) {
        points.push(Point::new(what, frequency));
    }
}

fn bandwidth(name: &str, low: f64, high: f64) -> String {
    let (octaves, q) = ((high / low).log2(), (low * high).sqrt() / (high - low));
    let (hertz, octaves, q) = (six_digits(high - low), fixed(octaves, 4), fixed(q, 4));
    format!("\nBandwidth between the points of {name}: {hertz} Hz, {octaves} octaves, Q {q}")
}

/// A number with a fixed number of decimals, without a sign if it rounds to 0.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.chars().all(|digit| "-0.".contains(digit));
    if is_zero { text.replace('-', "") } else { text }
}

/// The sections, with enough digits to read back the same numbers.
fn coefficients(sections: &[Section<f64>]) -> String {
    let row = |(index, section): (usize, &Section<f64>)| {
        let mut row = vec![(index + 1).to_string()];
        row.extend(section.coefficients().map(|coefficient| format!("{coefficient:?}")));
        row
    };
    let rows: Vec<_> = sections.iter().enumerate().map(row).collect();
    table(&["Sections", "b0", "b1", "b2", "a1", "a2"], &rows)
        + "\ny = b0 x + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2], section after section"
}

/// Poles and zeros, by frequency.
fn roots(cascade: &Cascade<f64>) -> String {
    let zpk = cascade.zpk();
    let nyquist = cascade.sample_rate() / 2.0;
    let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
    for (kind, roots) in [("pole", &zpk.poles), ("zero", &zpk.zeros)] {
        let row = |root: &Root<f64>| {
            let (what, magnitude, frequency, q) = match *root {
                Root::Real(value) => {
                    let frequency = if value < 0.0 { nyquist } else { 0.0 };
                    (kind.to_owned(), value.abs(), frequency, String::new())
                }
                Root::Pair(upper) => {
                    let frequency = upper.arg() / PI * nyquist;
                    (format!("{kind} pair"), upper.norm(), frequency, six_digits(quality(upper)))
                }
            };
            (frequency, vec![what, String::new(), fixed(magnitude, 10), six_digits(frequency), q])
        };
        let mut of_kind: Vec<_> = roots.iter().map(row).collect();
        of_kind.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.extend(of_kind);
    }
    let mut distinct: Vec<Vec<String>> = Vec::new();
    for same in rows.chunk_by(|a, b| a.1 == b.1) {
        let mut row = same[0].1.clone();
        row[1] = format!("{}", same.len());
        distinct.push(row);
    }
    let header = ["Poles and zeros", "count", "magnitude", "frequency (Hz)", "Q"];
    table(&header, &distinct)
}

/// The Q of the analog root that the bilinear transform maps to `z`.
fn quality(z: Complex<f64>) -> f64 {
    let one = Complex::from_real(1.0);
    let inside = (1.0 - z.norm()) * (1.0 + z.norm());
    // A zero on the unit circle is off it by rounding.
    if inside.abs() < 1e-13 {
        f64::INFINITY
    } else {
        (z - one).norm() * (z + one).norm() / (2.0 * inside)
    }
}

/// Distance of the poles from the unit circle, and their decay.
fn stability(cascade: &Cascade<f64>) -> String {
    let Roots { poles, .. } = Roots::of(cascade);
    let outermost = poles.iter().map(|pole| pole.norm()).fold(0.0, f64::max);
    let samples = 1000_f64.ln() / -outermost.ln();
    let seconds = samples / cascade.sample_rate();
    format!(
        "Stable: the outermost pole is {} inside the unit circle and decays by 60 dB in {} samples \
         ({} ms).",
        six_digits(1.0 - outermost),
        fixed(samples.ceil(), 0),
        fixed(1e3 * seconds, 3),
    )
}

/// What the rounding of the coefficients may do.
fn rounding(band: &Band<f64>, sample_rate: f64) -> String {
    let rounding_db = rounding_db(band, sample_rate);
    if rounding_db.is_finite() {
        let size = six_digits(rounding_db);
        format!("Rounding of the coefficients may move the level at the edge by {size} dB.")
    } else {
        "Rounding of the coefficients leaves the level at the edge undetermined.".to_owned()
    }
}

/// Columns under headings: words aligned on the left, numbers on their decimal points.
fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    // Length of a number from its decimal point on.
    let tail = |cell: &str| cell.len() - cell.find(['.', 'e']).unwrap_or(cell.len());
    let mut lines = vec![String::new(); rows.len() + 1];
    for (column, heading) in header.iter().enumerate() {
        let longest_tail = rows.iter().map(|row| tail(&row[column])).max().unwrap_or(0);
        let in_line = |row: &Vec<String>| match &row[column] {
            word if column == 0 => word.clone(),
            number => format!("{number}{:1$}", "", longest_tail - tail(number)),
        };
        let mut cells = vec![(*heading).to_owned()];
        cells.extend(rows.iter().map(in_line));
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        for (line, cell) in lines.iter_mut().zip(cells) {
            let cell =
                if column == 0 { format!("{cell:<width$}") } else { format!("   {cell:>width$}") };
            line.push_str(&cell);
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
