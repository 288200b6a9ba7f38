//! Bands, sections and numbers as Rust expressions.

use filterbank_core::grammar::Setting;
use filterbank_core::{Parameter, Quantity, SvfSection};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::checked::CheckedBand;
use crate::errors::Place;

/// The variable that holds a tuned parameter.
pub(crate) fn variable(band: &CheckedBand, parameter: Parameter) -> Ident {
    format_ident!("{}_{}", band.label(), parameter.name, span = Span::mixed_site())
}

/// A band as an expression on the scalar `S`, tuned parameters being variables.
pub(crate) fn band_expression(checked: &CheckedBand, library: &TokenStream) -> TokenStream {
    band_of(checked, library, |parameter, setting| {
        if setting.tuning.is_some() {
            let variable = variable(checked, parameter);
            quote!(#variable)
        } else {
            let value = number(setting.start.value);
            quote!(S::from_f64(#value))
        }
    })
}

/// A band as an expression of type `Band<Tune>`.
pub(crate) fn tune_expression(checked: &CheckedBand, library: &TokenStream) -> TokenStream {
    band_of(checked, library, |_, setting| {
        let start = number(setting.start.value);
        match setting.tuning.map(|tuning| tuning.bounds) {
            None => quote!(#library::Tune::Fixed(#start)),
            Some(None) => quote!(#library::Tune::free(#start)),
            Some(Some(bounds)) => {
                let (low, high) = (number(bounds.low.value), number(bounds.high.value));
                quote!(#library::Tune::within(#start, #low..=#high))
            }
        }
    })
}

/// A band as an expression whose numbers are made by `value`.
///
/// The fields of the library's enums have the names of their parameters, except for `method` and
/// `width`, and `order` and `norm` of a method.
fn band_of(
    checked: &CheckedBand,
    library: &TokenStream,
    value: impl Fn(Parameter, Setting<Place>) -> TokenStream,
) -> TokenStream {
    let value = |(parameter, setting)| value(parameter, setting);
    let field = |param: (Parameter, Setting<Place>)| {
        let (name, value) = (ident(param.0.name), value(param));
        quote!(#name: #value)
    };
    let band = &checked.band;
    let of_method = band.method().map_or(0, |method| method.params().len());
    let mut fields = Vec::new();
    if let Some(method) = band.method() {
        let (family, order) = (variant(method.family()), count(method.order()));
        let norm = method.norm().map(|norm| {
            let norm = variant(norm);
            quote!(norm: #library::spec::BesselNorm::#norm)
        });
        let levels = method.params().into_iter().map(field).chain(norm);
        fields.push(quote!(method: #library::Method::#family { order: #order, #(#levels),* }));
    }
    let width = band.width();
    for param in band.params().into_iter().skip(of_method) {
        fields.push(match width {
            Some(width) if width.kind().parameter() == param.0 => {
                let (variant, value) = (variant(width.kind()), value(param));
                quote!(width: #library::Width::#variant(#value))
            }
            _ => field(param),
        });
    }
    let variant = variant(band.shape());
    quote!(#library::Band::#variant { #(#fields),* })
}

/// A state-variable section as an expression on the scalar `S`.
pub(crate) fn svf_expression(section: &SvfSection<f64>, library: &TokenStream) -> TokenStream {
    let scalar = |value| {
        let value = number(value);
        quote!(S::from_f64(#value))
    };
    let (g, k) = (scalar(section.g()), scalar(section.k()));
    let [m0, m1, m2] = section.mix().map(scalar);
    if section.is_first_order() {
        quote!(#library::section::SvfSection::first_order(#g, [#m0, #m1]))
    } else {
        quote!(#library::section::SvfSection::second_order(#g, #k, [#m0, #m1, #m2]))
    }
}

/// A parameter as an expression.
pub(crate) fn parameter(parameter: Parameter, library: &TokenStream) -> TokenStream {
    let (name, quantity) = (parameter.name, quantity(parameter.quantity, library));
    quote!(#library::spec::Parameter::new(#name, #quantity))
}

/// A quantity as the library's variant.
pub(crate) fn quantity(quantity: Quantity, library: &TokenStream) -> TokenStream {
    let variant = variant(quantity);
    quote!(#library::spec::Quantity::#variant)
}

/// The name of a variant without fields. The library's enum with fields has the same names.
fn variant(value: impl std::fmt::Debug) -> Ident {
    ident(&format!("{value:?}"))
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
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
