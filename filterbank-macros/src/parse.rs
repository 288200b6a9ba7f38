//! Tokens to the library's syntax tree, spans kept.
//!
//! Bands and arguments are parsed one by one from the tokens between commas, so that a mistake in
//! one does not hide the mistakes in the others. What cannot be parsed is a mistake in the tree,
//! to be reported when it is looked at.

use filterbank_core::grammar::{
    Argument, Bounds, Call, GrammarError, Mistake, Number, Setting, SyntaxError, Tuning, Value,
    Word,
};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitFloat, LitInt, Token, Visibility};

use crate::errors::{Errors, Place};

/// The whole specification.
pub(crate) struct Spec {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) arrangement: Call<Place>,
    pub(crate) bands: Vec<NamedBand>,
}

/// `name: call`.
pub(crate) struct NamedBand {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) call: syn::Result<Call<Place>>,
}

/// Parses a specification. `None` if so little of it is there that no struct can be named.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Spec> {
    let Header { attributes, visibility, name, rest } =
        errors.keep(parse_part(tokens, Span::call_site(), Header::parse))?;
    let (before, braces, behind) = split_at_braces(rest);
    let end = before.clone().into_iter().last().map_or(name.span(), |token| token.span());
    let arrangement = match errors.keep(parse_part(before.clone(), name.span(), arrangement)) {
        Some(arrangement) => {
            if braces.is_none() {
                errors.push(end, BRACES);
            }
            arrangement
        }
        None => guess_arrangement(before),
    };
    if let Some(token) = behind.into_iter().next() {
        errors.push(token.span(), "nothing may follow the bands: one struct for each macro call");
    }
    let bands = braces.map_or_else(Vec::new, |group| bands(&group, errors));
    Some(Spec { attributes, visibility, name, arrangement, bands })
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
fn arrangement(input: ParseStream) -> syn::Result<Call<Place>> {
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
    let group = bracketed(input, Delimiter::Parenthesis)?;
    if !input.is_empty() {
        return mistake(input, BRACES);
    }
    Ok(Call { word: spanned(&word), arguments: arguments(group.as_ref(), 1) })
}

/// After a mistake: what was probably meant, so that the struct gets the right functions.
fn guess_arrangement(tokens: TokenStream) -> Call<Place> {
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
    Call { word: spanned(&word), arguments: arguments(settings.as_ref(), 1) }
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
        if part.comma_missing {
            errors.push(part.first, SyntaxError::CommaBefore);
        }
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
                return mistake(input, SyntaxError::Band);
            }
            call(input, LEVELS)
        });
        Ok(Self { attributes, name, call })
    }
}

/// Calls of which the arguments are looked at: a band, and a method in it.
const LEVELS: usize = 2;

/// `word(argument, …)`, parsed to so many levels of nested calls.
fn call(input: ParseStream, levels: usize) -> syn::Result<Call<Place>> {
    let word = input.call(Ident::parse_any)?;
    let group = bracketed(input, Delimiter::Parenthesis)?;
    if input.is_empty() {
        Ok(Call { word: spanned(&word), arguments: arguments(group.as_ref(), levels) })
    } else if group.is_some() {
        mistake(input, SyntaxError::Comma)
    } else {
        mistake(input, SyntaxError::Arguments(word.to_string()))
    }
}

/// The arguments in the parentheses of a call.
fn arguments(group: Option<&Group>, levels: usize) -> Vec<Argument<Place>> {
    let group = group.filter(|_| levels > 0);
    let tokens = group.map_or_else(TokenStream::new, Group::stream);
    let parts = split(tokens, |token, next| {
        let opens = |next| is_punct(next, '=') || is_group(next, Delimiter::Parenthesis);
        matches!(token, TokenTree::Ident(word) if word != "tune") && next.is_some_and(opens)
    });
    let mut arguments = Vec::new();
    for part in parts {
        if part.comma_missing {
            let comma = Mistake::new(part.first.into(), SyntaxError::CommaBefore);
            arguments.push(Argument::Mistake(comma));
        }
        let argument = parse_part(part.tokens, part.first, |input| argument(input, levels));
        arguments.push(argument.unwrap_or_else(|error| Argument::Mistake(unparsed(&error))));
    }
    arguments
}

fn argument(input: ParseStream, levels: usize) -> syn::Result<Argument<Place>> {
    if !input.peek(Ident::peek_any) {
        return mistake(input, SyntaxError::Argument);
    }
    if input.peek2(syn::token::Paren) {
        return call(input, levels - 1).map(Argument::Call);
    }
    let name = input.call(Ident::parse_any)?;
    if input.is_empty() {
        return Ok(Argument::Call(Call { word: spanned(&name), arguments: Vec::new() }));
    }
    if !input.peek(Token![=]) {
        return mistake(input, SyntaxError::Value(name.to_string()));
    }
    input.parse::<Token![=]>()?;
    let value = attempt(input, value).map_err(|error| unparsed(&error));
    Ok(Argument::Named { name: spanned(&name), value })
}

fn value(input: ParseStream) -> syn::Result<Value<Place>> {
    if !input.peek(Ident::peek_any) {
        let start = number(input)?;
        end_of_value(input)?;
        return Ok(Value::Setting(Setting { start, tuning: None }));
    }
    let word = input.call(Ident::parse_any)?;
    match bracketed(input, Delimiter::Parenthesis)? {
        None if word == "tune" => Err(syn::Error::new(word.span(), SyntaxError::Tune)),
        None if input.is_empty() => Ok(Value::Word(spanned(&word))),
        Some(group) if word == "tune" => {
            let (start, bounds) = parse_part(group.stream(), group.span(), tune)?;
            end_of_value(input)?;
            let tuning = Some(Tuning { place: word.span().into(), bounds });
            Ok(Value::Setting(Setting { start, tuning }))
        }
        _ => Err(syn::Error::new(word.span(), NO_LITERAL)),
    }
}

/// What stands inside `tune(…)`.
fn tune(input: ParseStream) -> syn::Result<(Number<Place>, Option<Bounds<Place>>)> {
    let start = number(input)?;
    if input.is_empty() {
        return Ok((start, None));
    }
    if !input.peek(Token![in]) {
        return mistake(input, SyntaxError::In);
    }
    input.parse::<Token![in]>()?;
    if input.peek(Token![..]) {
        return mistake(input, SyntaxError::LowerBound);
    }
    let low = number(input)?;
    if !input.peek(Token![..=]) {
        return mistake(input, SyntaxError::InclusiveRange);
    }
    input.parse::<Token![..=]>()?;
    let high = number(input)?;
    if !input.is_empty() {
        return mistake(input, SyntaxError::Parenthesis);
    }
    let place = Place::between(low.place, high.place);
    Ok((start, Some(Bounds { low, high, place })))
}

/// Behind a value there is nothing.
fn end_of_value(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() {
        Ok(())
    } else if input.peek(Token![..]) {
        mistake(input, SyntaxError::BoundsWithoutTune)
    } else if matches!(input.cursor().token_tree(), Some((TokenTree::Punct(_), _))) {
        mistake(input, "the macro cannot calculate: write the result as one number")
    } else {
        mistake(input, SyntaxError::Comma)
    }
}

const NO_LITERAL: &str =
    "expected a number literal: the macro cannot evaluate names or expressions";

/// A finite literal, with its sign.
fn number(input: ParseStream) -> syn::Result<Number<Place>> {
    let sign = input.parse::<Option<Token![-]>>()?;
    let (value, suffix, span) = if input.peek(LitFloat) {
        let literal: LitFloat = input.parse()?;
        (literal.base10_parse::<f64>()?, literal.suffix().to_owned(), literal.span())
    } else if input.peek(LitInt) {
        let literal: LitInt = input.parse()?;
        (literal.base10_parse::<f64>()?, literal.suffix().to_owned(), literal.span())
    } else if input.is_empty() {
        return mistake(input, SyntaxError::Number);
    } else {
        return mistake(input, NO_LITERAL);
    };
    if !matches!(suffix.as_str(), "" | "f64") {
        return Err(syn::Error::new(span, SyntaxError::Suffix(suffix)));
    }
    if !value.is_finite() {
        return Err(syn::Error::new(span, SyntaxError::TooLarge));
    }
    let value = if sign.is_some() { -value } else { value };
    let place = sign.map_or(span.into(), |sign| Place::between(sign.span, span));
    Ok(Number { value, place })
}

fn spanned(word: &Ident) -> Word<Place> {
    Word { text: word.to_string(), place: word.span().into() }
}

/// What could not be parsed, as a mistake in the tree.
fn unparsed(error: &syn::Error) -> Mistake<Place> {
    Mistake::new(error.span().into(), GrammarError::Other(error.to_string()))
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
