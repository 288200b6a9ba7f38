//! Sections trained by their coefficients.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use filterbank_core::{
    BandLabel, Cascade, DesignError, Parameter, Quantity, Requirement, Scalar, Section, SvfSection,
};

use crate::tune::tunable::{Param, SingleOutput, Tunable, UNBOUNDED, wrong_count};

/// The names of a section's parameters.
const NAMES: [&str; 5] = ["b0", "b1", "b2", "r1", "r2"];

/// A cascade as a function of raw coefficients that is stable for any values: each section has the
/// parameters `b0`, `b1`, `b2`, `r1` and `r2` of
/// [`Section::from_unconstrained`](crate::Section::from_unconstrained), which documents where
/// derivatives vanish. Their names are `"0.b0"` to `"0.r2"`, `"1.b0"` and so on.
///
/// Parameters of a specification, by [`Unconstrained`](crate::tune::Unconstrained), are fewer and
/// keep their meaning. Raw coefficients reach every stable section.
///
/// ```
/// use filterbank::tune::StableCascade;
/// use filterbank::{Band, Tunable};
///
/// let filter = StableCascade::new(&Band::peak(1_000.0, 1.0, 6.0).design(48_000.0)?)?;
/// let names: Vec<_> = filter.params().map(|param| param.name).collect();
/// assert_eq!(names, ["0.b0", "0.b1", "0.b2", "0.r1", "0.r2"]);
/// assert!(filter.tuned(&[1.0, 0.0, 0.0, -1e9, 1e9])?.is_stable());
/// # Ok::<(), filterbank::DesignError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StableCascade {
    names: Vec<String>,
    start: Vec<f64>,
    sample_rate: f64,
}

impl StableCascade {
    /// From the cascade to start with.
    ///
    /// # Errors
    ///
    /// If a section is not [stable](crate::Section::is_stable), or stable by less than rounding;
    /// its index is [`DesignError::band`].
    pub fn new<A: AsRef<[Section<f64>]>>(cascade: &Cascade<f64, A>) -> Result<Self, DesignError> {
        let (mut names, mut start) = (Vec::new(), Vec::new());
        for (index, section) in cascade.sections().iter().enumerate() {
            let in_band = |error: DesignError| error.in_band(BandLabel::Index(index));
            SvfSection::try_from(section).map_err(in_band)?;
            let params = section.to_unconstrained().ok_or_else(|| {
                let parameter = Parameter::new("a2", Quantity::Coefficient);
                in_band(DesignError::new(parameter, section.a2, Requirement::Stable))
            })?;
            names.extend(NAMES.map(|name| format!("{index}.{name}")));
            start.extend(params);
        }
        Ok(Self { names, start, sample_rate: cascade.sample_rate() })
    }
}

impl Tunable for StableCascade {
    type Filter<S: Scalar> = Cascade<S>;

    fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.names.iter().zip(&self.start).map(|(name, value)| Param {
            name,
            quantity: Quantity::Free,
            value: *value,
            bounds: UNBOUNDED,
        })
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Cascade<S>, DesignError> {
        if params.len() != self.start.len() {
            return Err(wrong_count(params.len(), self.start.len()));
        }
        let (rows, _) = params.as_chunks();
        let sections = rows.iter().map(|row| Section::from_unconstrained(*row));
        Cascade::from_sections(sections, self.sample_rate)
    }
}

impl SingleOutput for StableCascade {}
