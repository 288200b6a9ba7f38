//! The families of methods: words, arguments, and how a method is built from them.

use crate::spec::method::Method;
use crate::spec::parameter::Parameter;
use crate::spec::signature::{Fields, Signature};
use crate::spec::words::words;

words! {
    /// A variant of [`Method`], without parameters.
    ///
    /// ```
    /// use filterbank_core::{Family, Method};
    ///
    /// assert_eq!(Method::<f64>::Butterworth { order: 4 }.family(), Family::Butterworth);
    /// assert_eq!(Family::from_word("elliptic"), Some(Family::Elliptic));
    /// ```
    pub enum Family {
        /// [`Method::Butterworth`].
        Butterworth => "butterworth",
        /// [`Method::Chebyshev1`].
        Chebyshev1 => "chebyshev1",
        /// [`Method::Chebyshev2`].
        Chebyshev2 => "chebyshev2",
        /// [`Method::Elliptic`].
        Elliptic => "elliptic",
        /// [`Method::Bessel`].
        Bessel => "bessel",
    }
}

impl Family {
    /// The arguments that the family takes.
    pub fn signature(self) -> Signature {
        let mut signature = Signature::default();
        let _: Method<()> = self.build(&mut signature);
        signature
    }

    /// A method of this family.
    pub(super) fn build<S>(self, fields: &mut impl Fields<S>) -> Method<S> {
        match self {
            Self::Butterworth => Method::Butterworth { order: fields.order() },
            Self::Chebyshev1 => Method::Chebyshev1 {
                order: fields.order(),
                ripple_db: fields.number(Parameter::RIPPLE_DB),
            },
            Self::Chebyshev2 => Method::Chebyshev2 {
                order: fields.order(),
                stop_db: fields.number(Parameter::STOP_DB),
            },
            Self::Elliptic => Method::Elliptic {
                order: fields.order(),
                ripple_db: fields.number(Parameter::RIPPLE_DB),
                stop_db: fields.number(Parameter::STOP_DB),
            },
            Self::Bessel => Method::Bessel { order: fields.order(), norm: fields.norm() },
        }
    }
}

impl<S> Method<S> {
    /// The method's family: which variant it is.
    pub const fn family(&self) -> Family {
        match self {
            Self::Butterworth { .. } => Family::Butterworth,
            Self::Chebyshev1 { .. } => Family::Chebyshev1,
            Self::Chebyshev2 { .. } => Family::Chebyshev2,
            Self::Elliptic { .. } => Family::Elliptic,
            Self::Bessel { .. } => Family::Bessel,
        }
    }

    /// The method's name in a specification: `"chebyshev1"`.
    pub const fn word(&self) -> &'static str {
        self.family().word()
    }
}
