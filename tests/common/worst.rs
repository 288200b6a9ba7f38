//! The largest of many errors. Unlike `f64::max`, these functions do not ignore NaN, and a
//! comparison of nothing fails.

use std::fmt;

/// The larger of two errors; NaN is larger than any number.
pub fn larger(one: f64, other: f64) -> f64 {
    if other.is_nan() || other > one { other } else { one }
}

/// The largest magnitude: NaN if an error is NaN or the list is empty.
pub fn worst(errors: impl IntoIterator<Item = f64>) -> f64 {
    errors.into_iter().map(f64::abs).reduce(larger).unwrap_or(f64::NAN)
}

/// The largest error so far, and its place.
#[derive(Clone, Debug, Default)]
pub struct Worst {
    seen: Option<(f64, String)>,
}

impl Worst {
    /// Keeps an error if it is the largest so far.
    pub fn see(&mut self, error: f64, at: impl FnOnce() -> String) {
        let largest = match self.seen {
            None => true,
            Some((largest, _)) => !largest.is_nan() && (error.is_nan() || error > largest),
        };
        if largest {
            self.seen = Some((error, at()));
        }
    }

    /// The largest error: NaN if an error was NaN or there was no error.
    pub fn error(&self) -> f64 {
        self.seen.as_ref().map_or(f64::NAN, |(error, _)| *error)
    }

    /// Asserts that no error was above a tolerance.
    #[track_caller]
    pub fn assert_at_most(&self, tolerance: f64, what: &str) {
        println!("{what}: {self}, at most {tolerance:.1e}");
        assert!(self.error() <= tolerance, "{what}: {self}, above {tolerance:e}");
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.seen {
            Some((error, at)) => write!(f, "{error:.2e} ({at})"),
            None => f.write_str("nothing was compared"),
        }
    }
}
