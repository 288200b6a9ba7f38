//! Bands and methods written as they are read: the twin of the grammar.

use core::fmt;

use crate::spec::band::Band;
use crate::spec::method::Method;
use crate::spec::signature::NORM;

/// As in a specification: `elliptic(order = 4, ripple_db = 0.5, stop_db = 50)`.
impl<S: fmt::Display + Copy> fmt::Display for Method<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(order = {}", self.word(), self.order())?;
        if let Some(norm) = self.norm() {
            write!(f, ", {NORM} = {norm}")?;
        }
        for (parameter, value) in self.params() {
            write!(f, ", {} = {value}", parameter.name)?;
        }
        write!(f, ")")
    }
}

/// As in a specification: `highpass(butterworth(order = 4), cutoff = 80)`, in Hz, dB and octaves.
impl<S: fmt::Display + Copy> fmt::Display for Band<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.word())?;
        let (mut separator, mut of_method) = ("", 0);
        if let Some(method) = self.method() {
            write!(f, "{method}")?;
            (separator, of_method) = (", ", method.params().len());
        }
        for (parameter, value) in self.params().into_iter().skip(of_method) {
            write!(f, "{separator}{} = {value}", parameter.name)?;
            separator = ", ";
        }
        write!(f, ")")
    }
}
