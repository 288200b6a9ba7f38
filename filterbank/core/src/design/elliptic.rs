//! Elliptic (Cauer) prototypes.
//!
//! Source: S. J. Orfanidis, *Lecture Notes on Elliptic Filter Design* (2006); numbers in
//! parentheses are its equations. Arguments of Jacobi functions are in units of the quarter
//! period K. DLMF is the *NIST Digital Library of Mathematical Functions*.
//!
//! The degree equation `N K'/K = K1'/K1` is solved through the nome (49), where it is
//! `q = q1^(1/N)`: there is no root finding and no iteration to convergence. Every modulus is
//! stored with its complement, so that neither loses digits where the other is near 1.

use core::f64::consts::{FRAC_PI_2, PI};

use super::prototype::{Factor, Prototype, epsilon_sqr, ripple_gain};
use crate::number::{Complex, Scalar};

/// Landen steps. Each about squares a small modulus; 14 steps are enough even for `k' = 1e-300`.
const LANDEN_STEPS: usize = 14;

pub(super) fn elliptic<S: Scalar>(order: usize, ripple_db: S, stop_db: S) -> Prototype<S> {
    // (2): ε_p and ε_s. (3): k1 = ε_p/ε_s. Its complement without cancellation:
    // ε_s² − ε_p² = (1 + ε_p²)(10^((stop − ripple)/10) − 1).
    let pass_sqr = epsilon_sqr(ripple_db);
    let stop_sqr = epsilon_sqr(stop_db);
    let difference = (S::one() + pass_sqr) * epsilon_sqr(stop_db - ripple_db);
    let discrimination =
        Modulus { k: (pass_sqr / stop_sqr).sqrt(), complement: (difference / stop_sqr).sqrt() };
    let selectivity = Modulus::from_log_nome(discrimination.log_nome().scale(1.0 / order as f64));

    // (65): v0 = −(j/N) asn(j/ε_p, k1), a real number.
    let v0 = discrimination.landen().inverse_sn_imaginary(pass_sqr.sqrt().recip());
    let angle = v0.scale(FRAC_PI_2 / order as f64);
    let landen = selectivity.landen();

    Prototype::build(
        order,
        ripple_gain(order, ripple_db),
        // (64) at u = 1: the real pole j sn(j v0 K, k).
        || landen.sn_imaginary(angle.sinh()),
        |i| {
            let u = FRAC_PI_2 * (2 * i - 1) as f64 / order as f64;
            let (sin, cos) = (libm::sin(u), libm::cos(u));
            // (43): u_i = (2i − 1)/N. (62): zeros at j/(k cd(u K, k)).
            let zero = (selectivity.k * landen.cd_real(S::from_f64(cos))).recip();
            // (64): poles at j cd((u − j v0) K, k).
            let w = Complex::new(angle.cosh().scale(cos), angle.sinh().scale(sin));
            let w = landen.cd(w);
            Factor::Pair { pole: Complex::new(-w.im, w.re), zero: Some(zero) }
        },
    )
}

/// An elliptic modulus `k` and its complement `k' = sqrt(1 − k²)`.
#[derive(Clone, Copy)]
struct Modulus<S> {
    k: S,
    complement: S,
}

impl<S: Scalar> Modulus<S> {
    /// The logarithm of the nome: `ln q = −π K'/K` (DLMF 22.2.1), with `K = π/(2 agm(1, k'))` and
    /// `K' = π/(2 agm(1, k))` (DLMF 19.8.5).
    fn log_nome(&self) -> S {
        (agm(self.complement) / agm(self.k)).scale(-PI)
    }

    /// The modulus whose nome has this logarithm (negative), by theta functions:
    /// `k = θ2²/θ3²`, `k' = θ4²/θ3²` (DLMF 22.2.2).
    ///
    /// Exchanging `k` with `k'` exchanges `q` with `q'`, where `ln q · ln q' = π²`. The smaller of
    /// the two nomes is at most e^−π, where four terms of each series reach full precision.
    fn from_log_nome(log_nome: S) -> Self {
        if log_nome.primal() <= -PI {
            Self::from_small_nome(log_nome)
        } else {
            let Self { k, complement } = Self::from_small_nome(S::from_f64(PI * PI) / log_nome);
            Self { k: complement, complement: k }
        }
    }

    /// The series of DLMF 20.2.2 to 20.2.4 at 0.
    fn from_small_nome(log_nome: S) -> Self {
        let q = log_nome.exp();
        let one = S::one();
        let (q2, q4) = (q.powi(2), q.powi(4));
        let (q6, q9, q12) = (q4 * q2, q.powi(9), q4.powi(3));
        let theta2 = log_nome.scale(0.25).exp().scale(2.0) * (one + q2 + q6 + q12);
        let theta3 = one + (q + q4 + q9).scale(2.0);
        let theta4 = one + (q4 - q - q9).scale(2.0);
        Self { k: (theta2 / theta3).powi(2), complement: (theta4 / theta3).powi(2) }
    }

    /// The descending Landen sequence (50): `k_n = (k_{n−1}/(1 + k'_{n−1}))²`. The complements
    /// follow as `k'_n = 2 sqrt(k'_{n−1})/(1 + k'_{n−1})`.
    fn landen(&self) -> Landen<S> {
        let mut current = *self;
        let moduli = core::array::from_fn(|_| {
            let sum = S::one() + current.complement;
            current = Self {
                k: (current.k / sum).powi(2),
                complement: current.complement.sqrt().scale(2.0) / sum,
            };
            current.k
        });
        Landen { k: self.k, moduli }
    }
}

/// The arithmetic-geometric mean of 1 and `x`, for `x` from 1e-150 to 1 (DLMF 19.8.1).
fn agm<S: Scalar>(x: S) -> S {
    let (mut a, mut b) = (S::one(), x);
    for _ in 0..LANDEN_STEPS {
        (a, b) = ((a + b).scale(0.5), (a * b).sqrt());
    }
    a
}

/// A modulus with its descending Landen sequence, to evaluate Jacobi functions.
struct Landen<S> {
    k: S,
    moduli: [S; LANDEN_STEPS],
}

impl<S: Scalar> Landen<S> {
    /// `cd(u K, k)` from `w = cos(u π/2)` by (55), ascending: `w ← (1 + k_n) w / (1 + k_n w²)`.
    fn cd(&self, w: Complex<S>) -> Complex<S> {
        self.moduli.iter().rev().fold(w, |w, &k| {
            let one = Complex::from_real(S::one());
            w.scale(S::one() + k) / (one + (w * w).scale(k))
        })
    }

    /// [`cd`](Landen::cd) for real `u`.
    fn cd_real(&self, w: S) -> S {
        self.moduli.iter().rev().fold(w, |w, &k| (S::one() + k) * w / (S::one() + k * w * w))
    }

    /// `−j sn(j v K, k)` from `t = sinh(v π/2)`: (55) for `w = j t`.
    fn sn_imaginary(&self, t: S) -> S {
        self.moduli.iter().rev().fold(t, |t, &k| (S::one() + k) * t / (S::one() - k * t * t))
    }

    /// The `v` with `sn(j v K, k) = j t`: (56) for `w = j t`, descending:
    /// `t ← 2t / ((1 + k_n)(1 + sqrt(1 + k_{n−1}² t²)))`.
    fn inverse_sn_imaginary(&self, t: S) -> S {
        let (_, t) = self.moduli.iter().fold((self.k, t), |(previous, t), &k| {
            let root = (previous * t).hypot(S::one());
            (k, t.scale(2.0) / ((S::one() + k) * (S::one() + root)))
        });
        t.asinh().scale(1.0 / FRAC_PI_2)
    }
}
