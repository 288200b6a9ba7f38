//! What nobody would write: the macro never panics, and what it returns can always be parsed.

use filterbank_core::{BesselNorm, Family, Parameter, Shape};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

use super::{check, generate, parse_tokens, print};

proptest! {
    #[test]
    fn valid_specifications_expand(specification in specification()) {
        let errors: Vec<_> = check(&specification).iter().map(ToString::to_string).collect();
        prop_assert!(errors.is_empty(), "{errors:?}\n{specification}");
        let code = print(generate(&specification));
        prop_assert!(!code.contains("compile_error!"));
    }

    #[test]
    fn many_wrong_tokens(specification in specification(), edits in vec(edit(), 2..20)) {
        let tokens = parse_tokens(&specification);
        let edited = edits.iter().fold(tokens, |tokens, edit| edit.apply(tokens)).to_string();
        print(generate(&edited));
    }

    #[test]
    fn token_soup(soup in soup()) {
        prop_assert!(!print(generate(&soup)).is_empty());
    }

    #[test]
    fn soup_for_bands(soup in soup()) {
        print(generate(&format!("struct Eq: cascade(sample_rate = 48_000.0) {{ {soup} }}")));
    }

    #[test]
    fn soup_for_arguments(soup in soup()) {
        print(generate(&format!("struct Eq: bank {{ a: lowpass({soup}), b: peak({soup}) }}")));
    }
}

proptest! {
    // What is claimed holds for nearly all: the same cases each time.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(3), ..ProptestConfig::default() })]

    /// One wrong token is one mistake, two where it cuts something in half, three where it was
    /// swapped with its neighbour: never twenty.
    #[test]
    fn one_wrong_token(specification in specification(), edit in edit()) {
        let edited = edit.apply(parse_tokens(&specification)).to_string();
        let errors: Vec<_> = check(&edited).iter().map(ToString::to_string).collect();
        prop_assert!(errors.len() <= 3, "{errors:?}\n{edited}");
        let code = print(generate(&edited));
        prop_assert_eq!(code.matches("compile_error!").count(), errors.len());
    }
}

fn specification() -> impl Strategy<Value = String> {
    let visibility = select(vec!["", "pub", "pub(crate)", "pub(in crate::a)"]);
    let documentation = select(vec!["", "/// About it.\n", "#[must_use]\n"]);
    let arrangement = select(vec!["cascade", "bank"]);
    let settings = select(vec!["", "()", "(sample_rate = 48_000)", "(sample_rate = 192_000.0,)"]);
    let bands = vec((documentation.clone(), band()), 1..6);
    (documentation, visibility, arrangement, settings, bands).prop_map(
        |(documentation, visibility, arrangement, settings, bands)| {
            let bands = bands.into_iter().enumerate();
            let bands: Vec<_> =
                bands.map(|(index, (doc, band))| format!("{doc} b{index}: {band}")).collect();
            let bands = bands.join(",\n");
            format!("{documentation} {visibility} struct Eq: {arrangement}{settings} {{ {bands} }}")
        },
    )
}

fn band() -> impl Strategy<Value = String> {
    (
        any::<Index>(),
        method(),
        any::<Index>(),
        value(100.0..2_000.0),
        value(3e3..1e4),
        value(0.1..0.9),
        value(-9.0..9.0),
    )
        .prop_map(|(shape, method, width_kind, low, high, width, gain)| {
            let shape = shape.get(Shape::ALL);
            let signature = shape.signature();
            let mut arguments = Vec::new();
            if signature.takes_method() {
                arguments.push(method);
            }
            for parameter in signature.required() {
                let value = match *parameter {
                    Parameter::HIGH => &high,
                    Parameter::GAIN_DB => &gain,
                    _ => &low,
                };
                arguments.push(format!("{} = {value}", parameter.name));
            }
            if !signature.widths().is_empty() {
                arguments.push(format!("{} = {width}", width_kind.get(signature.widths())));
            }
            format!("{shape}({})", arguments.join(", "))
        })
}

fn method() -> impl Strategy<Value = String> {
    let norm = proptest::option::of(select(BesselNorm::ALL));
    (any::<Index>(), 1..9_usize, value(0.1..3.0), value(20.0..90.0), norm).prop_map(
        |(family, order, ripple, stop, norm)| {
            let family = family.get(Family::ALL);
            let signature = family.signature();
            let mut arguments = Vec::new();
            for parameter in signature.required() {
                let value = match *parameter {
                    Parameter::ORDER => &order.to_string(),
                    Parameter::RIPPLE_DB => &ripple,
                    _ => &stop,
                };
                arguments.push(format!("{} = {value}", parameter.name));
            }
            if let (true, Some(norm)) = (signature.takes("norm"), norm) {
                arguments.push(format!("norm = {norm}"));
            }
            format!("{family}({})", arguments.join(", "))
        },
    )
}

/// A number in the range, fixed or tuned with or without bounds.
fn value(range: std::ops::Range<f64>) -> impl Strategy<Value = String> {
    let (low, high) = (range.start, range.end);
    (range, 0..3_u8).prop_map(move |(value, kind)| match kind {
        0 => format!("{value}"),
        1 => format!("tune({value})"),
        _ => format!("tune({value} in {low}..={high})"),
    })
}

/// A change to one token, or to one pair of brackets with what is inside.
#[derive(Clone, Debug)]
struct Edit {
    place: Index,
    kind: EditKind,
}

#[derive(Clone, Debug)]
enum EditKind {
    Delete,
    Duplicate,
    Swap,
    Replace(String),
    Insert(String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let kind = prop_oneof![
        Just(EditKind::Delete),
        Just(EditKind::Duplicate),
        Just(EditKind::Swap),
        token().prop_map(EditKind::Replace),
        token().prop_map(EditKind::Insert),
    ];
    (any::<Index>(), kind).prop_map(|(place, kind)| Edit { place, kind })
}

impl Edit {
    fn apply(&self, tokens: TokenStream) -> TokenStream {
        let mut place = self.place.index(count(&tokens).max(1));
        self.apply_at(&mut place, tokens)
    }

    /// Counts `place` down to the token that is meant.
    fn apply_at(&self, place: &mut usize, tokens: TokenStream) -> TokenStream {
        let mut edited = Vec::new();
        let mut swapped = None;
        for token in tokens {
            let here = *place == 0;
            *place = place.wrapping_sub(1);
            let token = match token {
                TokenTree::Group(group) if !here => {
                    let inside = self.apply_at(place, group.stream());
                    TokenTree::Group(Group::new(group.delimiter(), inside))
                }
                other => other,
            };
            match (&self.kind, here) {
                (EditKind::Delete, true) => {}
                (EditKind::Duplicate, true) => edited.extend([token.clone(), token]),
                (EditKind::Swap, true) => swapped = Some(token),
                (EditKind::Replace(text), true) => edited.extend(parse_tokens(text)),
                (EditKind::Insert(text), true) => {
                    edited.extend(parse_tokens(text));
                    edited.push(token);
                }
                (_, false) => {
                    edited.push(token);
                    edited.extend(swapped.take());
                }
            }
        }
        edited.extend(swapped);
        edited.into_iter().collect()
    }
}

/// Tokens at any depth.
fn count(tokens: &TokenStream) -> usize {
    let inside = |token| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inside).sum()
}

fn token() -> impl Strategy<Value = String> {
    let words = [
        "struct",
        "pub",
        "enum",
        "fn",
        "cascade",
        "bank",
        "sample_rate",
        "tune",
        "in",
        "peak",
        "lowpass",
        "bandpass",
        "butterworth",
        "elliptic",
        "bessel",
        "norm",
        "phase",
        "order",
        "cutoff",
        "center",
        "low",
        "high",
        "q",
        "slope",
        "gain_db",
        "ripple_db",
        "name",
        "r#type",
        "_",
        "Self",
        "S",
        "é",
        "r#struct",
    ];
    let literals = [
        "0",
        "1",
        "-1",
        "4",
        "25",
        "250.0",
        "1e999",
        "-1e999",
        "4.5",
        "1e-300",
        "0x1f",
        "1_000",
        "2.0_f32",
        "8kHz",
        "\"text\"",
        "'c'",
        "b\"bytes\"",
        "c\"c\"",
        "true",
        "1.",
        "100000",
    ];
    let punctuation = [
        ",",
        ":",
        "=",
        "==",
        "..",
        "..=",
        "::",
        "#",
        "!",
        "-",
        "+",
        "*",
        ";",
        ".",
        "=>",
        "$",
        "?",
        "#![a]",
        "#[a]",
        "/// doc\n",
        "/** doc */",
        "#[doc = 3]",
        "#[cfg(a)]",
    ];
    prop_oneof![
        3 => select(words.to_vec()),
        2 => select(literals.to_vec()),
        3 => select(punctuation.to_vec()),
    ]
    .prop_map(str::to_owned)
}

fn soup() -> impl Strategy<Value = String> {
    let token = || prop_oneof![9 => token(), 1 => Just("'a".to_owned())];
    let leaves = vec(token(), 0..8).prop_map(|tokens| tokens.join(" "));
    leaves.prop_recursive(5, 60, 6, move |inside| {
        let brackets = select(vec![("(", ")"), ("[", "]"), ("{", "}")]);
        vec((inside, token(), brackets), 0..5).prop_map(|parts| {
            parts
                .iter()
                .map(|(inside, token, (open, close))| format!("{token} {open} {inside} {close} "))
                .collect::<Vec<_>>()
                .concat()
        })
    })
}

/// Invisible brackets, as macros put them around what they are given.
#[test]
fn invisible_brackets() {
    fn wrap(tokens: TokenStream) -> TokenStream {
        let wrap_one = |token| {
            let token = match token {
                TokenTree::Group(group) => {
                    Group::new(group.delimiter(), wrap(group.stream())).into()
                }
                other => other,
            };
            match token {
                TokenTree::Punct(_) | TokenTree::Group(_) => token,
                TokenTree::Ident(_) | TokenTree::Literal(_) => {
                    Group::new(Delimiter::None, token.into()).into()
                }
            }
        };
        tokens.into_iter().map(wrap_one).collect()
    }
    let tokens = parse_tokens(
        "struct Eq: bank(sample_rate = 48_000.0) {
            rumble: highpass(bessel(order = 4, norm = phase), cutoff = 80.0),
            mud: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
        }",
    );
    let code = print(super::super::generate(
        quote::quote!((::filterbank)).into_iter().chain(wrap(tokens)).collect(),
    ));
    assert!(!code.contains("compile_error!"), "{code}");
}
