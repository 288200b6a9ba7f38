//! The catalogue of bands: every shape with each of its methods and widths.
//!
//! The lists below name every variant of their enums: a missing variant is a compile error.

use std::mem::{Discriminant, discriminant};

use filterbank::spec::BesselNorm;
use filterbank::{Band, Method, Width};

/// The parts of a band: a value for each field of any variant.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub method: Method<f64>,
    pub width: Width<f64>,
    pub cutoff: f64,
    pub center: f64,
    pub low: f64,
    pub high: f64,
    pub gain_db: f64,
}

/// The parts of a method.
#[derive(Clone, Copy, Debug)]
pub struct MethodParts {
    pub order: usize,
    pub ripple_db: f64,
    pub stop_db: f64,
    pub norm: BesselNorm,
}

/// Constructors for all variants of an enum, from their fields.
macro_rules! constructors {
    ($enum:ident from $parts:ident: $(
        $(#[$doc:meta])*
        $list:ident = [$($variant:ident { $($field:ident),+ }),+ $(,)?];
    )+) => {
        $(
            $(#[$doc])*
            pub const $list: &[fn($parts) -> $enum<f64>] = &[
                $(|$parts { $($field,)+ .. }| $enum::$variant { $($field),+ }),+
            ];
        )+
        const _: fn(&$enum<f64>) = |every| match every {
            $($($enum::$variant { .. } => {})+)+
        };
    };
}

/// All variants of an enum, by name.
macro_rules! variants {
    ($enum:ident $(<$number:ty>)?: $($variant:ident),+) => {{
        const _: fn(&$enum $(<$number>)?) = |every| match every {
            $($enum::$variant { .. } => {})+
        };
        [$($enum::$variant),+]
    }};
}

constructors! {
    Band from Parts:

    /// The bands that take a method.
    METHOD_BANDS = [
        Lowpass { method, cutoff },
        Highpass { method, cutoff },
        Bandpass { method, low, high },
        Bandstop { method, low, high },
    ];

    /// The shapes that take a Q or a bandwidth.
    SHAPES = [
        ResonantLowpass { cutoff, width },
        ResonantHighpass { cutoff, width },
        BandpassConstantSkirt { center, width },
        BandpassConstantPeak { center, width },
        Notch { center, width },
        Allpass { center, width },
        Peak { center, width, gain_db },
    ];

    /// The shapes that take any width.
    SHELVES = [
        LowShelf { cutoff, width, gain_db },
        HighShelf { cutoff, width, gain_db },
    ];
}

constructors! {
    Method from MethodParts:

    /// Every method.
    METHODS = [
        Butterworth { order },
        Chebyshev1 { order, ripple_db },
        Chebyshev2 { order, stop_db },
        Elliptic { order, ripple_db, stop_db },
        Bessel { order, norm },
    ];
}

/// Every meaning of a Bessel filter's edge.
pub const NORMS: [BesselNorm; 3] = variants!(BesselNorm: Phase, Delay, Magnitude);

/// Every kind of width.
pub const WIDTHS: [fn(f64) -> Width<f64>; 3] = variants!(Width<f64>: Q, Bandwidth, Slope);

/// Every method of an order, Bessel with each norm.
pub fn methods(order: usize, ripple_db: f64, stop_db: f64) -> Vec<Method<f64>> {
    let parts = NORMS.map(|norm| MethodParts { order, ripple_db, stop_db, norm });
    let mut methods = Vec::new();
    for method in METHODS.iter().flat_map(|method| parts.map(method)) {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

/// Every band that takes a method. The edge of a lowpass or highpass is `low`.
pub fn method_bands(method: Method<f64>, low: f64, high: f64) -> Vec<Band<f64>> {
    let width = Width::Q(f64::NAN);
    let parts = Parts { method, width, cutoff: low, center: low, low, high, gain_db: f64::NAN };
    METHOD_BANDS.iter().map(|band| band(parts)).collect()
}

/// Every shape that takes a width.
pub fn shapes(frequency: f64, width: Width<f64>, gain_db: f64) -> Vec<Band<f64>> {
    let method = Method::Butterworth { order: 0 };
    let [cutoff, center, low, high] = [frequency; 4];
    let parts = Parts { method, width, cutoff, center, low, high, gain_db };
    let shapes = if let Width::Slope(_) = width { &[] } else { SHAPES };
    shapes.iter().chain(SHELVES).map(|shape| shape(parts)).collect()
}

/// The parameters of the bands in a catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub order: usize,
    pub ripple_db: f64,
    pub stop_db: f64,
    pub low: f64,
    pub high: f64,
    /// The value of a width of any kind.
    pub width: f64,
    pub gain_db: f64,
}

/// Ordinary values, for any sample rate above 4 kHz.
pub const ORDINARY: Numbers = Numbers {
    order: 4,
    ripple_db: 1.0,
    stop_db: 60.0,
    low: 1_000.0,
    high: 2_000.0,
    width: 0.8,
    gain_db: 6.0,
};

/// Extreme values, for a sample rate of 48 kHz: next to 0 Hz, next to the Nyquist frequency, and
/// with the highest order.
pub const EXTREME: [Numbers; 3] = [
    Numbers { order: 1, low: 1.0, high: 1.01, width: 0.01, gain_db: -60.0, ..ORDINARY },
    Numbers { order: 2, low: 23_900.0, high: 23_999.0, width: 0.02, gain_db: 12.0, ..ORDINARY },
    Numbers { order: 24, ripple_db: 1e-3, stop_db: 120.0, high: 9_000.0, ..ORDINARY },
];

/// Every shape with each of its methods and widths.
pub fn every_band(numbers: &Numbers) -> Vec<Band<f64>> {
    let Numbers { order, ripple_db, stop_db, low, high, width, gain_db } = *numbers;
    let with_methods = methods(order, ripple_db, stop_db).into_iter();
    let with_widths = WIDTHS.iter().flat_map(|kind| shapes(low, kind(width), gain_db));
    with_methods.flat_map(|method| method_bands(method, low, high)).chain(with_widths).collect()
}

/// [`every_band`], with ordinary and with extreme numbers.
pub fn catalogue() -> Vec<Band<f64>> {
    [ORDINARY].iter().chain(&EXTREME).flat_map(every_band).collect()
}

/// The kind of a band: shape, method, norm and kind of width.
type Kind = (
    Discriminant<Band<f64>>,
    Option<Discriminant<Method<f64>>>,
    Option<BesselNorm>,
    Option<Discriminant<Width<f64>>>,
);

fn kind(band: &Band<f64>) -> Kind {
    let norm = match band.method() {
        Some(Method::Bessel { norm, .. }) => Some(*norm),
        _ => None,
    };
    (discriminant(band), band.method().map(discriminant), norm, band.width().map(discriminant))
}

/// The bands of the catalogue whose kind is missing from a list.
pub fn missing_from(list: &[Band<f64>]) -> Vec<Band<f64>> {
    let listed = |band: &Band<f64>| list.iter().any(|other| kind(other) == kind(band));
    every_band(&ORDINARY).into_iter().filter(|band| !listed(band)).collect()
}
