//! Every band of the macro equals the same band designed at run time.

use filterbank::spec::BesselNorm;
use filterbank::{Band, Bank, Cascade, Method, Width, filterbank};

use crate::common::bands::missing_from;
use crate::filters::RATE;

/// A method of the macro as a [`Method`].
macro_rules! method {
    (butterworth($($field:ident = $value:expr),*)) => { Method::Butterworth { $($field: $value),* } };
    (chebyshev1($($field:ident = $value:expr),*)) => { Method::Chebyshev1 { $($field: $value),* } };
    (chebyshev2($($field:ident = $value:expr),*)) => { Method::Chebyshev2 { $($field: $value),* } };
    (elliptic($($field:ident = $value:expr),*)) => { Method::Elliptic { $($field: $value),* } };
    (bessel(order = $order:expr)) => {
        Method::Bessel { order: $order, norm: BesselNorm::default() }
    };
    (bessel(order = $order:expr, norm = phase)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Phase }
    };
    (bessel(order = $order:expr, norm = delay)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Delay }
    };
    (bessel(order = $order:expr, norm = magnitude)) => {
        Method::Bessel { order: $order, norm: BesselNorm::Magnitude }
    };
}

macro_rules! width {
    (q $value:expr) => {
        Width::Q($value)
    };
    (bandwidth $value:expr) => {
        Width::Bandwidth($value)
    };
    (slope $value:expr) => {
        Width::Slope($value)
    };
}

/// A band of the macro as a [`Band`].
macro_rules! band {
    (lowpass($method:ident $arguments:tt, cutoff = $cutoff:expr)) => {
        Band::Lowpass { method: method!($method $arguments), cutoff: $cutoff }
    };
    (highpass($method:ident $arguments:tt, cutoff = $cutoff:expr)) => {
        Band::Highpass { method: method!($method $arguments), cutoff: $cutoff }
    };
    (bandpass($method:ident $arguments:tt, low = $low:expr, high = $high:expr)) => {
        Band::Bandpass { method: method!($method $arguments), low: $low, high: $high }
    };
    (bandstop($method:ident $arguments:tt, low = $low:expr, high = $high:expr)) => {
        Band::Bandstop { method: method!($method $arguments), low: $low, high: $high }
    };
    (resonant_lowpass(cutoff = $cutoff:expr, $width:ident = $value:expr)) => {
        Band::ResonantLowpass { cutoff: $cutoff, width: width!($width $value) }
    };
    (resonant_highpass(cutoff = $cutoff:expr, $width:ident = $value:expr)) => {
        Band::ResonantHighpass { cutoff: $cutoff, width: width!($width $value) }
    };
    (bandpass_constant_skirt(center = $center:expr, $width:ident = $value:expr)) => {
        Band::BandpassConstantSkirt { center: $center, width: width!($width $value) }
    };
    (bandpass_constant_peak(center = $center:expr, $width:ident = $value:expr)) => {
        Band::BandpassConstantPeak { center: $center, width: width!($width $value) }
    };
    (notch(center = $center:expr, $width:ident = $value:expr)) => {
        Band::Notch { center: $center, width: width!($width $value) }
    };
    (allpass(center = $center:expr, $width:ident = $value:expr)) => {
        Band::Allpass { center: $center, width: width!($width $value) }
    };
    (peak(center = $center:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::Peak { center: $center, width: width!($width $value), gain_db: $gain }
    };
    (low_shelf(cutoff = $cutoff:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::LowShelf { cutoff: $cutoff, width: width!($width $value), gain_db: $gain }
    };
    (high_shelf(cutoff = $cutoff:expr, $width:ident = $value:expr, gain_db = $gain:expr)) => {
        Band::HighShelf { cutoff: $cutoff, width: width!($width $value), gain_db: $gain }
    };
}

/// Makes cascades and banks of the same bands by the macro, with and without a sample rate, and at
/// run time. Compares them and returns the bands.
macro_rules! same {
    ($($name:ident: $band:ident $arguments:tt),* $(,)?) => {{
        filterbank! {
            struct Baked: cascade(sample_rate = 48_000.0) { $($name: $band $arguments),* }
        }
        filterbank! {
            struct BakedBank: bank(sample_rate = 48_000.0) { $($name: $band $arguments),* }
        }
        filterbank! { struct Rated: cascade { $($name: $band $arguments),* } }
        filterbank! { struct RatedBank: bank() { $($name: $band $arguments),* } }

        let bands: &[Band<f64>] = &[$(band!($band $arguments)),*];
        let cascade = Cascade::from_bands(bands, RATE).expect("designable");
        let bank = Bank::from_bands(bands, RATE).expect("designable");

        let baked = Baked::new();
        assert_eq!(baked.sections(), cascade.sections());
        assert_eq!(Baked::from_params(&[]).as_ref(), Ok(&baked));
        assert_eq!(Rated::new(RATE).expect("designable").sections(), cascade.sections());
        assert_eq!((Baked::BANDS, Baked::SECTIONS), (bands.len(), cascade.sections().len()));
        assert_eq!((Rated::BANDS, Rated::SECTIONS), (Baked::BANDS, Baked::SECTIONS));
        assert_eq!((baked.sample_rate(), Baked::SAMPLE_RATE), (RATE, RATE));

        let baked_bank = BakedBank::new();
        assert_eq!(baked_bank.sections(), bank.sections());
        assert_eq!(BakedBank::from_params(&[]).as_ref(), Ok(&baked_bank));
        let rated_bank = RatedBank::new(RATE).expect("designable");
        for other in [baked_bank.bands().collect::<Vec<_>>(), rated_bank.bands().collect()] {
            assert!(other.iter().map(Cascade::sections).eq(bank.bands().map(|band| band.sections().to_vec())));
        }

        let single: Cascade<f32> = cascade.cast();
        assert_eq!(Baked::new_f32().sections(), single.sections());
        assert_eq!(baked.cast::<f32>(), Baked::new_f32());
        assert_eq!(BakedBank::new_f32().sections(), single.sections());

        let mut named = bands.iter();
        $(
            let band = named.next().expect("as many bands as names").design(RATE);
            let band = band.expect("designable");
            assert_eq!(baked.$name().sections(), band.sections(), stringify!($name));
            assert_eq!(baked_bank.$name().sections(), band.sections(), stringify!($name));
            assert_eq!(baked.$name().sample_rate(), RATE);
        )*
        bands.to_vec()
    }};
}

/// Each band of a method, at many orders.
macro_rules! each_band {
    ($method:ident $(, $name:ident = $value:tt)*) => {{
        [
            same! {
                lowpass_1: lowpass($method(order = 1 $(, $name = $value)*), cutoff = 1_234.5),
                lowpass_2: lowpass($method(order = 2 $(, $name = $value)*), cutoff = 80.0),
                lowpass_3: lowpass($method(order = 3 $(, $name = $value)*), cutoff = 23_999.0),
                lowpass_4: lowpass($method(order = 4 $(, $name = $value)*), cutoff = 12_000.0),
                lowpass_9: lowpass($method(order = 9 $(, $name = $value)*), cutoff = 1_000.0),
                lowpass_24: lowpass($method(order = 24 $(, $name = $value)*), cutoff = 500.0),
            },
            same! {
                highpass_1: highpass($method(order = 1 $(, $name = $value)*), cutoff = 20.0),
                highpass_2: highpass($method(order = 2 $(, $name = $value)*), cutoff = 20.0),
                highpass_3: highpass($method(order = 3 $(, $name = $value)*), cutoff = 440.0),
                highpass_8: highpass($method(order = 8 $(, $name = $value)*), cutoff = 3_000.0),
                highpass_24: highpass($method(order = 24 $(, $name = $value)*), cutoff = 20_000.0),
            },
            same! {
                bandpass_1: bandpass($method(order = 1 $(, $name = $value)*), low = 20.0, high = 20_000.0),
                bandpass_2: bandpass($method(order = 2 $(, $name = $value)*), low = 300.0, high = 3_400.0),
                bandpass_5: bandpass($method(order = 5 $(, $name = $value)*), low = 900.0, high = 1_100.0),
                bandpass_12: bandpass($method(order = 12 $(, $name = $value)*), low = 500.0, high = 2e3),
                bandpass_24: bandpass($method(order = 24 $(, $name = $value)*), low = 1e3, high = 9e3),
            },
            same! {
                bandstop_1: bandstop($method(order = 1 $(, $name = $value)*), low = 49.0, high = 51.0),
                bandstop_2: bandstop($method(order = 2 $(, $name = $value)*), low = 300.0, high = 3_400.0),
                bandstop_7: bandstop($method(order = 7 $(, $name = $value)*), low = 900.0, high = 1_100.0),
                bandstop_24: bandstop($method(order = 24 $(, $name = $value)*), low = 1e3, high = 9e3),
            },
        ]
        .concat()
    }};
}

/// Together the bands cover every kind in the catalogue.
#[test]
fn every_band_of_the_macro_equals_the_run_time_design() {
    let written = [
        each_band!(butterworth),
        each_band!(chebyshev1, ripple_db = 0.1),
        each_band!(chebyshev2, stop_db = 60.0),
        each_band!(elliptic, ripple_db = 0.5, stop_db = 80.0),
        each_band!(bessel),
        bessel_norms(),
        shapes(),
    ];
    assert_eq!(missing_from(&written.concat()), []);
}

fn bessel_norms() -> Vec<Band<f64>> {
    same! {
        lowpass_default: lowpass(bessel(order = 6), cutoff = 1_000.0),
        lowpass_phase: lowpass(bessel(order = 6, norm = phase), cutoff = 1_000.0),
        lowpass_delay: lowpass(bessel(order = 6, norm = delay), cutoff = 1_000.0),
        lowpass_magnitude: lowpass(bessel(order = 6, norm = magnitude), cutoff = 1_000.0),
        highpass_phase: highpass(bessel(order = 3, norm = phase), cutoff = 1_000.0),
        highpass_delay: highpass(bessel(order = 3, norm = delay), cutoff = 1_000.0),
        highpass_magnitude: highpass(bessel(order = 3, norm = magnitude), cutoff = 1_000.0),
        bandpass_phase: bandpass(bessel(order = 4, norm = phase), low = 300.0, high = 3e3),
        bandpass_delay: bandpass(bessel(order = 4, norm = delay), low = 300.0, high = 3e3),
        bandpass_magnitude: bandpass(bessel(order = 4, norm = magnitude), low = 300.0, high = 3e3),
        bandstop_phase: bandstop(bessel(order = 5, norm = phase), low = 300.0, high = 3e3),
        bandstop_delay: bandstop(bessel(order = 5, norm = delay), low = 300.0, high = 3e3),
        bandstop_magnitude: bandstop(bessel(order = 5, norm = magnitude), low = 300.0, high = 3e3),
    }
}

fn shapes() -> Vec<Band<f64>> {
    same! {
        resonant_lowpass_q: resonant_lowpass(cutoff = 1_000.0, q = 4.0),
        resonant_lowpass_bandwidth: resonant_lowpass(cutoff = 1_000.0, bandwidth = 0.5),
        resonant_highpass_q: resonant_highpass(cutoff = 30.0, q = 0.707),
        resonant_highpass_bandwidth: resonant_highpass(cutoff = 30.0, bandwidth = 2.0),
        skirt_q: bandpass_constant_skirt(center = 440.0, q = 10.0),
        skirt_bandwidth: bandpass_constant_skirt(center = 440.0, bandwidth = 1.0),
        constant_peak_q: bandpass_constant_peak(center = 440.0, q = 10.0),
        constant_peak_bandwidth: bandpass_constant_peak(center = 440.0, bandwidth = 1.0),
        notch_q: notch(center = 50.0, q = 30.0),
        notch_bandwidth: notch(center = 50.0, bandwidth = 0.01),
        allpass_q: allpass(center = 700.0, q = 0.5),
        allpass_bandwidth: allpass(center = 700.0, bandwidth = 3.0),
        peak_q: peak(center = 250.0, q = 1.0, gain_db = -2.5),
        peak_bandwidth: peak(center = 250.0, bandwidth = 1.0, gain_db = 12.0),
        flat: peak(center = 250.0, q = 1.0, gain_db = 0.0),
        low_shelf_q: low_shelf(cutoff = 120.0, q = 0.707, gain_db = 3.0),
        low_shelf_bandwidth: low_shelf(cutoff = 120.0, bandwidth = 1.5, gain_db = -3.0),
        low_shelf_slope: low_shelf(cutoff = 120.0, slope = 1.0, gain_db = 6.0),
        high_shelf_q: high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = 1.5),
        high_shelf_bandwidth: high_shelf(cutoff = 10_000.0, bandwidth = 1.5, gain_db = -1.5),
        high_shelf_slope: high_shelf(cutoff = 10_000.0, slope = 0.25, gain_db = -20.0),
    }
}

#[test]
fn one_band_alone() {
    let bands = same! { only: peak(center = 250.0, q = 1.0, gain_db = -2.5) };
    assert_eq!(bands, [Band::peak(250.0, 1.0, -2.5)]);
}

#[test]
fn every_form_of_rust_literal_is_accepted() {
    filterbank! {
        struct Numbers: cascade(sample_rate = 48e3) {
            integer: peak(center = 250, q = 1, gain_db = -2),
            grouped: peak(center = 2_5_0.0_f64, q = 1_f64, gain_db = -2.),
            exponent: peak(center = 25e1, q = 1E0, gain_db = -0.2e+1),
            hexadecimal: peak(center = 0xfa, q = 0b1, gain_db = -0o2),
        }
    }
    let numbers = Numbers::new();
    assert_eq!(numbers.grouped(), numbers.integer());
    assert_eq!(numbers.exponent(), numbers.integer());
    assert_eq!(numbers.hexadecimal(), numbers.integer());
    assert_eq!(Numbers::SAMPLE_RATE, RATE);
}
