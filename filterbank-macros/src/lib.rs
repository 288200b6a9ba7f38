//! The procedural macro behind `filterbank::filterbank!`, where the grammar is documented.
//!
//! ```text
//! tokens ── parse ──► syntax tree ── check ──► checked specification ── expand ──► tokens
//! ```
//!
//! `check` reads bands by the library's grammar and runs the library's design, so that messages and
//! coefficients are the same as at run time. This crate depends on the core only. Generated code
//! names the facade only, by the path that the facade's macro hands over.

mod bounds;
mod check;
mod checked;
mod document;
mod errors;
mod expand;
mod expression;
mod index;
mod parse;
mod rate;

use errors::Errors;
use proc_macro2::{TokenStream, TokenTree};

/// Not to be called directly: use `filterbank::filterbank!`. Takes the path of the facade in
/// parentheses, then the specification.
#[doc(hidden)]
#[proc_macro]
pub fn filterbank_impl(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    generate(tokens.into()).into()
}

fn generate(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let library = match tokens.next() {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    let mut errors = Errors::default();
    let Some(spec) = parse::parse(tokens.collect(), &mut errors) else {
        return errors.into_tokens();
    };
    // With mistakes in it, the struct is still generated: the rest of the user's crate finds its
    // names, and one mistake stays one.
    let checked = check::check(spec, &mut errors);
    let expanded = expand::expand(&checked, &library);
    let errors = errors.into_tokens();
    quote::quote!(#errors #expanded)
}

#[cfg(test)]
mod tests;
