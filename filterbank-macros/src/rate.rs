//! The sample rate by which frequencies are judged.

use filterbank_core::{Band, DesignError, Requirement};

/// The sample rate of a specification.
#[derive(Clone, Copy)]
pub(crate) enum Rate {
    Baked(f64),
    /// Given when the filter is made.
    Later,
    /// A mistake that has been reported.
    Broken,
}

impl Rate {
    /// Everything that is wrong with a band. Without a rate no frequency is too high.
    pub(crate) fn check(self, band: &Band<f64>, mut report: impl FnMut(DesignError)) {
        match self {
            Self::Baked(rate) => band.check(rate, report),
            Self::Later | Self::Broken => band.check(f64::MAX, |error| {
                report(match error.requirement() {
                    Requirement::InsideNyquist { .. } => {
                        DesignError::new(error.parameter(), error.value(), Requirement::Positive)
                    }
                    _ => error,
                });
            }),
        }
    }

    /// The rate that the generated code is for, if it is for one.
    pub(crate) fn baked(self) -> Option<f64> {
        match self {
            Self::Baked(rate) => Some(rate),
            Self::Later => None,
            Self::Broken => Some(48_000.0),
        }
    }
}
