//! Bitwise equality of values and all their tangents.
//!
//! `==` does not distinguish −0 from 0, NaN is not equal to itself, and [`Dual`]s compare only
//! values.

use std::fmt::Debug;

use filterbank::number::Complex;
use filterbank::section::SectionState;
use filterbank::{Dual, Section};

/// Values made of floating-point numbers.
pub trait Bits: Debug {
    /// Calls `see` with the bits of each number, in a fixed order.
    fn each(&self, see: &mut impl FnMut(u64));
}

impl Bits for f64 {
    fn each(&self, see: &mut impl FnMut(u64)) {
        see(self.to_bits());
    }
}

impl Bits for f32 {
    fn each(&self, see: &mut impl FnMut(u64)) {
        see(self.to_bits().into());
    }
}

impl<T: Bits + filterbank::Scalar, const N: usize> Bits for Dual<T, N> {
    fn each(&self, see: &mut impl FnMut(u64)) {
        self.value().each(see);
        self.tangent().each(see);
    }
}

impl<T: Bits> Bits for Complex<T> {
    fn each(&self, see: &mut impl FnMut(u64)) {
        self.re.each(see);
        self.im.each(see);
    }
}

impl<T: Bits> Bits for Section<T> {
    fn each(&self, see: &mut impl FnMut(u64)) {
        let Self { b0, b1, b2, a1, a2 } = self;
        [b0, b1, b2, a1, a2].each(see);
    }
}

impl<T: Bits> Bits for SectionState<T> {
    fn each(&self, see: &mut impl FnMut(u64)) {
        [&self.s1, &self.s2].each(see);
    }
}

impl<T: Bits + ?Sized> Bits for &T {
    fn each(&self, see: &mut impl FnMut(u64)) {
        (**self).each(see);
    }
}

impl<T: Bits> Bits for [T] {
    fn each(&self, see: &mut impl FnMut(u64)) {
        for number in self {
            number.each(see);
        }
    }
}

impl<T: Bits, const N: usize> Bits for [T; N] {
    fn each(&self, see: &mut impl FnMut(u64)) {
        self.as_slice().each(see);
    }
}

impl<T: Bits> Bits for Vec<T> {
    fn each(&self, see: &mut impl FnMut(u64)) {
        self.as_slice().each(see);
    }
}

/// The bits of all numbers, one after another.
fn bits(numbers: &impl Bits) -> Vec<u64> {
    let mut bits = Vec::new();
    numbers.each(&mut |number| bits.push(number));
    bits
}

/// Whether two values consist of the same numbers in the same order.
pub fn same_bits<B: Bits>(found: B, expected: B) -> bool {
    bits(&found) == bits(&expected)
}

/// Asserts [`same_bits`].
#[track_caller]
pub fn assert_same_bits<B: Bits>(found: B, expected: B) {
    assert!(bits(&found) == bits(&expected), "{found:?} is not {expected:?}");
}
