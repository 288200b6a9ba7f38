//! State-variable sections in series, prepared for running without motion.

use alloc::vec::Vec;

use crate::kernel::{GROUP, Real, SvfKernel};
use crate::run::series::{PATIENCE, SETTLE};
use crate::run::{Sample, ShapeError};
use crate::section::{SvfSection, SvfState};

/// The types of audio samples: `f32` and `f64`. Other crates cannot implement it.
pub trait AudioSample: Sample + Real {}

impl AudioSample for f32 {}
impl AudioSample for f64 {}

/// State-variable sections in series, with everything that depends on their coefficients alone
/// worked out once: the fast way to filter block after block while no parameter moves.
///
/// Blocks have samples of type `T`, `f32` or `f64`. Coefficients and states are `f64` in both
/// cases, so filters on `f32` are as exact at low frequencies as their designs; between sections a
/// signal may be rounded to `T`. The states are those of [`SvfSection::tick`]: calls of both may
/// alternate, so a filter can be moved sample by sample and go on here when it has arrived.
///
/// [`process`](Plan::process) and [`set`](Plan::set) allocate nothing.
///
/// ```
/// use filterbank_core::{Band, Plan, SvfState};
///
/// let low_cut = Band::resonant_highpass(30.0, 0.707).svf_sections(48_000.0)?[0];
/// let peak = |gain_db| Band::peak(1_000.0, 1.0, gain_db).svf_sections(48_000.0);
/// let mut plan = Plan::<f32>::new(&[low_cut, peak(3.0)?[0]]);
/// let mut states = [SvfState::<f64>::REST; 2];
///
/// let mut block = [0.5; 64];
/// plan.process(&mut states, &mut block)?;
/// plan.set(1, &peak(-6.0)?[0])?;
/// plan.process(&mut states, &mut block)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan<T> {
    sections: Vec<SvfSection<f64>>,
    kernel: SvfKernel<T>,
}

impl<T: AudioSample> Plan<T> {
    /// Prepares sections in running order. Their number stays as it is.
    pub fn new(sections: &[SvfSection<f64>]) -> Self {
        Self { sections: sections.to_vec(), kernel: SvfKernel::new(sections) }
    }

    /// With given vector instructions.
    #[cfg(all(test, feature = "simd"))]
    pub(crate) fn at_level(level: fearless_simd::Level, sections: &[SvfSection<f64>]) -> Self {
        Self { sections: sections.to_vec(), kernel: SvfKernel::at_level(Some(level), sections) }
    }

    /// The sections in running order.
    pub fn sections(&self) -> &[SvfSection<f64>] {
        &self.sections
    }

    /// Replaces one section, and works its tables out anew.
    ///
    /// # Errors
    ///
    /// If there is no section at `index`.
    pub fn set(&mut self, index: usize, section: &SvfSection<f64>) -> Result<(), ShapeError> {
        let found = self.sections.len();
        let Some(place) = self.sections.get_mut(index) else {
            return ShapeError::check("sections", index.saturating_add(1), found);
        };
        *place = *section;
        self.kernel.set(index, section);
        Ok(())
    }

    /// Filters a block of one channel in place. The states are those of the sections.
    ///
    /// A state that is infinite or NaN, or has decayed, is set to rest at the latest after 64
    /// samples, see [`Sample::settle`]; so the filter recovers from a sample that is not finite.
    ///
    /// # Errors
    ///
    /// If there are not as many states as sections. Then nothing is changed.
    pub fn process(&self, states: &mut [SvfState<f64>], block: &mut [T]) -> Result<(), ShapeError> {
        ShapeError::check("states", self.sections.len(), states.len())?;
        if block.is_empty() {
            return Ok(());
        }
        for (group, states) in states.chunks_mut(GROUP).enumerate() {
            self.process_group(group, states, block);
        }
        Ok(())
    }

    /// Filters a block by a group of sections, one for each state: runs the kernel, then filters
    /// the remainder sample by sample.
    fn process_group(&self, group: usize, states: &mut [SvfState<f64>], block: &mut [T]) {
        let sections = &self.sections[group * GROUP..];
        for (section, state) in sections.iter().zip(&mut *states) {
            state.carry_to(section.k());
        }
        let mut rest = block;
        while !rest.is_empty() {
            let done = self.kernel.run(group, states, rest);
            let (_, left) = rest.split_at_mut(done);
            let (here, after) = left.split_at_mut(left.len().min(PATIENCE));
            for chunk in here.chunks_mut(SETTLE) {
                for sample in chunk {
                    let series = sections.iter().zip(&mut *states);
                    *sample = T::from_f64(
                        series.fold(sample.primal(), |x, (section, state)| section.tick(state, x)),
                    );
                }
                states.iter_mut().for_each(settle::<T>);
            }
            rest = after;
        }
    }
}

/// Sets a state to rest if it is not finite or has decayed when rounded to samples of type `T`.
fn settle<T: AudioSample>(state: &mut SvfState<f64>) {
    let (mut s1, mut s2) = (T::from_f64(state.s1), T::from_f64(state.s2));
    T::settle(&mut s1, &mut s2);
    if s1 == T::zero() && s2 == T::zero() {
        (state.s1, state.s2) = (0.0, 0.0);
    }
}
