//! Numbers with twice the digits of `f64`. The kernel tests in the core have the same.

/// The unevaluated sum of two `f64`: the second holds the rounding error of the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wide {
    pub large: f64,
    small: f64,
}

impl Wide {
    pub fn of(number: f64) -> Self {
        Self { large: number, small: 0.0 }
    }

    /// `self + b`.
    pub fn plus(self, b: Self) -> Self {
        let large = self.large + b.large;
        let taken = large - self.large;
        let rounding = (self.large - (large - taken)) + (b.large - taken);
        Self::normalized(large, rounding + (self.small + b.small))
    }

    /// `factor · self`.
    pub fn times(self, factor: f64) -> Self {
        let large = factor * self.large;
        let rounding = factor.mul_add(self.large, -large);
        Self::normalized(large, factor.mul_add(self.small, rounding))
    }

    /// `large` is much larger than `small`.
    fn normalized(large: f64, small: f64) -> Self {
        let sum = large + small;
        Self { large: sum, small: small - (sum - large) }
    }

    /// The difference of a number from this one.
    pub fn error_of(self, found: f64) -> f64 {
        (found - self.large) - self.small
    }
}
