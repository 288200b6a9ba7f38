//! Sums over rows of numbers, with vector instructions selected at run time.

#[cfg(feature = "simd")]
use fearless_simd::{Level, Simd, SimdBase, SimdFloat, dispatch};

/// The dot products of a row with `N` others of the same length.
pub(crate) fn dots<const N: usize>(row: &[f64], others: [&[f64]; N]) -> [f64; N] {
    #[cfg(feature = "simd")]
    return dispatch!(Level::new(), simd => dots_in(simd, row, others));
    #[cfg(not(feature = "simd"))]
    others.map(|other| plain_dot(row, other))
}

/// The weighted sum of `N` rows: added to `row`, which has the same length, or written over it.
pub(crate) fn accumulate<const N: usize>(
    row: &mut [f64],
    add: bool,
    weights: [f64; N],
    others: [&[f64]; N],
) {
    #[cfg(feature = "simd")]
    dispatch!(Level::new(), simd => accumulate_in(simd, row, add, weights, others));
    #[cfg(not(feature = "simd"))]
    plain_accumulate(row, add, weights, others);
}

#[cfg(feature = "simd")]
#[inline(always)]
fn dots_in<S: Simd, const N: usize>(simd: S, row: &[f64], others: [&[f64]; N]) -> [f64; N] {
    let width = S::f64s::LEN;
    let whole = row.len() - row.len() % (2 * width);
    // Two sums for each row hide the latency of additions.
    let zero = S::f64s::splat(simd, 0.0);
    let mut sums = [[zero; N]; 2];
    for start in (0..whole).step_by(2 * width) {
        for (half, sums) in sums.iter_mut().enumerate() {
            let place = start + half * width..start + (half + 1) * width;
            let factor = S::f64s::from_slice(simd, &row[place.clone()]);
            for (sum, other) in sums.iter_mut().zip(others) {
                *sum = factor.mul_add(S::f64s::from_slice(simd, &other[place.clone()]), *sum);
            }
        }
    }
    let [even, odd] = sums;
    let mut dots = [0.0; N];
    for (index, dot) in dots.iter_mut().enumerate() {
        let rest = plain_dot(&row[whole..], &others[index][whole..]);
        *dot = (even[index] + odd[index]).reduce_sum() + rest;
    }
    dots
}

#[cfg(feature = "simd")]
#[inline(always)]
fn accumulate_in<S: Simd, const N: usize>(
    simd: S,
    row: &mut [f64],
    add: bool,
    weights: [f64; N],
    others: [&[f64]; N],
) {
    let width = S::f64s::LEN;
    let whole = row.len() - row.len() % width;
    for start in (0..whole).step_by(width) {
        let place = start..start + width;
        let mut sum = S::f64s::splat(simd, 0.0);
        if add {
            sum = S::f64s::from_slice(simd, &row[place.clone()]);
        }
        for (other, weight) in others.iter().zip(weights) {
            sum = S::f64s::from_slice(simd, &other[place.clone()]).mul_add(weight, sum);
        }
        sum.store_slice(&mut row[place]);
    }
    plain_accumulate(&mut row[whole..], add, weights, others.map(|other| &other[whole..]));
}

fn plain_dot(row: &[f64], other: &[f64]) -> f64 {
    row.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn plain_accumulate<const N: usize>(
    row: &mut [f64],
    add: bool,
    weights: [f64; N],
    others: [&[f64]; N],
) {
    for (index, sum) in row.iter_mut().enumerate() {
        let new: f64 =
            weights.iter().zip(others).map(|(weight, other)| weight * other[index]).sum();
        *sum = if add { *sum + new } else { new };
    }
}
