//! The macro that users call. It passes the path of this crate to the procedural macro.

/// Defines a filter that is designed and checked at compile time.
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
/// let mut params = VocalEq::PARAMS;
/// params[VocalEq::MUD_GAIN_DB] = -6.0;
/// let turned = VocalEq::from_params(&params)?;
/// assert!((turned.mud().magnitude_db(250.0) - -6.0_f64).abs() < 1e-9);
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
/// constants. For the words, ranges and meanings see [`Band`](crate::Band),
/// [`Method`](crate::Method) and [`Width`](crate::Width).
///
/// - In a `cascade` the bands run in series, and there is one output. In a `bank` the bands run in
///   parallel on one input, and each has its own output.
/// - `tune(250.0)` declares a parameter, `tune(250.0 in 120.0..=500.0)` a parameter with bounds.
///   All other values are fixed. A bound that no values of the other parameters allow is a mistake.
///   Values within their bounds may still exclude each other (a `high` below `low`, a slope too
///   steep for its gain, a `stop_db` below `ripple_db`): the documentation of the struct then gives
///   an example.
/// - Without `sample_rate`, the filter is designed at run time.
/// - Numbers have no suffix: `8000.0`, not `8kHz` or `8000.0_f32`.
/// - A band cannot have the name of a generated function or constant, or of a function of cascades
///   and banks (`new`, `tick`, …). Names of bands with the same parameters differ by more than
///   capitals. The struct cannot have the name of a type parameter (`S`, `T`).
///   `#[cfg(…)]` goes in front of `filterbank!`.
/// - Attributes and documentation of the definition go to the struct. Attributes and documentation
///   of a band go to the function that returns it.
///
/// # Generated items
///
/// For `pub struct VocalEq: cascade(sample_rate = …) { … }` as above:
///
/// | item | |
/// |---|---|
/// | `VocalEq<S = f64>` | dereferences to a [`Cascade`](crate::Cascade) (or [`Bank`](crate::Bank)) with all its functions: `tick`, `process`, `response`, `magnitude_db` … Its sections lie in an array |
/// | `VocalEqState<S = f64>` | the type that `VocalEq::state` returns, for fields of your own structs; `default()` is at rest |
/// | `VocalEq::new()`, `VocalEq::new_f32()` | the filter as written, `const` |
/// | `VocalEq::from_params(&[S; N])` | the filter for other values of its parameters, on any [`Scalar`](crate::Scalar): redesigns the tuned bands without allocation. A [state](crate::run::FilterState) of the old filter does not fit the new one |
/// | `VocalEq::svf_from_params(&[S; N])` | of a cascade: the same as [state-variable sections](crate::section::SvfCascade), for parameters that move while the filter runs, and for low frequencies in `f32` |
/// | `VocalEq::at(sample_rate)` | the same bands and parameters at any sample rate, as a [`TunableCascade`](crate::TunableCascade) or [`TunableBank`](crate::TunableBank); tuned frequencies are [clipped](crate::TunableCascade::clipped) (feature `alloc`) |
/// | `VocalEq::clamp_params(&[f64; N])` | the nearest values within the bounds |
/// | `eq.cast::<f32>()` | the same filter on another scalar, without tangents |
/// | `eq.rumble()`, `eq.mud()`, `eq.air()` | each band as a cascade of its own |
/// | `BANDS`, `SECTIONS`, `SAMPLE_RATE` | sizes and rate |
/// | `PARAMS`, `PARAM_NAMES`, `BOUNDS`, `QUANTITIES` | the parameters: values as written, names as `"mud.gain_db"`, lowest and highest values, [quantities](crate::spec::Quantity) |
/// | `MUD_CENTER`, `MUD_GAIN_DB`, `AIR_GAIN_DB` | the index of each parameter in these arrays |
/// | `impl Tunable` | the filter as a function of its parameters: see [`Tunable`](crate::Tunable) |
/// | `impl SingleOutput` | for a cascade: fits accept it, see [`SingleOutput`](crate::tune::SingleOutput) |
///
/// Without the feature `alloc`, the error of a design that [cannot be
/// represented](crate::spec::Requirement::Representable) names the band's frequency; to find the
/// parameter at fault takes 30 kB of code.
///
/// The `tick` of a bank returns an array with one value for each band. Without a sample rate in the
/// specification, `new(sample_rate)` and `from_params(&params, sample_rate)` take it and return a
/// `Result`, and `SAMPLE_RATE`, `new_f32`, `Tunable` and `SingleOutput` are not generated.
///
/// The same code computes coefficients at compile time and at run time. The results are equal bit
/// for bit, on every platform.
///
/// # Mistakes
///
/// Mistakes are compile errors at the wrong value, with the messages of
/// [`DesignError`](crate::DesignError). All are reported at once:
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
        let end = documentation.find("/// # Generated items").expect("the next heading");
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
