//! The Python module `filterbank._core`: arrays in, arrays out. All numerics are in the
//! `filterbank` crate; the Python files around this module read the arguments.
//!
//! ```text
//! error ─► array ─► filter, response, convert, classic, specification ─► fit, autodiff
//! ```

mod array;
mod autodiff;
mod classic;
mod convert;
mod error;
mod filter;
mod fit;
mod layout;
mod response;
mod specification;

/// Functions and classes behind the package `filterbank`.
#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::autodiff::{
        FreeMap, SectionMap, block, sosfilt_backward_f32, sosfilt_backward_f64,
        sosfilt_backward_twice, sosfilt_forward_f32, sosfilt_forward_f64, svfilt_backward_f32,
        svfilt_backward_f64, svfilt_backward_twice, svfilt_block, svfilt_forward_f32,
        svfilt_forward_f64,
    };
    #[pymodule_export]
    use crate::classic::{Designed, classic, constant_peak, notch};
    #[pymodule_export]
    use crate::convert::{sos2tf, sos2zpk, zpk2sos};
    #[pymodule_export]
    use crate::filter::{
        default_padlen, sosfilt_f32, sosfilt_f64, sosfilt_zi, sosfiltfilt_f32, sosfiltfilt_f64,
    };
    #[pymodule_export]
    use crate::fit::{fit_complex_response, fit_delays, fit_eq, fit_levels, fit_recording};
    #[pymodule_export]
    use crate::layout::{divided_bands, octave_bands};
    #[pymodule_export]
    use crate::response::{freqz_sos, group_delay};
    #[pymodule_export]
    use crate::specification::Specification;

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
