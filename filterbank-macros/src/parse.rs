//! Tokens to a syntax tree, spans kept.
//!
//! Bands and arguments are parsed one by one from the tokens between commas, so that a mistake in
//! one does not hide the mistakes in the others.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, LitFloat, LitInt, Token, Visibility};

use crate::errors::Errors;

/// The whole specification.
pub(crate) struct Spec {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) arrangement: Ident,
    /// What stands in parentheses behind the arrangement.
    pub(crate) settings: Vec<Argument>,
    pub(crate) bands: Vec<NamedBand>,
    /// The braces around the bands.
    pub(crate) braces: Span,
}

/// `name: call`.
pub(crate) struct NamedBand {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    /// `None` for a mistake that has been reported.
    pub(crate) call: Option<Call>,
}

/// `word(argument, …)`.
pub(crate) struct Call {
    pub(crate) word: Ident,
    pub(crate) arguments: Vec<Argument>,
}

pub(crate) enum Argument {
    /// `name = value`.
    Named { name: Ident, value: Value },
    /// A nested call: a method with its own arguments.
    Call(Call),
    /// A mistake that has been reported.
    Broken,
}

#[derive(Clone)]
pub(crate) enum Value {
    /// `250.0`.
    Fixed(Number),
    /// `tune(250.0)` or `tune(250.0 in 120.0..=500.0)`.
    Tune { start: Number, bounds: Option<(Number, Number)> },
    /// `phase`.
    Word(Ident),
    /// A mistake that has been reported.
    Broken,
}

/// A literal, with its sign.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) span: Span,
}

/// Parses a specification. `None` if so little of it is there that no struct can be named.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Spec> {
    let parser = |input: ParseStream| Header::parse(input);
    let header = errors.keep(parser.parse2(tokens))?;
    let settings = header.settings.map_or_else(Vec::new, |group| arguments(&group, errors));
    let mut bands = Vec::new();
    for part in split(header.bands.stream()) {
        if let Some(band) = errors.keep(parse_part(part, BandHeader::parse)) {
            let call = errors.keep(band.call).map(|call| call.finish(errors));
            bands.push(NamedBand { attributes: band.attributes, name: band.name, call });
        }
    }
    Some(Spec {
        attributes: header.attributes,
        visibility: header.visibility,
        name: header.name,
        arrangement: header.arrangement,
        settings,
        bands,
        braces: header.bands.span_close(),
    })
}

/// A specification with what is inside its brackets still unparsed.
struct Header {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    arrangement: Ident,
    settings: Option<Group>,
    bands: Group,
}

impl Header {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let arrangement = input.call(Ident::parse_any)?;
        let settings = bracketed(input, Delimiter::Parenthesis)?;
        let Some(bands) = bracketed(input, Delimiter::Brace)? else {
            return Err(input.error("expected the bands in braces: `{ name: peak(…), … }`"));
        };
        if !input.is_empty() {
            return Err(input.error("nothing may follow the bands: one struct for each macro call"));
        }
        Ok(Self { attributes, visibility, name, arrangement, settings, bands })
    }
}

/// A band with its arguments still unparsed.
struct BandHeader {
    attributes: Vec<Attribute>,
    name: Ident,
    call: syn::Result<CallHeader>,
}

impl BandHeader {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.call(Ident::parse_any)?;
        if !input.peek(Token![:]) {
            return Err(input.error(format!("expected `:` and a band: `{name}: peak(…)`")));
        }
        input.parse::<Token![:]>()?;
        Ok(Self { attributes, name, call: attempt(input, CallHeader::parse) })
    }
}

/// A call with its arguments still unparsed.
struct CallHeader {
    word: Ident,
    arguments: Option<Group>,
}

impl CallHeader {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let word = input.call(Ident::parse_any)?;
        let arguments = bracketed(input, Delimiter::Parenthesis)?;
        if !input.is_empty() {
            return Err(input.error("expected `,`"));
        }
        Ok(Self { word, arguments })
    }

    fn finish(self, errors: &mut Errors) -> Call {
        let arguments = self.arguments.map_or_else(Vec::new, |group| arguments(&group, errors));
        Call { word: self.word, arguments }
    }
}

/// The arguments in parentheses; of those that cannot be parsed, the names.
fn arguments(group: &Group, errors: &mut Errors) -> Vec<Argument> {
    enum Part {
        Named(Ident, syn::Result<Value>),
        Call(CallHeader),
    }
    let parser = |input: ParseStream| {
        if input.peek2(Token![=]) {
            let name = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            Ok(Part::Named(name, attempt(input, Value::parse)))
        } else if input.peek(syn::Ident::peek_any) {
            input.call(CallHeader::parse).map(Part::Call)
        } else {
            Err(input.error("expected `name = value`"))
        }
    };
    let mut arguments = Vec::new();
    for part in split(group.stream()) {
        arguments.push(match errors.keep(parse_part(part, parser)) {
            None => Argument::Broken,
            Some(Part::Call(call)) => Argument::Call(call.finish(errors)),
            Some(Part::Named(name, value)) => {
                let value = errors.keep(value).unwrap_or(Value::Broken);
                Argument::Named { name, value }
            }
        });
    }
    arguments
}

impl Value {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let value = if input.peek(syn::Ident::peek_any) {
            let word = input.call(Ident::parse_any)?;
            match bracketed(input, Delimiter::Parenthesis)? {
                Some(group) if word == "tune" && group.stream().is_empty() => {
                    return Err(syn::Error::new(group.span(), "expected a number: `tune(250.0)`"));
                }
                Some(group) if word == "tune" => parse_part(group.stream(), Self::tune)?,
                Some(_) => {
                    let message = "expected a number, `tune(number)` or \
                                   `tune(number in low..=high)`";
                    return Err(syn::Error::new(word.span(), message));
                }
                None => Self::Word(word),
            }
        } else {
            Self::Fixed(input.parse()?)
        };
        if input.is_empty() { Ok(value) } else { Err(input.error("expected `,`")) }
    }

    /// What stands inside `tune(…)`.
    fn tune(input: ParseStream) -> syn::Result<Self> {
        let start = input.parse()?;
        if input.is_empty() {
            return Ok(Self::Tune { start, bounds: None });
        }
        if !input.peek(Token![in]) {
            return Err(input.error("expected `in low..=high`"));
        }
        input.parse::<Token![in]>()?;
        let low = input.parse()?;
        if !input.peek(Token![..=]) {
            return Err(input.error("expected `..=`: both bounds are included"));
        }
        input.parse::<Token![..=]>()?;
        let high = input.parse()?;
        if !input.is_empty() {
            return Err(input.error("expected nothing behind the upper bound"));
        }
        Ok(Self::Tune { start, bounds: Some((low, high)) })
    }
}

impl Parse for Number {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let sign = input.parse::<Option<Token![-]>>()?;
        let (value, literal_span) = if input.peek(LitFloat) {
            let literal: LitFloat = input.parse()?;
            (literal.base10_parse::<f64>()?, literal.span())
        } else if input.peek(LitInt) {
            let literal: LitInt = input.parse()?;
            (literal.base10_parse::<f64>()?, literal.span())
        } else {
            return Err(input
                .error("expected a number literal: the macro cannot see the values of constants"));
        };
        let span =
            sign.as_ref().and_then(|sign| sign.span.join(literal_span)).unwrap_or(literal_span);
        let value = if sign.is_some() { -value } else { value };
        Ok(Self { value, span })
    }
}

/// Parses tokens such that a mistake at their end is shown at the last of them. (Otherwise it
/// would be shown at the whole macro call.)
fn parse_part<T>(
    part: TokenStream,
    parser: impl FnOnce(ParseStream) -> syn::Result<T>,
) -> syn::Result<T> {
    let last = part.clone().into_iter().last().map_or_else(Span::call_site, |token| token.span());
    let mut group = Group::new(Delimiter::Parenthesis, part);
    group.set_span(last);
    let inside = |input: ParseStream| {
        let content;
        syn::parenthesized!(content in input);
        parser(&content)
    };
    inside.parse2(TokenTree::Group(group).into())
}

/// A part whose mistakes do not stop what surrounds it: its tokens are used up either way.
fn attempt<T>(
    input: ParseStream,
    parser: impl FnOnce(ParseStream) -> syn::Result<T>,
) -> syn::Result<T> {
    let result = parser(input);
    input.parse::<TokenStream>()?;
    result
}

/// The next token if it is a group in these brackets.
fn bracketed(input: ParseStream, delimiter: Delimiter) -> syn::Result<Option<Group>> {
    input.step(|cursor| match cursor.token_tree() {
        Some((TokenTree::Group(group), rest)) if group.delimiter() == delimiter => {
            Ok((Some(group), rest))
        }
        _ => Ok((None, *cursor)),
    })
}

/// The tokens between commas; nothing for a trailing comma.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
