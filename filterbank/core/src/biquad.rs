//! What a second-order section is made of: its coefficients, and the two numbers of state that
//! run it. What it does is in [`section`](crate::section).

/// One second-order section (biquad), with `a0 = 1`:
///
/// ```text
///         b0 + b1 z⁻¹ + b2 z⁻²
/// H(z) = ──────────────────────
///         1  + a1 z⁻¹ + a2 z⁻²
/// ```
///
/// so `y = b0 x + b1 x₁ + b2 x₂ − a1 y₁ − a2 y₂`: scipy's signs. A first-order section has
/// `b2 = a2 = 0`.
#[doc(alias = "biquad")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section<S> {
    /// Feed-forward coefficient of `x[n]`.
    pub b0: S,
    /// Feed-forward coefficient of `x[n − 1]`.
    pub b1: S,
    /// Feed-forward coefficient of `x[n − 2]`.
    pub b2: S,
    /// Feedback coefficient of `y[n − 1]`.
    pub a1: S,
    /// Feedback coefficient of `y[n − 2]`.
    pub a2: S,
}

impl<S: Copy> Section<S> {
    /// From `[b0, b1, b2, a1, a2]`.
    pub const fn from_coefficients([b0, b1, b2, a1, a2]: [S; 5]) -> Self {
        Self { b0, b1, b2, a1, a2 }
    }

    /// `[b0, b1, b2, a1, a2]`.
    pub const fn coefficients(&self) -> [S; 5] {
        [self.b0, self.b1, self.b2, self.a1, self.a2]
    }
}

/// Sections from rows `[b0, b1, b2, a1, a2]`, in a constant.
macro_rules! baked {
    ($t:ident) => {
        impl Section<$t> {
            /// Sections from rows of coefficients that were designed at compile time.
            #[doc(hidden)]
            #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
            pub const fn baked<const N: usize>(rows: &[[f64; 5]; N]) -> [Self; N] {
                let mut sections = [Self::from_coefficients([0.0; 5]); N];
                let mut index = 0;
                while index < N {
                    let [b0, b1, b2, a1, a2] = rows[index];
                    sections[index] =
                        Self::from_coefficients([b0 as $t, b1 as $t, b2 as $t, a1 as $t, a2 as $t]);
                    index += 1;
                }
                sections
            }
        }
    };
}

baked!(f32);
baked!(f64);

/// The state of one section: what transposed direct form II remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SectionState<S> {
    /// Added to the next output.
    pub s1: S,
    /// Added to the output after the next.
    pub s2: S,
}
