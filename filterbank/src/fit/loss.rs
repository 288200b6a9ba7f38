//! How much residuals count.

/// How much a large residual counts.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Loss {
    /// Its square: best for noise without outliers.
    #[default]
    Squared,
    /// Its square up to this size, linearly beyond (Huber).
    Huber(f64),
    /// The logarithm of its square beyond about this size (Cauchy): outliers hardly count.
    Cauchy(f64),
}

impl Loss {
    /// The loss of a squared residual, and its derivative by that square.
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
