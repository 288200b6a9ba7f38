//! Expansions and error messages.

mod expansions;
mod mistakes;
mod random;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;

/// What the macro makes of a specification.
fn generate(specification: &str) -> TokenStream {
    let tokens = parse_tokens(specification);
    super::generate(quote!((::filterbank) #tokens))
}

/// The mistakes in a specification.
fn check(specification: &str) -> Vec<syn::Error> {
    let mut errors = Errors::default();
    if let Some(spec) = crate::parse::parse(parse_tokens(specification), &mut errors) {
        crate::check::check(spec, &mut errors);
    }
    errors.into_vec()
}

fn parse_tokens(source: &str) -> TokenStream {
    source.parse().unwrap_or_else(|error| panic!("{error}:\n{source}"))
}

/// Code as a careful person would lay it out. That it can be parsed is half of the test.
fn print(code: TokenStream) -> String {
    let text = code.to_string();
    let file = syn::parse2(code).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    prettyplease::unparse(&file)
}
