//! Every band, made from the lists of words: what the compiler cannot see about a new one.

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use crate::section::Section;
use crate::spec::signature::Fields;
use crate::spec::{Band, BesselNorm, Family, Method, Parameter, Quantity, Shape, Width, WidthKind};

const SAMPLE_RATE: f64 = 48_000.0;

/// Every shape with every width or method that it takes, and every norm.
pub(super) fn every_band() -> Vec<Band<f64>> {
    let mut bands = Vec::new();
    for shape in Shape::ALL.iter().copied() {
        let signature = shape.signature();
        let mut fields = Choice::default();
        if signature.takes_method() {
            for family in Family::ALL.iter().copied() {
                for norm in BesselNorm::ALL.iter().copied() {
                    fields = Choice { family, norm, ..fields };
                    bands.push(shape.build(&mut fields));
                    if !family.signature().takes("norm") {
                        break;
                    }
                }
            }
        } else if signature.widths().is_empty() {
            bands.push(shape.build(&mut fields));
        } else {
            for kind in signature.widths().iter().copied() {
                fields = Choice { kind, ..fields };
                bands.push(shape.build(&mut fields));
            }
        }
    }
    bands
}

/// One choice of everything.
struct Choice {
    family: Family,
    norm: BesselNorm,
    kind: WidthKind,
}

impl Default for Choice {
    fn default() -> Self {
        Self { family: Family::Butterworth, norm: BesselNorm::Phase, kind: WidthKind::Q }
    }
}

/// A value that is allowed, another one for each parameter.
fn typical(parameter: Parameter) -> f64 {
    match parameter {
        Parameter::LOW => 700.0,
        Parameter::RIPPLE_DB => 0.25,
        Parameter::STOP_DB => 48.0,
        _ => match parameter.quantity {
            Quantity::Frequency => 1_250.0,
            Quantity::Q => 0.75,
            Quantity::Bandwidth => 1.5,
            Quantity::Slope => 0.875,
            Quantity::Gain => -4.5,
            _ => panic!("a value for `{}` is missing here", parameter.name),
        },
    }
}

impl Fields<f64> for Choice {
    fn method(&mut self) -> Method<f64> {
        self.family.build(self)
    }

    fn order(&mut self) -> usize {
        3
    }

    fn norm(&mut self) -> BesselNorm {
        self.norm
    }

    fn number(&mut self, parameter: Parameter) -> f64 {
        typical(parameter)
    }

    fn width(&mut self, kinds: &'static [WidthKind]) -> Width<f64> {
        assert!(kinds.contains(&self.kind));
        self.kind.with(typical(self.kind.parameter()))
    }
}

/// The parameters that a band's words ask for, in the order of `Band::params`.
fn asked_for(band: &Band<f64>) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    if let Some(method) = band.method() {
        let signature = method.family().signature();
        parameters.extend_from_slice(signature.required());
    }
    parameters.extend_from_slice(band.shape().signature().required());
    parameters.extend(band.width().map(|width| width.kind().parameter()));
    parameters.retain(|parameter| *parameter != Parameter::ORDER);
    parameters.sort_by_key(|parameter| parameter.name);
    parameters
}

#[test]
fn a_band_has_the_parameters_that_its_words_ask_for() {
    for band in every_band() {
        let mut params: Vec<_> = band.params().into_iter().collect();
        params.sort_by_key(|(parameter, _)| parameter.name);
        let expected: Vec<_> = asked_for(&band).into_iter().map(|p| (p, typical(p))).collect();
        assert_eq!(params, expected, "{band:?}");
    }
}

#[test]
fn a_band_is_mapped_to_the_same_band() {
    for band in every_band() {
        let moved = band.map(|_, value| value + 1.0);
        assert_ne!(moved, band);
        assert_eq!(moved.map(|_, value| value - 1.0), band);
        assert_eq!(moved.shape(), band.shape());
    }
}

/// Generated code names a variant like its shape, family or kind, and a field like its parameter.
#[test]
fn a_band_is_written_in_rust_with_the_names_of_its_words() {
    for band in every_band() {
        let text = format!("{band:?}");
        assert!(text.starts_with(&format!("{:?} {{ ", band.shape())), "{text}");
        if let Some(method) = band.method() {
            let (family, order) = (method.family(), method.order());
            assert!(text.contains(&format!("method: {family:?} {{ order: {order}")), "{text}");
            if let Some(norm) = method.norm() {
                assert!(text.contains(&format!("norm: {norm:?}")), "{text}");
            }
        }
        for (parameter, value) in band.params() {
            let field = match band.width() {
                Some(width) if width.kind().parameter() == parameter => {
                    format!(" width: {:?}({value:?})", width.kind())
                }
                _ => format!(" {}: {value:?}", parameter.name),
            };
            assert!(text.contains(&field), "{text} without {field}");
        }
    }
}

#[test]
fn every_parameter_of_a_band_is_checked() {
    for band in every_band() {
        band.check(SAMPLE_RATE, |error| panic!("{band:?}: {error}"));
        for (wrong, _) in band.params() {
            let spoilt =
                band.map(|parameter, value| if parameter == wrong { f64::NAN } else { value });
            let mut found = Vec::new();
            spoilt.check(SAMPLE_RATE, |error| found.push(error.parameter()));
            assert_eq!(found, [wrong], "{spoilt:?}");
        }
    }
}

#[test]
fn every_band_is_designed() {
    for band in every_band() {
        let sections = band.sections(SAMPLE_RATE).unwrap_or_else(|e| panic!("{band:?}: {e}"));
        assert_eq!(sections.len(), band.section_count(), "{band:?}");
        assert!(sections.iter().all(Section::is_stable), "{band:?}");
    }
}

#[test]
fn words_are_unique_and_found() {
    fn check<T: Copy + PartialEq + core::fmt::Debug>(
        all: &[T],
        word: impl Fn(T) -> &'static str,
        from_word: impl Fn(&str) -> Option<T>,
    ) {
        for value in all.iter().copied() {
            assert_eq!(from_word(word(value)), Some(value));
        }
    }
    check(Shape::ALL, Shape::word, Shape::from_word);
    check(Family::ALL, Family::word, Family::from_word);
    check(BesselNorm::ALL, BesselNorm::word, BesselNorm::from_word);
    check(WidthKind::ALL, WidthKind::word, WidthKind::from_word);
    for kind in WidthKind::ALL {
        assert_eq!(kind.word(), kind.parameter().name);
    }
}

/// Whoever writes a width for a shape that takes a method is told of another shape.
#[test]
fn a_shape_that_takes_a_method_has_a_second_order_one() {
    for shape in Shape::ALL {
        let other = shape.second_order();
        assert_eq!(shape.signature().takes_method(), other.is_some(), "{shape}");
        assert!(other.is_none_or(|other| !other.signature().widths().is_empty()), "{shape}");
    }
}

/// Names of arguments, among which readers look up what is written.
#[test]
fn no_argument_has_two_meanings() {
    let names = |signature: crate::spec::Signature| -> Vec<&str> { signature.names().collect() };
    let of_methods: Vec<_> = Family::ALL.iter().flat_map(|f| names(f.signature())).collect();
    for shape in Shape::ALL {
        let of_band: Vec<String> = names(shape.signature()).into_iter().map(String::from).collect();
        assert!(of_band.iter().all(|name| !of_methods.contains(&name.as_str())), "{shape}");
    }
}
