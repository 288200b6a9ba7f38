//! Loss functions for robust fitting.
//!
//! For a residual `r` and a scale `c`:
//!
//! | loss | `ρ(r²)` | weight `ρ'(r²)` |
//! |---|---|---|
//! | squared | `r²` | 1 |
//! | Huber | `r²` for `abs(r) ≤ c`, else `2c·abs(r) − c²` | 1, else `c/abs(r)` |
//! | Cauchy | `c² ln(1 + r²/c²)` | `1/(1 + r²/c²)` |
//!
//! Sources: P. J. Huber, *Robust estimation of a location parameter* (1964); the forms follow
//! `scipy.optimize.least_squares`.

use std::ops::RangeInclusive;

use crate::fit::error::FitError;

/// The sizes whose squares neither vanish nor overflow.
pub(super) const SIZES: RangeInclusive<f64> = 1e-150..=1e150;

/// The loss function of the residuals. The size of a robust loss is in the unit of the residuals.
/// It must be positive (from 1e-150 to 1e150): a fit with another size is refused.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Loss {
    /// The square: best for noise without outliers.
    #[default]
    Squared,
    /// The square up to this residual, linear beyond (Huber).
    Huber(f64),
    /// Logarithmic beyond about this residual (Cauchy): outliers hardly count.
    Cauchy(f64),
}

impl Loss {
    /// Refuses a size that makes no loss.
    pub(super) fn checked<E>(self) -> Result<Self, FitError<E>> {
        match self {
            Self::Huber(size) | Self::Cauchy(size) if !SIZES.contains(&size) => {
                Err(FitError::LossSize { size })
            }
            _ => Ok(self),
        }
    }

    /// The loss `ρ` of a squared residual, and its derivative `ρ'` by the square.
    pub(super) fn of(self, square: f64) -> (f64, f64) {
        match self {
            Self::Huber(size) if square > size * size => {
                let residual = square.sqrt();
                (2.0 * size * residual - size * size, size / residual)
            }
            Self::Squared | Self::Huber(_) => (square, 1.0),
            Self::Cauchy(size) => {
                let relative = square / (size * size);
                (size * size * relative.ln_1p(), 1.0 / (1.0 + relative))
            }
        }
    }

    /// The influence `ψ(r) = ρ'(r²) r` of a residual, and its derivative.
    pub(super) fn influence(self, residual: f64) -> (f64, f64) {
        match self {
            Self::Huber(size) if residual.abs() > size => (size.copysign(residual), 0.0),
            Self::Squared | Self::Huber(_) => (residual, 1.0),
            Self::Cauchy(size) => {
                let relative = (residual / size).powi(2);
                let weight = 1.0 / (1.0 + relative);
                (residual * weight, (1.0 - relative) * weight * weight)
            }
        }
    }
}
