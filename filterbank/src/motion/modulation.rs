//! Signals that modulate parameters.

use filterbank_core::AudioSample;

use crate::motion::knob::Knob;

/// A modulation of one parameter by a signal: see
/// [`Processor::process_modulated`](crate::motion::Processor::process_modulated).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modulation<'a, T> {
    /// The index of the knob.
    pub knob: usize,
    /// The offset from the knob's value, for each sample: in octaves for frequencies and widths, in
    /// dB for gains, in the parameter's own unit for others.
    pub offsets: &'a [T],
}

/// The modulations of a block, from one of its samples on.
#[derive(Clone, Copy)]
pub(super) struct Offsets<'a, T> {
    pub(super) modulations: &'a [Modulation<'a, T>],
    pub(super) start: usize,
}

impl<T: AudioSample> Offsets<'_, T> {
    /// Whether a knob is modulated.
    pub(super) fn modulate(&self, knob: usize) -> bool {
        self.modulations.iter().any(|it| it.knob == knob)
    }

    /// Whether a knob of a band is modulated.
    pub(super) fn modulate_band(&self, band: usize, knobs: &[Knob]) -> bool {
        let of_band = |it: &Modulation<T>| knobs.get(it.knob).is_some_and(|it| it.band == band);
        self.modulations.iter().any(of_band)
    }

    /// The offsets of a knob from now on, if there is one modulation of it.
    pub(super) fn only(&self, knob: usize) -> Option<&[T]> {
        let mut of_knob = self.modulations.iter().filter(|it| it.knob == knob);
        let first = of_knob.next().filter(|_| of_knob.next().is_none())?;
        first.offsets.get(self.start..)
    }

    /// The sum of all offsets of a knob at a sample.
    #[inline(always)]
    pub(super) fn at(&self, knob: usize, sample: usize) -> f64 {
        let of_knob = self.modulations.iter().filter(|it| it.knob == knob);
        of_knob.map(|it| it.offsets[self.start + sample].primal()).sum()
    }
}
