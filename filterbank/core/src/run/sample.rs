//! The trait for samples: what filtering needs beyond arithmetic, which is settling and kernels.

#[cfg(feature = "simd")]
use crate::kernel;
#[cfg(feature = "alloc")]
use crate::kernel::{AdjointLane, AdjointScratch, MovingAdjointLane};
use crate::kernel::{Lane, MovingLane};
use crate::number::{Dual, Scalar};
use crate::section::{Section, SectionState};

/// A [`Scalar`] that filters can run on.
///
/// `f32`, `f64` and dual numbers are samples. A scalar of your own becomes one by
/// `impl Sample for Mine {}`: every method has a default. Override [`settle`](Sample::settle) if
/// arithmetic on its subnormal values is slow, and the `run` functions if you have a faster loop for
/// it.
pub trait Sample: Scalar {
    /// Sets the two numbers of a section's state to zero in two cases. If one of them is infinite
    /// or NaN, the filter recovers from a bad sample. If both are below ten times the smallest
    /// normal number, they would soon be subnormal, which slows processors down.
    ///
    /// The default handles only the first case: a scalar of your own may carry more than its value.
    ///
    /// Values and tangents of dual numbers settle separately, so that the value of a dual number
    /// equals the plain type's, and a tangent may outlive its value.
    #[inline(always)]
    fn settle(first: &mut Self, second: &mut Self) {
        if !(first.is_finite() && second.is_finite()) {
            (*first, *second) = (Self::zero(), Self::zero());
        }
    }

    /// Filters a block by sections in series, in place, as far as the kernel goes. Returns the
    /// number of samples filtered; the caller filters the rest sample by sample. Returns 0 if the
    /// type has no kernel.
    #[inline]
    fn run_series(
        _sections: &[Section<Self>],
        _states: &mut [SectionState<Self>],
        _block: &mut [Self],
    ) -> usize {
        0
    }

    /// Filters the blocks of many filters, each in place or all from one input, as far as the
    /// kernel goes. Returns the number of samples filtered in each block; the caller filters the
    /// rest. Returns 0 if the type has no kernel.
    #[inline]
    fn run_parallel(_input: Option<&[Self]>, _lanes: &mut [Lane<'_, Self>]) -> usize {
        0
    }

    /// Runs the whole [`adjoint`](crate::adjoint()) of all lanes and returns true, or returns false
    /// and changes nothing if the type has no kernel. The lengths have been checked.
    #[cfg(feature = "alloc")]
    #[inline]
    fn run_adjoint(
        _lanes: &mut [AdjointLane<'_, Self>],
        _scratch: &mut AdjointScratch<Self>,
    ) -> bool {
        false
    }

    /// Filters the blocks of all lanes by sections that move, and returns true; or returns false and
    /// changes nothing if the type has no kernel. See [`process_moving`](crate::process_moving); the
    /// lengths have been checked.
    #[inline]
    fn run_moving(_start: usize, _lanes: &mut [MovingLane<'_, Self>]) -> bool {
        false
    }

    /// Runs the whole [`moving_adjoint`](crate::moving_adjoint) of all lanes and returns true, or
    /// returns false and changes nothing if the type has no kernel. The lengths have been checked.
    #[cfg(feature = "alloc")]
    #[inline]
    fn run_moving_adjoint(
        _start: usize,
        _lanes: &mut [MovingAdjointLane<'_, Self>],
        _scratch: &mut AdjointScratch<Self>,
    ) -> bool {
        false
    }
}

macro_rules! plain_sample {
    ($($t:ident { $($hooks:tt)* })*) => {$(
        impl Sample for $t {
            #[inline(always)]
            fn settle(first: &mut Self, second: &mut Self) {
                let decayed = |x: Self| x.abs() < 10.0 * $t::MIN_POSITIVE;
                let finite = first.is_finite() && second.is_finite();
                if !finite || (decayed(*first) && decayed(*second)) {
                    (*first, *second) = (0.0, 0.0);
                }
            }

            #[cfg(feature = "simd")]
            fn run_series(
                sections: &[Section<Self>],
                states: &mut [SectionState<Self>],
                block: &mut [Self],
            ) -> usize {
                kernel::series(sections, states, block)
            }

            #[cfg(feature = "simd")]
            fn run_parallel(input: Option<&[Self]>, lanes: &mut [Lane<'_, Self>]) -> usize {
                kernel::parallel(input, lanes)
            }

            $($hooks)*
        }
    )*};
}

plain_sample! {
    f32 {}
    f64 {
        #[cfg(all(feature = "alloc", feature = "simd"))]
        fn run_adjoint(
            lanes: &mut [AdjointLane<'_, Self>],
            scratch: &mut AdjointScratch<Self>,
        ) -> bool {
            kernel::adjoint(lanes, scratch)
        }

        #[cfg(all(feature = "alloc", feature = "simd"))]
        fn run_moving(start: usize, lanes: &mut [MovingLane<'_, Self>]) -> bool {
            kernel::process_moving(start, lanes)
        }

        #[cfg(all(feature = "alloc", feature = "simd"))]
        fn run_moving_adjoint(
            start: usize,
            lanes: &mut [MovingAdjointLane<'_, Self>],
            scratch: &mut AdjointScratch<Self>,
        ) -> bool {
            kernel::moving_adjoint(start, lanes, scratch)
        }
    }
}

impl<T: Sample, const N: usize> Sample for Dual<T, N> {
    #[inline(always)]
    fn settle(first: &mut Self, second: &mut Self) {
        let (mut values, mut tangents) =
            ([first.value(), second.value()], [*first.tangent(), *second.tangent()]);
        let ([value, other_value], [tangent, other_tangent]) = (&mut values, &mut tangents);
        T::settle(value, other_value);
        for (t, u) in tangent.iter_mut().zip(other_tangent) {
            T::settle(t, u);
        }
        *first = Self::new(values[0], tangents[0]);
        *second = Self::new(values[1], tangents[1]);
    }
}

#[cfg(feature = "dual_num")]
impl Sample for dual_num::Dual<f64> {
    fn settle(first: &mut Self, second: &mut Self) {
        let (mut values, mut tangents) =
            ((first.real(), second.real()), (first.dual(), second.dual()));
        f64::settle(&mut values.0, &mut values.1);
        f64::settle(&mut tangents.0, &mut tangents.1);
        *first = Self::new(values.0, tangents.0);
        *second = Self::new(values.1, tangents.1);
    }
}

impl<S: Sample> SectionState<S> {
    /// Sets the state to rest if it is not finite or has decayed, see [`Sample::settle`]. Cascades
    /// and banks call this themselves.
    #[inline(always)]
    pub fn settle(&mut self) {
        S::settle(&mut self.s1, &mut self.s2);
    }
}
