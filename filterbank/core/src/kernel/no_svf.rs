//! Without vectors there is nothing to work out beforehand.

use core::marker::PhantomData;

use crate::section::{SvfSection, SvfState};

/// `f32` and `f64`.
pub trait Real {}

impl Real for f32 {}
impl Real for f64 {}

/// Leaves all samples to the loop of its caller.
#[derive(Clone, Debug)]
pub(crate) struct SvfKernel<T>(PhantomData<T>);

impl<T: Real> SvfKernel<T> {
    pub(crate) fn new(_: &[SvfSection<f64>]) -> Self {
        Self(PhantomData)
    }

    #[allow(clippy::unused_self, reason = "the vector kernel keeps tables")]
    pub(crate) fn set(&mut self, _index: usize, _: &SvfSection<f64>) {}

    #[allow(clippy::unused_self, reason = "the vector kernel reads tables")]
    pub(crate) fn run(&self, _group: usize, _: &mut [SvfState<f64>], _: &mut [T]) -> usize {
        0
    }
}
