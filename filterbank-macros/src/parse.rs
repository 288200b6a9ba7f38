//! Tokens to a syntax tree, spans kept.
//!
//! Bands and arguments are parsed one by one from the tokens between commas, so that a mistake in
//! one does not hide the mistakes in the others. What cannot be parsed is an error in the tree,
//! to be reported when it is looked at.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, LitFloat, LitInt, Token, Visibility};

use crate::errors::{Errors, Place};

/// The whole specification.
pub(crate) struct Spec {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) arrangement: Ident,
    /// In parentheses behind the arrangement, to be parsed with [`arguments`].
    pub(crate) settings: Option<Group>,
    pub(crate) bands: Vec<NamedBand>,
}

/// `name: call`.
pub(crate) struct NamedBand {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) call: syn::Result<Call>,
}

/// `word(argument, …)`.
pub(crate) struct Call {
    pub(crate) word: Ident,
    /// In parentheses, to be parsed with [`arguments`].
    pub(crate) arguments: Option<Group>,
}

/// What stands in the parentheses of a call.
#[derive(Default)]
pub(crate) struct ArgumentList {
    /// `name = value`.
    pub(crate) named: Vec<(Ident, syn::Result<Value>)>,
    /// Nested calls: a method with its own arguments.
    pub(crate) calls: Vec<Call>,
    /// Whether there is more, that is a mistake and has been reported.
    pub(crate) broken: bool,
}

enum Argument {
    Named(Ident, syn::Result<Value>),
    Call(Call),
}

pub(crate) enum Value {
    /// `250.0`.
    Fixed(Number),
    /// `tune(250.0)` or `tune(250.0 in 120.0..=500.0)`.
    Tune { word: Span, start: Number, bounds: Option<(Number, Number)> },
    /// `phase`.
    Word(Ident),
}

/// A finite literal, with its sign.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) place: Place,
}

/// Parses a specification. `None` if so little of it is there that no struct can be named.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Spec> {
    let Header { attributes, visibility, name, rest } =
        errors.keep(parse_part(tokens, Span::call_site(), Header::parse))?;
    let (before, braces, behind) = split_at_braces(rest);
    let end = before.clone().into_iter().last().map_or(name.span(), |token| token.span());
    let (arrangement, settings) =
        match errors.keep(parse_part(before.clone(), name.span(), arrangement)) {
            Some((word, settings)) => {
                if braces.is_none() {
                    errors.push(end, BRACES);
                }
                (word, settings)
            }
            None => guess_arrangement(before),
        };
    if let Some(token) = behind.into_iter().next() {
        errors.push(token.span(), "nothing may follow the bands: one struct for each macro call");
    }
    let bands = braces.map_or_else(Vec::new, |group| bands(&group, errors));
    Some(Spec { attributes, visibility, name, arrangement, settings, bands })
}

/// What stands before the colon, and the rest unparsed.
struct Header {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    rest: TokenStream,
}

impl Header {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !input.peek(Token![struct]) {
            return mistake(input, "expected `struct Name: cascade(sample_rate = …) { … }`");
        }
        input.parse::<Token![struct]>()?;
        if !input.peek(Ident::peek_any) {
            return mistake(input, "expected the name of the struct");
        }
        let name: Ident = input.parse()?;
        if name == "S" || name == "T" {
            // The generated code has type parameters of these names.
            let message = format!("`{name}` is taken in the generated code: choose another name");
            return Err(syn::Error::new(name.span(), message));
        }
        Ok(Self { attributes, visibility, name, rest: input.parse()? })
    }
}

const BRACES: &str = "expected the bands in braces: `{ name: peak(…), … }`";

/// `: cascade(sample_rate = 48_000.0)`.
fn arrangement(input: ParseStream) -> syn::Result<(Ident, Option<Group>)> {
    if input.peek(Token![<]) {
        return mistake(input, "the struct takes no generics: its scalar is added to it");
    }
    if !input.peek(Token![:]) {
        return mistake(input, "expected `: cascade(…)` or `: bank(…)` behind the struct's name");
    }
    input.parse::<Token![:]>()?;
    if !input.peek(Ident::peek_any) {
        return mistake(input, "expected `cascade` or `bank`");
    }
    let word = input.call(Ident::parse_any)?;
    let settings = bracketed(input, Delimiter::Parenthesis)?;
    if !input.is_empty() {
        return mistake(input, BRACES);
    }
    Ok((word, settings))
}

/// After a mistake: what was probably meant, so that the struct gets the right functions.
fn guess_arrangement(tokens: TokenStream) -> (Ident, Option<Group>) {
    let (mut word, mut settings) = (Ident::new("cascade", Span::call_site()), None);
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "cascade" || ident == "bank" => word = ident,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                settings = Some(group);
            }
            _ => {}
        }
    }
    (word, settings)
}

fn bands(group: &Group, errors: &mut Errors) -> Vec<NamedBand> {
    let parts = split(group.stream(), |token, next| {
        is_punct(token, '#') || (is_ident(token) && next.is_some_and(|next| is_punct(next, ':')))
    });
    if parts.is_empty() {
        errors.push(group.span_close(), "expected at least one band: `name: peak(…)`");
    }
    let mut bands = Vec::new();
    for part in parts {
        part.report_missing_comma(errors);
        bands.extend(errors.keep(parse_part(part.tokens, part.first, NamedBand::parse)));
    }
    bands
}

impl NamedBand {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let mut visibility = None;
        if input.peek(Token![pub]) && !input.peek2(Token![:]) {
            visibility = Some(input.span());
            input.parse::<Visibility>()?;
        }
        if !input.peek(Ident::peek_any) {
            return mistake(input, "expected a band: `name: peak(…)`");
        }
        let name = input.call(Ident::parse_any)?;
        let call = attempt(input, |input| {
            if let Some(span) = visibility {
                let message = "a band has no visibility of its own: it has the struct's";
                return Err(syn::Error::new(span, message));
            }
            if !input.peek(Token![:]) {
                return mistake(input, format!("expected `:` and a band: `{name}: peak(…)`"));
            }
            input.parse::<Token![:]>()?;
            if !input.peek(Ident::peek_any) {
                return mistake(input, "expected a band such as `peak(…)`");
            }
            Call::parse(input)
        });
        Ok(Self { attributes, name, call })
    }
}

impl Call {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let word = input.call(Ident::parse_any)?;
        let arguments = bracketed(input, Delimiter::Parenthesis)?;
        if input.is_empty() {
            Ok(Self { word, arguments })
        } else if arguments.is_some() {
            mistake(input, "expected `,`")
        } else {
            mistake(input, format!("expected the arguments in parentheses: `{word}(…)`"))
        }
    }
}

/// The arguments in the parentheses of a call.
pub(crate) fn arguments(group: Option<&Group>, errors: &mut Errors) -> ArgumentList {
    let tokens = group.map_or_else(TokenStream::new, Group::stream);
    let parts = split(tokens, |token, next| {
        let opens = |next| is_punct(next, '=') || is_group(next, Delimiter::Parenthesis);
        matches!(token, TokenTree::Ident(word) if word != "tune") && next.is_some_and(opens)
    });
    let mut list = ArgumentList::default();
    for part in parts {
        part.report_missing_comma(errors);
        match errors.keep(parse_part(part.tokens, part.first, Argument::parse)) {
            Some(Argument::Named(name, value)) => list.named.push((name, value)),
            Some(Argument::Call(call)) => list.calls.push(call),
            None => list.broken = true,
        }
    }
    list
}

impl Argument {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            return mistake(input, "expected `name = value`");
        }
        if input.peek2(syn::token::Paren) {
            return input.call(Call::parse).map(Self::Call);
        }
        let word = input.call(Ident::parse_any)?;
        if input.is_empty() {
            return Ok(Self::Call(Call { word, arguments: None }));
        }
        if !input.peek(Token![=]) {
            return mistake(input, format!("expected `=` and a value: `{word} = …`"));
        }
        input.parse::<Token![=]>()?;
        Ok(Self::Named(word, attempt(input, Value::parse)))
    }
}

impl Value {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            let number = input.call(Number::parse)?;
            return Self::end(input).map(|()| Self::Fixed(number));
        }
        let word = input.call(Ident::parse_any)?;
        match bracketed(input, Delimiter::Parenthesis)? {
            None if word == "tune" => {
                let message = "expected `tune(number)` or `tune(number in low..=high)`";
                Err(syn::Error::new(word.span(), message))
            }
            None if input.is_empty() => Ok(Self::Word(word)),
            Some(group) if word == "tune" => {
                let (start, bounds) = parse_part(group.stream(), group.span(), Self::tune)?;
                Self::end(input).map(|()| Self::Tune { word: word.span(), start, bounds })
            }
            _ => Err(syn::Error::new(word.span(), NO_LITERAL)),
        }
    }

    /// What stands inside `tune(…)`.
    fn tune(input: ParseStream) -> syn::Result<(Number, Option<(Number, Number)>)> {
        let start = input.parse()?;
        if input.is_empty() {
            return Ok((start, None));
        }
        if !input.peek(Token![in]) {
            return mistake(input, "expected `in low..=high`");
        }
        input.parse::<Token![in]>()?;
        if input.peek(Token![..]) {
            return mistake(input, "expected the lower bound: both are given, as `low..=high`");
        }
        let low = input.parse()?;
        if !input.peek(Token![..=]) {
            return mistake(input, "expected `..=`: both bounds are included");
        }
        input.parse::<Token![..=]>()?;
        let high = input.parse()?;
        if !input.is_empty() {
            return mistake(input, "expected `)`");
        }
        Ok((start, Some((low, high))))
    }

    /// Behind a value there is nothing.
    fn end(input: ParseStream) -> syn::Result<()> {
        if input.is_empty() {
            Ok(())
        } else if input.peek(Token![..]) {
            mistake(input, "bounds are written as in `tune(250.0 in 120.0..=500.0)`")
        } else if matches!(input.cursor().token_tree(), Some((TokenTree::Punct(_), _))) {
            mistake(input, "the macro cannot calculate: write the result as one number")
        } else {
            mistake(input, "expected `,`")
        }
    }

    /// The number that is given, to start from or for good.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Fixed(number) | Self::Tune { start: number, .. } => Some(*number),
            Self::Word(_) => None,
        }
    }
}

const NO_LITERAL: &str = "expected a number literal: the macro cannot see what names and \
                          expressions are worth";

impl Parse for Number {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let sign = input.parse::<Option<Token![-]>>()?;
        let (value, suffix, span) = if input.peek(LitFloat) {
            let literal: LitFloat = input.parse()?;
            (literal.base10_parse::<f64>()?, literal.suffix().to_owned(), literal.span())
        } else if input.peek(LitInt) {
            let literal: LitInt = input.parse()?;
            (literal.base10_parse::<f64>()?, literal.suffix().to_owned(), literal.span())
        } else {
            return mistake(input, if input.is_empty() { "expected a number" } else { NO_LITERAL });
        };
        if !matches!(suffix.as_str(), "" | "f64") {
            let message = format!(
                "expected a number without `{suffix}`: frequencies are in Hz, levels in dB, \
                 bandwidths in octaves"
            );
            return Err(syn::Error::new(span, message));
        }
        if !value.is_finite() {
            return Err(syn::Error::new(span, "this number is too large for an `f64`"));
        }
        let value = if sign.is_some() { -value } else { value };
        let place = sign.map_or(span.into(), |sign| Place::between(sign.span, span));
        Ok(Self { value, place })
    }
}

/// An error at the next token.
fn mistake<T>(input: ParseStream, message: impl std::fmt::Display) -> syn::Result<T> {
    Err(syn::Error::new(input.span(), message))
}

/// Parses tokens such that a mistake at their end is shown at the last of them, or `otherwise` if
/// there are none. (It would be shown at the whole macro call.)
fn parse_part<T>(
    part: TokenStream,
    otherwise: Span,
    parser: impl FnOnce(ParseStream) -> syn::Result<T>,
) -> syn::Result<T> {
    let last = part.clone().into_iter().last().map_or(otherwise, |token| token.span());
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

/// What stands before the first braces, the braces, and what stands behind them.
fn split_at_braces(tokens: TokenStream) -> (TokenStream, Option<Group>, TokenStream) {
    let mut before = TokenStream::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                return (before, Some(group), tokens.collect());
            }
            other => before.extend([other]),
        }
    }
    (before, None, TokenStream::new())
}

/// Tokens between commas; never empty.
struct Part {
    tokens: TokenStream,
    first: Span,
    /// Whether there should have been a comma before it.
    comma_missing: bool,
}

impl Part {
    fn report_missing_comma(&self, errors: &mut Errors) {
        if self.comma_missing {
            errors.push(self.first, "expected `,` before this");
        }
    }
}

/// Splits at commas, and where one seems to be missing: between the end of a value or call and
/// what `starts`, given a token and the next, recognises as the start of a part.
fn split(
    tokens: TokenStream,
    starts: impl Fn(&TokenTree, Option<&TokenTree>) -> bool,
) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    // Whether the last part goes on, and whether it could end here.
    let (mut open, mut complete) = (false, false);
    while let Some(token) = tokens.next() {
        if is_punct(&token, ',') {
            (open, complete) = (false, false);
            continue;
        }
        let comma_missing = complete && starts(&token, tokens.peek());
        complete = matches!(token, TokenTree::Literal(_))
            || is_group(&token, Delimiter::Parenthesis)
            || is_group(&token, Delimiter::None);
        match parts.last_mut() {
            Some(part) if open && !comma_missing => part.tokens.extend([token]),
            _ => parts.push(Part { first: token.span(), tokens: token.into(), comma_missing }),
        }
        open = true;
    }
    parts
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is_ident(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_))
}

fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}
