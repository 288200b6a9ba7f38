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

/// The loss function of the residuals.
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
}
