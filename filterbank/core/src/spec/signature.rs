//! What a band or a method takes, and where the values come from.

use arrayvec::ArrayVec;

use crate::spec::method::{BesselNorm, Method};
use crate::spec::parameter::{MAX_PARAMS, Parameter};
use crate::spec::width::{Width, WidthKind};

/// The name of the argument that says what the edge of a Bessel filter means.
pub(super) const NORM: &str = "norm";

/// Where a band or a method gets its fields from when it is built.
pub(super) trait Fields<S> {
    fn method(&mut self) -> Method<S>;
    fn order(&mut self) -> usize;
    fn norm(&mut self) -> BesselNorm;
    fn number(&mut self, parameter: Parameter) -> S;
    /// A width of one of these kinds.
    fn width(&mut self, kinds: &'static [WidthKind]) -> Width<S>;
}

/// The arguments that a band or a method takes in a specification.
///
/// It is recorded from the function that builds the band, so that it cannot differ from it.
///
/// ```
/// use filterbank_core::{Family, Parameter, Shape, WidthKind};
///
/// let peak = Shape::Peak.signature();
/// assert_eq!(peak.required(), [Parameter::CENTER, Parameter::GAIN_DB]);
/// assert_eq!(peak.widths(), [WidthKind::Q, WidthKind::Bandwidth]);
/// assert!(!peak.takes_method());
/// assert!(Family::Bessel.signature().takes("norm"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    method: bool,
    norm: bool,
    required: ArrayVec<Parameter, MAX_PARAMS>,
    widths: &'static [WidthKind],
}

impl Signature {
    /// Whether a method is required.
    pub fn takes_method(&self) -> bool {
        self.method
    }

    /// The parameters that are required.
    pub fn required(&self) -> &[Parameter] {
        &self.required
    }

    /// The widths of which exactly one is required; empty if the band has no width.
    pub fn widths(&self) -> &'static [WidthKind] {
        self.widths
    }

    /// The names of all arguments: required, widths, optional.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let required = self.required.iter().map(|parameter| parameter.name);
        let widths = self.widths.iter().map(|kind| kind.word());
        required.chain(widths).chain(self.norm.then_some(NORM))
    }

    /// Whether there is an argument of this name.
    pub fn takes(&self, name: &str) -> bool {
        self.names().any(|valid| valid == name)
    }
}

/// Records what is asked for.
impl Fields<()> for Signature {
    fn method(&mut self) -> Method<()> {
        self.method = true;
        Method::Butterworth { order: 0 }
    }

    fn order(&mut self) -> usize {
        self.required.push(Parameter::ORDER);
        0
    }

    fn norm(&mut self) -> BesselNorm {
        self.norm = true;
        BesselNorm::default()
    }

    fn number(&mut self, parameter: Parameter) {
        self.required.push(parameter);
    }

    fn width(&mut self, kinds: &'static [WidthKind]) -> Width<()> {
        self.widths = kinds;
        Width::Q(())
    }
}
