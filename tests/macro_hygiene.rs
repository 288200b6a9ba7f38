//! Generated code in users' crates: no warnings under strict lints, and correct in any place,
//! whatever else has the names that it uses.

#![deny(warnings, missing_docs, clippy::pedantic, clippy::nursery)]
#![deny(
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    missing_copy_implementations,
    missing_debug_implementations,
    non_local_definitions,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results
)]

/// Inside a module, with each visibility. Most generated items are never used.
pub mod inside {
    // A module of the same name as the type.
    use std::f64;

    filterbank::filterbank! {
        pub struct Open: cascade(sample_rate = 48_000.0) {
            low_mid: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
        }
    }

    filterbank::filterbank! {
        /// Visible in this crate.
        pub(crate) struct Shared: cascade() {
            /// With documentation.
            low_mid: peak(center = tune(250.0), bandwidth = 1.0, gain_db = tune(-2.5)),
        }
    }

    filterbank::filterbank! {
        pub(super) struct Above: bank {
            low_mid: peak(center = tune(250.0), q = 1.0, gain_db = -2.5),
            top: highpass(butterworth(order = 3), cutoff = 8_000.0),
        }
    }

    filterbank::filterbank! {
        struct Closed: bank(sample_rate = 48_000.0) {
            low_mid: peak(center = 250.0, q = 1.0, gain_db = -2.5),
        }
    }

    filterbank::filterbank! {
        // A damping of √2, which is no constant of the user's.
        struct Plain: cascade(sample_rate = 48_000.0) {
            low: lowpass(butterworth(order = 2), cutoff = 8_000.0),
        }
    }

    filterbank::filterbank! {
        struct Unused: bank(sample_rate = 48_000.0) {
            low_mid: peak(center = 250.0, q = 1.0, gain_db = -2.5),
        }
    }

    #[test]
    fn is_visible() {
        assert_eq!(Closed::new().low_mid().sections().len(), Closed::SECTIONS);
        assert!(Open::from_params(&[f64::consts::PI, 0.0]).is_err());
    }
}

#[test]
fn visibility() {
    fn is_public<T: Copy + Send + Sync + std::fmt::Debug + PartialEq>(_: T) {}
    is_public(inside::Open::new());
    is_public(inside::Shared::new(48_000.0));
    is_public(inside::Above::new(48_000.0).map(|bank| bank.top()));
}

#[test]
fn inside_a_function() {
    filterbank::filterbank! {
        pub struct Local: cascade(sample_rate = 48_000.0) {
            only: notch(center = tune(50.0), q = 30.0),
        }
    }
    let sections = Local::new();
    let codegen = Local::default();
    assert_eq!(sections, codegen);
}

/// Attributes and documentation, on the struct and on a band.
mod attributes {
    filterbank::filterbank! {
        /// Documentation with a list:
        ///
        /// - a point
        #[allow(clippy::exhaustive_structs)]
        #[must_use = "it filters nothing by itself"]
        #[doc(alias = "equaliser")]
        #[repr(transparent)]
        pub(super) struct Decorated: cascade(sample_rate = 48_000.0) {
            #[doc(alias = "hum")]
            #[inline]
            first: notch(center = 50.0, q = 30.0),
            #[allow(non_snake_case)]
            Second: notch(center = tune(100.0), q = 30.0),
            /** Third. */
            #[cfg_attr(all(), doc = "And last.")]
            r#type: notch(center = tune(150.0), q = 30.0),
            größe: notch(center = tune(200.0), q = 30.0),
        }
    }
}

#[test]
fn names_as_they_are_written() {
    let eq = attributes::Decorated::new();
    let names = ["Second.center", "type.center", "größe.center"];
    assert_eq!(attributes::Decorated::PARAM_NAMES, names);
    assert_eq!(eq.r#type().sections(), &eq.sections()[2..3]);
    assert!(eq.Second().is_stable() && eq.größe().is_stable() && eq.first().is_stable());
}

/// Names and values from another macro, as every kind of fragment.
mod inside_a_macro {
    macro_rules! equaliser {
        (
            $(#[$attribute:meta])* $visibility:vis $name:ident, $arrangement:ident at $rate:literal:
            $(band $band:ident $shape:ident $frequency:literal $q:expr, $gain_db:literal $more:tt;)+
            end $last:ident = $call:expr, $limits:expr
        ) => {
            filterbank::filterbank! {
                $(#[$attribute])*
                $visibility struct $name: $arrangement(sample_rate = $rate) {
                    $($band: $shape(center = $frequency, q = $q, gain_db = $gain_db),)+
                    low_cut: highpass($call, cutoff = tune(80.0)),
                    $last: peak(center = $limits, q = 1.0, gain_db = -1.0),
                }
            }
            $(const _: &str = stringify!($more);)+
        };
    }

    equaliser! {
        /// Three bands.
        #[allow(dead_code)]
        pub(super) Three, cascade at 48_000.0:
        band mud peak 250.0 1.0, -2.5 ();
        band presence peak 3_000.0 0.9, 2.5 [];
        end last = butterworth(order = 4), tune(9_000.0)
    }
    equaliser! {
        Private, bank at 44_100:
        band mud peak 250 1, -2 ();
        end last = butterworth(order = 4), 9e3
    }

    #[test]
    fn private() {
        assert_eq!((Private::BANDS, Private::SAMPLE_RATE), (3, 44_100.0));
        assert_eq!(Private::PARAM_NAMES, ["low_cut.cutoff"]);
    }
}

#[test]
fn inside_another_macro() {
    use inside_a_macro::Three;
    assert_eq!((Three::BANDS, Three::SECTIONS, Three::SAMPLE_RATE), (4, 5, 48_000.0));
    assert_eq!(Three::PARAM_NAMES, ["low_cut.cutoff", "last.center"]);
    assert!((Three::new().mud().magnitude_db(250.0) - -2.5).abs() < 1e-9);
}

/// The crate and its macro under other names.
mod renamed {
    use filterbank as dsp;
    use filterbank::filterbank as define;

    /// Another macro that expands to the whole definition.
    macro_rules! standard_equaliser {
        ($name:ident) => {
            dsp::filterbank! {
                struct $name: cascade(sample_rate = 48_000.0) {
                    only: notch(center = tune(50.0), q = 30.0),
                }
            }
        };
    }

    standard_equaliser!(First);
    define! { struct Second: bank(sample_rate = 48_000.0) { only: notch(center = 50.0, q = 30.0) } }

    #[test]
    fn works() {
        assert_eq!(First::new().sections(), Second::new().sections());
    }
}

/// Here every name in generated code has another meaning.
#[allow(dead_code, non_camel_case_types, clippy::items_after_statements)]
mod shadowed {
    mod core {}
    mod std {}
    mod alloc {}
    mod filterbank {}
    mod codegen {}
    struct Section;
    struct Cascade;
    struct SectionState;
    struct FilterState;
    struct DesignError;
    enum Width {}
    enum Method {}
    enum Param {}
    enum Option {}
    struct Some;
    struct Ok;
    struct Err;
    struct None;
    type Result<T> = [T; 2];
    trait Scalar {
        fn from_f64() {}
    }
    trait Tunable {}
    trait Deref {}
    trait Default {}
    trait Clone {}
    trait Copy {}
    trait Debug {}
    trait PartialEq {}
    /// A trait for all types, with the names of generated functions.
    trait Meddling {
        const PARAMS: () = ();
        fn from_params() {}
        fn len(&self) {}
        fn part(&self) {}
        fn deref(&self) {}
        fn primal(&self) {}
    }
    impl<T: ?Sized> Meddling for T {}

    ::filterbank::filterbank! {
        pub(super) struct Eq: cascade(sample_rate = 48_000.0) {
            a: peak(center = tune(250.0 in 120.0..=500.0), bandwidth = tune(1.0), gain_db = tune(-2.5)),
            b: lowpass(bessel(order = 4, norm = delay), cutoff = tune(9_000.0)),
            c: high_shelf(cutoff = 9_000.0, slope = tune(0.5), gain_db = tune(1.0)),
        }
    }
    ::filterbank::filterbank! {
        struct Bank: bank(sample_rate = 48_000.0) {
            // Items with the names of variables and modules of generated code.
            codegen_: peak(center = tune(250.0), q = 1.0, gain_db = -2.5),
            index: lowpass(elliptic(order = 4, ripple_db = tune(1.0), stop_db = 60.0), cutoff = 9e3),
            output: bandpass(butterworth(order = 4), low = tune(30.0), high = tune(60.0)),
            x: allpass(center = tune(250.0), q = 1.0),
            library: notch(center = 250.0, q = 1.0),
        }
    }
    ::filterbank::filterbank! {
        struct Debugging: bank {
            x: allpass(center = tune(250.0 in 1.0..=1e4), q = 1.0),
        }
    }

    #[test]
    fn works() {
        let bank = Bank::new();
        let output: [f64; Bank::BANDS] = bank.tick(&mut bank.state(), 1.0);
        assert!(output[0] > 0.0);
        assert_eq!(bank.cast::<f32>(), Bank::new_f32());
        assert!(Debugging::new(48_000.0).is_ok());
    }
}

#[test]
fn beside_items_of_the_same_names() {
    let eq = shadowed::Eq::new();
    assert_eq!(shadowed::Eq::from_params(&shadowed::Eq::PARAMS), Ok(eq));
}
