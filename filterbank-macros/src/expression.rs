//! A band as a Rust expression.

use filterbank_core::{Band, BesselNorm, Method, Parameter, Quantity, Width};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::checked::CheckedBand;

/// The variable that holds a tuned parameter.
pub(crate) fn variable(band: &CheckedBand, parameter: &str) -> Ident {
    format_ident!("{}_{parameter}", band.label(), span = Span::mixed_site())
}

/// A band as an expression on the scalar `S`, tuned parameters being variables.
pub(crate) fn band_expression(band: &CheckedBand, library: &TokenStream) -> TokenStream {
    let value = |name: &'static str, value: f64| {
        if band.tuned.iter().any(|tuned| tuned.parameter.name == name) {
            let variable = variable(band, name);
            quote!(#variable)
        } else {
            let value = number(value);
            quote!(S::from_f64(#value))
        }
    };
    let field = |name: &'static str, number: f64| {
        let (name, value) = (Ident::new(name, Span::mixed_site()), value(name, number));
        quote!(#name: #value)
    };
    let fields: Vec<TokenStream> = match band.band {
        Band::Lowpass { cutoff, .. }
        | Band::Highpass { cutoff, .. }
        | Band::ResonantLowpass { cutoff, .. }
        | Band::ResonantHighpass { cutoff, .. } => vec![field("cutoff", cutoff)],
        Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => {
            vec![field("low", low), field("high", high)]
        }
        Band::BandpassConstantSkirt { center, .. }
        | Band::BandpassConstantPeak { center, .. }
        | Band::Notch { center, .. }
        | Band::Allpass { center, .. } => vec![field("center", center)],
        Band::Peak { center, gain_db, .. } => {
            vec![field("center", center), field("gain_db", gain_db)]
        }
        Band::LowShelf { cutoff, gain_db, .. } | Band::HighShelf { cutoff, gain_db, .. } => {
            vec![field("cutoff", cutoff), field("gain_db", gain_db)]
        }
    };
    let method = band.band.method().map(|method| {
        let variant = Ident::new(&camel(method.word()), Span::mixed_site());
        let order = count(method.order());
        let levels = match *method {
            Method::Butterworth { .. } => TokenStream::new(),
            Method::Chebyshev1 { ripple_db, .. } => field("ripple_db", ripple_db),
            Method::Chebyshev2 { stop_db, .. } => field("stop_db", stop_db),
            Method::Elliptic { ripple_db, stop_db, .. } => {
                let (ripple, stop) = (field("ripple_db", ripple_db), field("stop_db", stop_db));
                quote!(#ripple, #stop)
            }
            Method::Bessel { norm, .. } => {
                let norm = match norm {
                    BesselNorm::Phase => quote!(Phase),
                    BesselNorm::Delay => quote!(Delay),
                    BesselNorm::Magnitude => quote!(Magnitude),
                };
                quote!(norm: #library::spec::BesselNorm::#norm)
            }
        };
        quote!(method: #library::Method::#variant { order: #order, #levels },)
    });
    let width = band.band.width().map(|width| {
        let (variant, value) = match *width {
            Width::Q(q) => (quote!(Q), value("q", q)),
            Width::Bandwidth(octaves) => (quote!(Bandwidth), value("bandwidth", octaves)),
            Width::Slope(slope) => (quote!(Slope), value("slope", slope)),
        };
        quote!(width: #library::Width::#variant(#value))
    });
    let variant = Ident::new(&camel(band.band.word()), Span::mixed_site());
    quote!(#library::Band::#variant { #method #(#fields,)* #width })
}

/// A parameter as the library's constant.
pub(crate) fn parameter(parameter: Parameter, library: &TokenStream) -> TokenStream {
    let constant = Ident::new(&parameter.name.to_uppercase(), Span::mixed_site());
    quote!(#library::spec::Parameter::#constant)
}

/// A quantity as the library's variant.
pub(crate) fn quantity(quantity: Quantity, library: &TokenStream) -> TokenStream {
    let variant = Ident::new(&format!("{quantity:?}"), Span::mixed_site());
    quote!(#library::spec::Quantity::#variant)
}

/// `low_shelf` as `LowShelf`.
fn camel(word: &str) -> String {
    word.split('_')
        .map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

/// A finite number as a literal.
pub(crate) fn number(value: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(value.abs());
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}

/// A count, written without its type.
pub(crate) fn count(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}
