//! What a processor does with a block: chunk by chunk while something moves, at once while nothing
//! does.

use core::ops::Range;

use filterbank_core::{AudioSample, ShapeError, SvfState};

use crate::motion::layout::Layout;
use crate::motion::modulation::{Modulation, Offsets};
use crate::motion::path::GRID;
use crate::motion::processor::{Buffers, CHUNK, Processor};

impl<T: AudioSample> Processor<T> {
    pub(super) fn run_all(
        &mut self,
        mut layout: Layout<'_, '_, T>,
        modulations: &[Modulation<'_, T>],
    ) -> Result<(), ShapeError> {
        let time = layout.time(self.channels)?;
        self.run(&mut layout, 0..time, modulations);
        Ok(())
    }

    /// Filters a part of a block whose shape has been checked.
    pub(in crate::motion) fn run(
        &mut self,
        layout: &mut Layout<'_, '_, T>,
        range: Range<usize>,
        modulations: &[Modulation<'_, T>],
    ) {
        self.take_remote_values();
        let mut start = range.start;
        while start < range.end {
            if modulations.is_empty() && self.rests() {
                self.filter_at_rest(layout, start..range.end);
                return;
            }
            let samples = self.next_chunk(range.end - start, modulations);
            if self.wet.is_off() {
                self.pass(layout, start..start + samples);
            } else {
                self.filter(layout, start, samples, modulations);
            }
            for knob in &mut self.knobs {
                knob.advance(samples);
            }
            start += samples;
        }
    }

    fn take_remote_values(&mut self) {
        let receiver = core::mem::take(&mut self.receiver);
        receiver.take(|knob, value| {
            // What cannot be set leaves the knob where it is.
            let _ = self.set_clamped(knob, value);
        });
        self.receiver = receiver;
    }

    /// Starts the motion of bands whose knobs move; returns how many samples go on before the next change.
    fn next_chunk(&mut self, most: usize, modulations: &[Modulation<'_, T>]) -> usize {
        let mut samples = most.min(CHUNK);
        let offsets = Offsets { modulations, start: 0 };
        for (index, band) in self.bands.iter_mut().enumerate() {
            if offsets.modulate_band(index, &self.knobs) {
                samples = samples.min(GRID);
            } else {
                band.start(&self.knobs, self.sample_rate);
                samples = samples.min(band.left());
            }
        }
        samples
    }

    /// Whether nothing moves, and the filter is on.
    fn rests(&self) -> bool {
        let on = !self.wet.is_moving() && !self.wet.is_off();
        on && self.bands.iter().all(|band| band.rests(&self.knobs))
    }

    fn filter_at_rest(&mut self, layout: &mut Layout<'_, '_, T>, range: Range<usize>) {
        let Self { bands, plan, states, buffers, sections, .. } = self;
        let mut first = 0;
        for band in bands {
            let count = band.section_count();
            for (index, section) in band.take_moved().into_iter().flatten().enumerate() {
                let placed = plan.set(first + index, section);
                debug_assert!(placed.is_ok(), "the plan has all sections");
            }
            first += count;
        }
        if *sections == 0 {
            self.pass(layout, range);
            return;
        }
        for (channel, states) in states.chunks_exact_mut(*sections).enumerate() {
            if let Some(block) = layout.in_place(channel, range.clone()) {
                let done = plan.process(states, block);
                debug_assert!(done.is_ok(), "a state for each section");
                continue;
            }
            for start in range.clone().step_by(CHUNK) {
                let buffer = &mut buffers.samples[..CHUNK.min(range.end - start)];
                layout.read(channel, start, buffer);
                let done = plan.process(states, buffer);
                debug_assert!(done.is_ok(), "a state for each section");
                layout.write(channel, start, buffer);
            }
        }
    }

    /// Passes the input on: the filter is off.
    fn pass(&mut self, layout: &mut Layout<'_, '_, T>, range: Range<usize>) {
        for band in &mut self.bands {
            band.advance(range.len());
        }
        for channel in 0..self.channels {
            // What is filtered in place has its input there.
            let _ = layout.in_place(channel, range.clone());
        }
    }

    fn filter(
        &mut self,
        layout: &mut Layout<'_, '_, T>,
        start: usize,
        samples: usize,
        modulations: &[Modulation<'_, T>],
    ) {
        let Self { bands, knobs, states, buffers, sections, sample_rate, .. } = self;
        let Buffers { signal, samples: buffer, path } = buffers;
        let buffer = &mut buffer[..samples];
        for (channel, signal) in signal.chunks_exact_mut(CHUNK).enumerate() {
            layout.read(channel, start, buffer);
            for (value, sample) in signal.iter_mut().zip(&*buffer) {
                *value = sample.primal();
            }
        }
        let offsets = Offsets { modulations, start };
        let mut first = 0;
        for (index, band) in bands.iter_mut().enumerate() {
            let count = band.section_count();
            if offsets.modulate_band(index, knobs) {
                band.modulate(knobs, *sample_rate, samples, &offsets, path);
            } else {
                band.follow(samples, path);
            }
            for (signal, states) in
                signal.chunks_exact_mut(CHUNK).zip(states.chunks_exact_mut((*sections).max(1)))
            {
                let (signal, states) = (&mut signal[..samples], &mut states[first..first + count]);
                band.run(path, states, signal);
            }
            first += count;
        }
        for state in states {
            state.settle();
        }
        for (channel, signal) in signal.chunks_exact(CHUNK).enumerate() {
            if self.wet.is_moving() {
                layout.read(channel, start, buffer);
                for (index, (sample, wet)) in buffer.iter_mut().zip(signal).enumerate() {
                    let part = self.wet.value_after(index + 1);
                    let dry = sample.primal();
                    *sample = T::from_f64(dry + (wet - dry) * part);
                }
            } else {
                for (sample, wet) in buffer.iter_mut().zip(signal) {
                    *sample = T::from_f64(*wet);
                }
            }
            layout.write(channel, start, buffer);
        }
        self.wet.advance(samples);
        if self.wet.is_off() {
            self.states.fill(SvfState::default());
        }
    }
}
