//! The drawing: magnitude, phase, group delay, and the plane of poles and zeros.

use std::f64::consts::TAU;
use std::path::Path;

use filterbank::number::Complex;
use filterbank::spec::{Parameter, Quantity};
use filterbank::{Band, Cascade, Method};

use super::survey::{Roots, crossings, frequencies};
use super::words::describe;
use crate::shared::failure::Failure;
use crate::shared::format::six_digits;
use crate::shared::plot::{self, Axis, Canvas, Chart, Curve, Mark, Place, Plane, Text};

/// The text of an SVG for the file `path`.
pub fn svg(path: &Path, band: &Band<f64>, cascade: &Cascade<f64>) -> Result<String, Failure> {
    let edges = edges(band);
    plot::svg(path, (1280.0, 900.0), |canvas| {
        let title = Text { size: 21.0, bold: true, ..Text::default() };
        canvas.text(&describe(band).replace('-', "−"), (24.0, 32.0), &title)?;
        let rate = format!("sample rate {} Hz", cascade.sample_rate());
        canvas.text(&rate, (24.0, 58.0), &Text { size: 14.0, ..Text::default() })?;
        responses(canvas, band, cascade, &edges)?;
        roots(canvas, band, cascade, &edges)
    })
}

/// Left: three curves over one frequency axis.
fn responses(
    canvas: &Canvas,
    band: &Band<f64>,
    cascade: &Cascade<f64>,
    edges: &[f64],
) -> plot::Result {
    let sample_rate = cascade.sample_rate();
    let (low, nyquist) = (lowest(edges, sample_rate / 2.0), sample_rate / 2.0);
    let grid = frequencies(cascade, low, nyquist);
    let roots = Roots::of(cascade);
    let level = curve(&grid, |frequency| cascade.magnitude_db(frequency));
    let phase = curve(&grid, |frequency| roots.phase(TAU * frequency / sample_rate).to_degrees());
    let seconds = |frequency: f64| cascade.group_delay(frequency) / sample_rate;
    let longest = grid.iter().map(|frequency| seconds(*frequency).abs()).fold(0.0, f64::max);
    let (unit, delay_title) = match longest {
        2.0.. => (1.0, "group delay (s)"),
        1e-4.. => (1e-3, "group delay (ms)"),
        _ => (1e-6, "group delay (µs)"),
    };
    let delay = curve(&grid, |frequency| seconds(frequency) / unit);

    let x = Axis::frequency(low, nyquist);
    let (bottom, top) = level_range(band, &level, nyquist);
    let level_axis = Axis::linear("magnitude (dB)", bottom, top);
    let (bottom, top) = padded(&phase, 20.0);
    let phase_axis = Axis::degrees("phase (degrees)", bottom, top);
    let (bottom, top) = padded(&delay, 0.1 / sample_rate / unit);
    let delay_axis = Axis::linear(delay_title, bottom, top);

    let labelled = marks(edges, |edge| format!("{} Hz", six_digits(edge)));
    let bare = marks(edges, |_| String::new());
    for (top, height, y, points, marks) in [
        (76.0, 334.0, level_axis, &level, &labelled),
        (406.0, 242.0, phase_axis, &phase, &bare),
        (644.0, 244.0, delay_axis, &delay, &bare),
    ] {
        let place = Place { left: 4.0, top, width: 794.0, height };
        let curves = &[Curve::new("", points)];
        canvas.chart(place, &Chart { title: "", x, y, curves, marks })?;
    }
    Ok(())
}

/// Right: above, all poles and zeros, with a magnified view where they are crowded; below, the
/// passband. If the shape has no passband, the magnified view is below.
fn roots(canvas: &Canvas, band: &Band<f64>, cascade: &Cascade<f64>, edges: &[f64]) -> plot::Result {
    let upper_place = Place { left: 806.0, top: 76.0, width: 466.0, height: 460.0 };
    let lower_place = Place { left: 806.0, top: 530.0, width: 466.0, height: 358.0 };
    let Roots { poles, zeros } = Roots::of(cascade);
    let rays: Vec<_> = edges.iter().map(|edge| TAU * edge / cascade.sample_rate()).collect();
    let plane = Plane {
        title: "",
        center: (0.0, 0.0),
        radius: 1.25,
        poles: &points(&poles),
        zeros: &points(&zeros),
        rays: &rays,
    };
    canvas.plane(upper_place, &plane)?;

    let upper = |root: &&Complex<f64>| root.im >= 0.0;
    let Some((from, to, y)) = passband(band, cascade, edges) else {
        let (center, radius) = surround(poles.iter().chain(&zeros).filter(upper));
        let title = "upper half, magnified";
        return canvas.plane(lower_place, &Plane { title, center, radius, ..plane });
    };
    let is_close = |zero: &&Complex<f64>| poles.iter().any(|pole| (*pole - **zero).norm() < 0.1);
    let crowd = poles.iter().chain(zeros.iter().filter(is_close));
    let (center, radius) = surround(crowd.filter(upper));
    if radius < 0.08 {
        let whole = Plane::square(upper_place);
        let side = 120.0;
        let magnification = (side / whole.width) * (plane.radius / radius);
        let title = &format!("magnified ×{}", six_digits(magnification.round()));
        // Inside the unit circle, on the other side of the origin.
        let offset = if center.0 > 0.0 { -side - 12.0 } else { 12.0 };
        let square = Place {
            left: whole.left + whole.width / 2.0 + offset,
            top: whole.top + (whole.height - side) / 2.0,
            width: side,
            height: side,
        };
        canvas.inset(square, &Plane { title, center, radius, ..plane })?;
    }
    let level = curve(&frequencies(cascade, from, to), |frequency| cascade.magnitude_db(frequency));
    let chart = Chart {
        title: if band.method().is_some() { "passband" } else { "detail" },
        x: Axis::frequency(from, to),
        y,
        curves: &[Curve::new("", &level)],
        marks: &marks(edges, |_| String::new()),
    };
    canvas.chart(lower_place, &chart)
}

/// The range of frequencies around the passband, and the axis of its levels.
fn passband(band: &Band<f64>, cascade: &Cascade<f64>, edges: &[f64]) -> Option<(f64, f64, Axis)> {
    let ripple_db = match band.method().copied() {
        Some(Method::Chebyshev1 { ripple_db, .. } | Method::Elliptic { ripple_db, .. }) => {
            ripple_db
        }
        Some(_) => 3.0,
        None if matches!(band, Band::Notch { .. }) => 3.0,
        None => return None,
    };
    let (bottom, top) = (-2.0 * ripple_db, 0.4 * ripple_db);
    let nyquist = cascade.sample_rate() / 2.0;
    let low = lowest(edges, nyquist);
    let ends = crossings(cascade, &frequencies(cascade, low, nyquist), bottom);
    let (&first, &last) = (ends.first()?, ends.last()?);
    let width = last / first;
    let (from, to) = match band {
        Band::Lowpass { .. } => (low, 1.1 * first),
        Band::Highpass { .. } => (last / 1.1, nyquist),
        Band::Bandpass { .. } => (first / width.powf(0.1), last * width.powf(0.1)),
        _ => (first / width.powf(1.5), last * width.powf(1.5)),
    };
    Some((from.max(low), to.min(nyquist), Axis::linear("magnitude (dB)", bottom, top)))
}

/// The frequencies that define a band, in Hz.
fn edges(band: &Band<f64>) -> Vec<f64> {
    let params = band.params();
    let is_edge = |parameter: &Parameter| parameter.quantity == Quantity::Frequency;
    params.iter().filter(|(it, _)| is_edge(it)).map(|(_, value)| *value).collect()
}

/// Low end of the frequency axis: far below the edges, at 1, 2 or 5 times a power of ten.
fn lowest(edges: &[f64], nyquist: f64) -> f64 {
    let low = edges.iter().fold(nyquist / 2.0, |low, edge| low.min(*edge)) / 50.0;
    let decade = 10_f64.powf(low.log10().floor());
    let factors = [5.0, 2.0, 1.0];
    decade * factors.into_iter().find(|factor| factor * decade <= low).unwrap_or(1.0)
}

/// The range of levels that shows the whole response.
fn level_range(band: &Band<f64>, level: &[(f64, f64)], nyquist: f64) -> (f64, f64) {
    let stop_db = band.params().iter().find(|param| param.0 == Parameter::STOP_DB).map(|p| p.1);
    let is_shape = band.method().is_none() && !matches!(band, Band::Notch { .. });
    if is_shape {
        return padded(level, 1.0);
    }
    let bottom = match stop_db {
        Some(stop_db) => -stop_db - (0.3 * stop_db).clamp(1.0, 20.0),
        None if matches!(band, Band::Notch { .. }) => -60.0,
        None => {
            let seen = level.iter().filter(|(frequency, _)| *frequency < 0.95 * nyquist);
            let least = seen.fold(0.0_f64, |least, point| least.min(point.1));
            ((least / 20.0).floor() * 20.0).clamp(-120.0, -40.0)
        }
    };
    (bottom, -0.05 * bottom)
}

/// The range of finite values with a margin, of length `least` or more.
fn padded(points: &[(f64, f64)], least: f64) -> (f64, f64) {
    let (low, high) = plot::range(points.iter().map(|point| point.1)).unwrap_or((0.0, 0.0));
    let margin = (0.08 * (high - low)).max(0.5 * (least - (high - low)));
    (low - margin, high + margin)
}

fn curve(grid: &[f64], value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    grid.iter().map(|frequency| (*frequency, value(*frequency))).collect()
}

fn marks(edges: &[f64], label: impl Fn(f64) -> String) -> Vec<Mark> {
    edges.iter().map(|edge| Mark { x: *edge, label: label(*edge) }).collect()
}

fn points(roots: &[Complex<f64>]) -> Vec<(f64, f64)> {
    roots.iter().map(|root| (root.re, root.im)).collect()
}

/// Centre and radius of a square around roots.
fn surround<'a>(roots: impl Iterator<Item = &'a Complex<f64>> + Clone) -> ((f64, f64), f64) {
    let (left, right) = plot::range(roots.clone().map(|root| root.re)).unwrap_or((-1.0, 1.0));
    let (bottom, top) = plot::range(roots.map(|root| root.im)).unwrap_or((-1.0, 1.0));
    let extent = (right - left).max(top - bottom);
    let radius = if extent > 1e-6 { 0.8 * extent } else { 0.02 };
    ((0.5 * (left + right), 0.5 * (bottom + top)), radius)
}
