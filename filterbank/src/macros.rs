//! The macro that users call: it hands the crate's own path to the procedural one.

/// Defines a filter that is designed and checked while it is compiled.
#[macro_export]
macro_rules! filterbank {
    ($($specification:tt)*) => {
        $crate::__codegen::filterbank_impl! { ($crate) $($specification)* }
    };
}
