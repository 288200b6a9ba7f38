//! All mistakes of a specification, collected.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

/// Where a mistake is: from the first to the last of some tokens.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    first: Span,
    last: Span,
}

impl Place {
    pub(crate) fn between(first: impl Into<Self>, last: impl Into<Self>) -> Self {
        Self { first: first.into().first, last: last.into().last }
    }

    /// An error there. (Spans cannot be joined on a stable compiler, but those of an error's
    /// tokens are.)
    pub(crate) fn error(self, message: impl std::fmt::Display) -> syn::Error {
        let ends = [self.first, self.last].map(|span| TokenTree::from(Ident::new("_", span)));
        syn::Error::new_spanned(TokenStream::from_iter(ends), message)
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { first: span, last: span }
    }
}

/// Mistakes, in the order in which they are shown.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, place: impl Into<Place>, message: impl std::fmt::Display) {
        self.combine(place.into().error(message));
    }

    /// Takes in the mistakes of a part.
    pub(crate) fn append(&mut self, part: Self) {
        if let Some(error) = part.0 {
            self.combine(error);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn combine(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value of a result whose error, if it is one, is collected.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.combine(error)).ok()
    }

    /// A `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map_or_else(TokenStream::new, syn::Error::into_compile_error)
    }

    /// Every message with its span.
    #[cfg(test)]
    pub(crate) fn into_vec(self) -> Vec<syn::Error> {
        self.0.into_iter().flatten().collect()
    }
}
