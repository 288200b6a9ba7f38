//! The elementary functions, with their values and derivatives from the standard library.

use filterbank::Scalar;

/// The functions of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unary {
    Recip,
    Abs,
    Sqrt,
    Powi(i32),
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
}

impl Unary {
    pub const ALL: [Self; 26] = [
        Self::Recip,
        Self::Abs,
        Self::Sqrt,
        Self::Powi(-3),
        Self::Powi(-1),
        Self::Powi(0),
        Self::Powi(1),
        Self::Powi(2),
        Self::Powi(3),
        Self::Powi(8),
        Self::Exp,
        Self::ExpM1,
        Self::Ln,
        Self::Ln1p,
        Self::Sin,
        Self::Cos,
        Self::Tan,
        Self::Asin,
        Self::Acos,
        Self::Atan,
        Self::Sinh,
        Self::Cosh,
        Self::Tanh,
        Self::Asinh,
        Self::Acosh,
        Self::Atanh,
    ];

    pub fn of<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Recip => x.recip(),
            Self::Abs => x.abs(),
            Self::Sqrt => x.sqrt(),
            Self::Powi(exponent) => x.powi(exponent),
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Asinh => x.asinh(),
            Self::Acosh => x.acosh(),
            Self::Atanh => x.atanh(),
        }
    }

    /// The value, from the standard library.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Recip => 1.0 / x,
            Self::Abs => x.abs(),
            Self::Sqrt => x.sqrt(),
            Self::Powi(exponent) => x.powi(exponent),
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            // The function of the standard library loses digits at both ends.
            Self::Asinh | Self::Acosh | Self::Atanh => logarithmic(self, x),
        }
    }

    /// The derivative, from the standard library's functions.
    pub fn derivative(self, x: f64) -> f64 {
        let secant = 1.0 / x.cos();
        let hyperbolic_secant = 2.0 / (x.exp() + (-x).exp());
        match self {
            Self::Recip => -1.0 / (x * x),
            Self::Abs => x.signum(),
            Self::Sqrt => 0.5 / x.sqrt(),
            Self::Powi(0) => 0.0,
            Self::Powi(exponent) => f64::from(exponent) * x.powi(exponent - 1),
            Self::Exp | Self::ExpM1 => x.exp(),
            Self::Ln => 1.0 / x,
            Self::Ln1p => 1.0 / (1.0 + x),
            Self::Sin => x.cos(),
            Self::Cos => -x.sin(),
            Self::Tan => secant * secant,
            Self::Asin => 1.0 / ((1.0 - x) * (1.0 + x)).sqrt(),
            Self::Acos => -1.0 / ((1.0 - x) * (1.0 + x)).sqrt(),
            Self::Atan => 1.0 / (1.0 + x * x),
            Self::Sinh => x.cosh(),
            Self::Cosh => x.sinh(),
            Self::Tanh => hyperbolic_secant * hyperbolic_secant,
            Self::Asinh => 1.0 / (1.0 + x * x).sqrt(),
            Self::Acosh => 1.0 / ((x - 1.0) * (x + 1.0)).sqrt(),
            Self::Atanh => 1.0 / ((1.0 - x) * (1.0 + x)),
        }
    }

    pub fn second_derivative(self, x: f64) -> f64 {
        let secant = 1.0 / x.cos();
        let hyperbolic_secant = 1.0 / x.cosh();
        let beside_one = (1.0 - x) * (1.0 + x);
        match self {
            Self::Recip => 2.0 / x.powi(3),
            Self::Abs | Self::Powi(0 | 1) => 0.0,
            Self::Sqrt => -0.25 * x.powf(-1.5),
            Self::Powi(exponent) => f64::from(exponent * (exponent - 1)) * x.powi(exponent - 2),
            Self::Exp | Self::ExpM1 => x.exp(),
            Self::Ln => -1.0 / (x * x),
            Self::Ln1p => -1.0 / (1.0 + x).powi(2),
            Self::Sin => -x.sin(),
            Self::Cos => -x.cos(),
            Self::Tan => 2.0 * x.tan() * secant * secant,
            Self::Asin => x * beside_one.powf(-1.5),
            Self::Acos => -x * beside_one.powf(-1.5),
            Self::Atan => -2.0 * x / (1.0 + x * x).powi(2),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => -2.0 * x.tanh() * hyperbolic_secant * hyperbolic_secant,
            Self::Asinh => -x * (1.0 + x * x).powf(-1.5),
            Self::Acosh => -x * (-beside_one).powf(-1.5),
            Self::Atanh => 2.0 * x / (beside_one * beside_one),
        }
    }

    /// Ordinary arguments, small ones and large ones.
    pub fn arguments(self) -> &'static [f64] {
        match self {
            Self::Recip | Self::Abs => {
                &[-1e12, -30.0, -2.6, -1.0, -0.3, -1e-12, 1e-12, 0.7, 1.0, 4.5, 9.0, 1e12]
            }
            Self::Powi(i32::MIN..0) => {
                &[-1e3, -30.0, -2.6, -1.0, -0.3, -1e-3, 1e-3, 0.7, 1.0, 4.5, 9.0, 1e3]
            }
            Self::Sqrt | Self::Ln => &[1e-30, 1e-12, 1e-3, 0.7, 1.0, 2.6, 1e4, 1e30],
            Self::Ln1p => &[-0.999, -0.3, -1e-3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 30.0, 1e30],
            Self::Sin | Self::Cos | Self::Tan => {
                &[-1e4, -30.0, -1.5, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 1.57, 2.6, 30.0, 1e4]
            }
            Self::Asin | Self::Acos | Self::Atanh => {
                &[-0.9999999, -0.9, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.3, 0.7, 0.999, 0.9999999]
            }
            Self::Acosh => &[1.000001, 1.1, 2.6, 9.0, 1e4, 1e15],
            Self::Atan | Self::Asinh => {
                &[-1e15, -30.0, -2.6, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 1.0, 9.0, 1e15]
            }
            Self::Powi(_) | Self::Exp | Self::ExpM1 | Self::Sinh | Self::Cosh | Self::Tanh => {
                &[-30.0, -4.5, -1.0, -0.3, -1e-3, -1e-4, 0.0, 1e-4, 1e-3, 0.7, 1.0, 9.0, 30.0]
            }
        }
    }
}

/// The inverse hyperbolic functions, by logarithms without cancellation.
fn logarithmic(function: Unary, x: f64) -> f64 {
    let size = x.abs();
    let value = match function {
        Unary::Asinh => (size + size * size / (1.0 + size.hypot(1.0))).ln_1p(),
        Unary::Acosh => ((x - 1.0) + ((x - 1.0) * (x + 1.0)).sqrt()).ln_1p(),
        _ => 0.5 * (2.0 * size / (1.0 - size)).ln_1p(),
    };
    value.copysign(x)
}

/// The functions of two variables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Hypot,
    Powf,
    Atan2,
}

impl Binary {
    pub const ALL: [Self; 7] =
        [Self::Add, Self::Sub, Self::Mul, Self::Div, Self::Hypot, Self::Powf, Self::Atan2];

    pub fn of<S: Scalar>(self, x: S, y: S) -> S {
        match self {
            Self::Add => x + y,
            Self::Sub => x - y,
            Self::Mul => x * y,
            Self::Div => x / y,
            Self::Hypot => x.hypot(y),
            Self::Powf => x.powf(y),
            Self::Atan2 => x.atan2(y),
        }
    }

    /// Derivatives by the first and by the second argument.
    pub fn derivatives(self, x: f64, y: f64) -> [f64; 2] {
        let norm = x.hypot(y);
        match self {
            Self::Add => [1.0, 1.0],
            Self::Sub => [1.0, -1.0],
            Self::Mul => [y, x],
            Self::Div => [1.0 / y, -(x / y) / y],
            Self::Hypot => [x / norm, y / norm],
            Self::Powf if y == 0.0 => [0.0, x.ln()],
            Self::Powf => [y * x.powf(y - 1.0), x.powf(y) * x.ln()],
            Self::Atan2 => [y / (norm * norm), -x / (norm * norm)],
        }
    }

    pub fn arguments(self) -> &'static [(f64, f64)] {
        match self {
            Self::Powf => &[
                (2.0, 3.0),
                (2.0, -3.0),
                (0.5, 0.5),
                (1e-3, 2.5),
                (1e3, -1.5),
                (1.0, 7.0),
                (2.5, 0.0),
                (2.5, 1.0),
                (1e-12, 0.25),
                (1e12, 0.75),
            ],
            _ => &[
                (3.0, 4.0),
                (-3.0, 4.0),
                (3.0, -4.0),
                (-3.0, -4.0),
                (0.7, 1e-12),
                (-1e-12, 0.7),
                (-1e-9, -2.0),
                (1e-12, 1e-12),
                (1e12, -1e12),
                (1e-3, 30.0),
            ],
        }
    }
}
