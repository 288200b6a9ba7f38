//! The macro that users call. It hands the crate's own path to the procedural macro.

/// Defines a filter that the compiler designs and checks.
///
/// ```
/// use filterbank::filterbank;
///
/// filterbank! {
///     /// Vocal channel EQ.
///     pub struct VocalEq: cascade(sample_rate = 48_000.0) {
///         rumble: highpass(butterworth(order = 4), cutoff = 80.0),
///         mud:    peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
///         air:    high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = tune(1.5 in -6.0..=6.0)),
///     }
/// }
///
/// static EQ: VocalEq = VocalEq::new(); // coefficients are constants in the binary
///
/// let (mut left, mut right) = (EQ.state(), EQ.state());
/// let mut block = [0.5; 64];
/// EQ.process(&mut left, &mut block); // in place, nothing is allocated
/// let y = EQ.tick(&mut right, 0.5);
/// assert_eq!(block[0], y);
///
/// assert_eq!(VocalEq::PARAM_NAMES, ["mud.center", "mud.gain_db", "air.gain_db"]);
/// let turned = VocalEq::from_params(&[300.0, -6.0, 0.0])?;
/// assert!((turned.mud().magnitude_db(300.0) - -6.0_f64).abs() < 1e-9);
/// # Ok::<(), filterbank::DesignError>(())
/// ```
///
/// # Grammar
///
/// ```text
/// filter  = attributes visibility "struct" Name ":" arrangement "{" band, … "}"
/// arrangement = ("cascade" | "bank") [ "(" "sample_rate" "=" number ")" ]
/// band    = attributes name ":" shape
/// shape   = "lowpass"  "(" method "," cutoff ")"       "highpass" "(" method "," cutoff ")"
///         | "bandpass" "(" method "," low "," high ")" "bandstop" "(" method "," low "," high ")"
///         | "resonant_lowpass" "(" cutoff "," width ")"
///         | "resonant_highpass" "(" cutoff "," width ")"
///         | "bandpass_constant_skirt" "(" center "," width ")"
///         | "bandpass_constant_peak" "(" center "," width ")"
///         | "notch" "(" center "," width ")"           "allpass" "(" center "," width ")"
///         | "peak" "(" center "," width "," gain_db ")"
///         | "low_shelf" "(" cutoff "," (width | slope) "," gain_db ")"
///         | "high_shelf" "(" cutoff "," (width | slope) "," gain_db ")"
/// width   = q | bandwidth
/// method  = "butterworth" "(" order ")"
///         | "chebyshev1" "(" order "," ripple_db ")"
///         | "chebyshev2" "(" order "," stop_db ")"
///         | "elliptic" "(" order "," ripple_db "," stop_db ")"
///         | "bessel" "(" order [ "," norm ] ")"
/// order   = "order" "=" integer
/// norm    = "norm" "=" ("phase" | "delay" | "magnitude")
/// value   = number | "tune" "(" number [ "in" number "..=" number ] ")"
/// ```
///
/// `cutoff`, `center`, `low`, `high` (in Hz), `gain_db`, `ripple_db`, `stop_db` (in dB), `q`,
/// `slope` (dimensionless) and `bandwidth` (in octaves) are each written `name = value`, in any
/// order. Numbers are literals, with or without a fraction or a sign: a macro cannot evaluate
/// constants. The words, ranges and meanings are those of [`Band`](crate::Band),
/// [`Method`](crate::Method) and [`Width`](crate::Width).
///
/// - In a `cascade` the bands run in series, and there is one output. In a `bank` each band gets
///   the input, and there is one output for each.
/// - `tune(250.0)` makes a parameter of the value, `tune(250.0 in 120.0..=500.0)` one with bounds.
///   Everything else is fixed.
/// - Without `sample_rate`, the filter is designed when it is made.
/// - Numbers have no suffix: `8000.0`, not `8kHz` or `8000.0_f32`.
/// - A band may not have the name of a function that is generated or that cascades and banks have
///   (`new`, `tick`, …), the struct not that of a type parameter (`S`, `T`). `#[cfg(…)]` goes in
///   front of `filterbank!`.
/// - Attributes and documentation go where they are written: on the struct, or on the function
///   that returns the band.
///
/// # What is generated
///
/// For `pub struct VocalEq: cascade(sample_rate = …) { … }` as above:
///
/// | item | |
/// |---|---|
/// | `VocalEq<S = f64>` | dereferences to a [`Cascade`](crate::Cascade) (or [`Bank`](crate::Bank)) with all its functions: `tick`, `process`, `response`, `magnitude_db` … Its sections lie in an array |
/// | `VocalEqState<S = f64>` | what `VocalEq::state` returns, to be named in your own structs; `default()` is at rest |
/// | `VocalEq::new()`, `VocalEq::new_f32()` | the filter as written, `const` |
/// | `VocalEq::from_params(&[S; N])` | the filter for other values of what is tuned, on any [`Scalar`](crate::Scalar): redesigns the bands that are tuned, allocates nothing |
/// | `eq.cast::<f32>()` | the same filter on another scalar, without tangents |
/// | `eq.rumble()`, `eq.mud()`, `eq.air()` | each band as a cascade of its own |
/// | `BANDS`, `SECTIONS`, `SAMPLE_RATE` | sizes and rate |
/// | `PARAMS`, `PARAM_NAMES`, `BOUNDS`, `QUANTITIES` | what is tuned: values as written, names as `"mud.gain_db"`, lowest and highest values, [quantities](crate::spec::Quantity) |
/// | `impl Tunable` | the filter as a function of its parameters: see [`Tunable`](crate::Tunable) |
/// | `impl SingleOutput` | of a cascade: what fits take, see [`SingleOutput`](crate::tune::SingleOutput) |
///
/// The `tick` of a bank returns an array with one value for each band. Without a sample rate in
/// the specification, `new(sample_rate)` and `from_params(&params, sample_rate)` take it and
/// return a `Result`, and `SAMPLE_RATE`, `new_f32` and `Tunable` (with `SingleOutput`) are left out.
///
/// The coefficients are computed by the code that also runs at run time, and are equal to its
/// results bit for bit, on every platform.
///
/// # Mistakes
///
/// are compile errors at the value that is wrong, all of them in one go, in the words of the run
/// time's [`DesignError`](crate::DesignError):
///
/// ```compile_fail
/// filterbank::filterbank! {
///     struct TooHigh: cascade(sample_rate = 48_000.0) {
///         top: lowpass(butterworth(order = 4), cutoff = 30_000.0),
///     }
/// }
/// ```
///
/// ```text
/// error: `cutoff` = 30000 Hz must lie strictly between 0 and the Nyquist frequency 24000 Hz
///  --> src/main.rs:3:55
///   |
/// 3 |         top: lowpass(butterworth(order = 4), cutoff = 30_000.0),
///   |                                                       ^^^^^^^^
/// ```
#[macro_export]
macro_rules! filterbank {
    ($($specification:tt)*) => {
        $crate::__codegen_0_1_0::filterbank_impl! { ($crate) $($specification)* }
    };
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use filterbank_core::{BesselNorm, Family, Shape};

    #[test]
    fn the_documented_grammar_has_every_word_and_argument() {
        let documentation = include_str!("macros.rs");
        let start = documentation.find("/// # Grammar").expect("the heading");
        let end = documentation.find("/// # What is generated").expect("the next heading");
        let grammar = &documentation[start..end];
        let words = Shape::ALL.iter().map(|shape| shape.word());
        let words = words.chain(Family::ALL.iter().map(|family| family.word()));
        for word in words.chain(BesselNorm::ALL.iter().map(|norm| norm.word())) {
            assert!(grammar.contains(&["\"", word, "\""].concat()), "the grammar lacks {word}");
        }
        let shapes = Shape::ALL.iter().map(|shape| shape.signature());
        for signature in shapes.chain(Family::ALL.iter().map(|family| family.signature())) {
            for name in signature.names() {
                assert!(grammar.contains(name), "the grammar lacks {name}");
            }
        }
    }
}
