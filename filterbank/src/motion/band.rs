//! A band whose sections move. Where a knob moves, the band is designed at the points of a grid, and
//! its sections follow a spline from design to design; under a modulation it is designed for each
//! sample.

use alloc::vec::Vec;
use core::ops::Range;

use filterbank_core::{
    AudioSample, Band, DesignError, Parameter, Quantity, SvfSection, SvfState, Width, prewarp,
};

use crate::motion::knob::Knob;
use crate::motion::modulation::Offsets;
use crate::motion::path::{Course, GRID, Path, Spline};
use crate::motion::prewarp::quick_prewarp;
use crate::tune::Tune;

/// One band of a processor, with the sections that run now.
#[derive(Clone, Debug)]
pub(super) struct MovingBand {
    band: Band<Tune>,
    /// Its knobs among all knobs.
    knobs: Range<usize>,
    /// The sections that run now.
    sections: Vec<SvfSection<f64>>,
    /// The knob of its only frequency, if damping and weights do not depend on it.
    frequency: Option<usize>,
    /// The latest designs: three control points for each section.
    control: Vec<[SvfSection<f64>; 3]>,
    /// Where sections are designed.
    designed: Vec<SvfSection<f64>>,
    /// The frequency for which they are designed, if they are to be scaled.
    scaled_from: Option<f64>,
    /// Samples since the last knot; `None` at rest.
    position: Option<usize>,
    /// How many of the latest control points are the design for the knobs' targets.
    arrived: usize,
    /// Where the sections of the current samples are.
    course: Course,
    /// Whether the sections have moved since they were last [taken](MovingBand::take_moved).
    moved: bool,
}

impl MovingBand {
    /// A band at rest.
    pub(super) fn new(
        band: &Band<Tune>,
        first_knob: usize,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        let sections = band.map(|_, tune| tune.start()).svf_sections(sample_rate)?.to_vec();
        let params = band.params();
        let is_free = |tune: &Tune| matches!(tune, Tune::Free { .. });
        let free = || params.iter().filter(|(_, tune)| is_free(tune));
        let is_frequency =
            |(parameter, _): &(Parameter, Tune)| parameter.quantity == Quantity::Frequency;
        let simple = params.iter().filter(|param| is_frequency(param)).count() == 1
            && !matches!(band.width(), Some(Width::Bandwidth(_)));
        let frequency = free().position(is_frequency).filter(|_| simple);
        Ok(Self {
            band: *band,
            knobs: first_knob..first_knob + free().count(),
            frequency: frequency.map(|index| first_knob + index),
            designed: sections.clone(),
            scaled_from: None,
            control: sections.iter().map(|section| [*section; 3]).collect(),
            sections,
            position: None,
            arrived: 3,
            course: Course::Still,
            moved: false,
        })
    }

    pub(super) fn sections(&self) -> &[SvfSection<f64>] {
        &self.sections
    }

    pub(super) fn section_count(&self) -> usize {
        self.sections.len()
    }

    /// How far the edges of a band with a [`Method`](crate::Method) move in the time of a ramp. A steep
    /// edge that sweeps over a tone faster than that clicks, and two edges make a narrow band.
    pub(super) fn octaves_in_a_ramp(&self) -> Option<f64> {
        match self.band {
            Band::Lowpass { .. } | Band::Highpass { .. } => Some(2.0),
            Band::Bandpass { .. } | Band::Bandstop { .. } => Some(0.5),
            _ => None,
        }
    }

    /// Its knobs among all knobs.
    pub(super) fn knobs(&self) -> Range<usize> {
        self.knobs.clone()
    }

    /// The band with other values of its knobs.
    pub(super) fn at(&self, mut value: impl FnMut(usize) -> f64) -> Band<f64> {
        let mut knob = self.knobs.clone();
        self.band.map(|_, tune| match tune {
            Tune::Fixed(value) => value,
            Tune::Free { start, .. } => knob.next().map_or(start, &mut value),
        })
    }

    /// At a knot, goes on to the next one if a knob moves or the sections are not yet where the knobs
    /// are. If nothing can be designed for the knobs' values, the sections stay where they are.
    pub(super) fn start(&mut self, knobs: &[Knob], sample_rate: f64) {
        if self.position.is_some() || self.rests(knobs) {
            return;
        }
        let moves = knobs[self.knobs.clone()].iter().any(Knob::is_moving);
        self.scaled_from = None;
        let there = self.at(|knob| knobs[knob].value_after(GRID));
        let designed = there.svf_sections_into(sample_rate, &mut self.designed).is_ok();
        for (control, there) in self.control.iter_mut().zip(&self.designed) {
            let next = if designed { *there } else { control[2] };
            *control = [control[1], control[2], next];
        }
        self.arrived = if moves { 0 } else { self.arrived + 1 };
        (self.position, self.moved) = (Some(0), true);
    }

    /// Whether neither the sections nor the knobs move.
    pub(super) fn rests(&self, knobs: &[Knob]) -> bool {
        let moves = knobs[self.knobs.clone()].iter().any(Knob::is_moving);
        self.position.is_none() && self.arrived >= 2 && !moves
    }

    /// The sections, if they have moved since this was last called.
    pub(super) fn take_moved(&mut self) -> Option<&[SvfSection<f64>]> {
        core::mem::take(&mut self.moved).then_some(&self.sections)
    }

    /// Ends all motion at the targets of the knobs.
    pub(super) fn finish(&mut self, knobs: &[Knob], sample_rate: f64) {
        self.scaled_from = None;
        let there = self.at(|knob| knobs[knob].target());
        if there.svf_sections_into(sample_rate, &mut self.designed).is_ok() {
            self.sections.copy_from_slice(&self.designed);
        }
        self.stay();
        (self.arrived, self.moved) = (3, true);
    }

    /// Makes the sections of now the only control points.
    fn stay(&mut self) {
        for (control, section) in self.control.iter_mut().zip(&self.sections) {
            *control = [*section; 3];
        }
        self.position = None;
    }

    /// How many samples are left to the next knot.
    pub(super) fn left(&self) -> usize {
        self.position.map_or(usize::MAX, |position| GRID - position)
    }

    /// Goes on by a number of samples, at most those that are left, and writes the sections at each
    /// of them to the path. A band at rest has no path.
    pub(super) fn follow(&mut self, samples: usize, path: &mut Path) {
        let Some(position) = self.position else {
            self.course = Course::Still;
            return;
        };
        self.course = Course::Sections;
        let rows = path.sections.chunks_exact_mut(GRID).zip(&self.control);
        for ((row, control), now) in rows.zip(&mut self.sections) {
            let spline = Spline::new(control);
            for (step, section) in row[..samples].iter_mut().enumerate() {
                *section = spline.at(position + step + 1);
            }
            *now = spline.at(position + samples);
        }
        self.go_to(position + samples);
    }

    /// At the end of the motion, the sections are exactly the last design.
    fn go_to(&mut self, position: usize) {
        self.position = Some(position).filter(|position| *position < GRID);
        if self.position.is_none() && self.arrived >= 2 {
            for (section, control) in self.sections.iter_mut().zip(&self.control) {
                *section = control[2];
            }
        }
    }

    /// Goes on by a number of samples, at most those that are left.
    pub(super) fn advance(&mut self, samples: usize) {
        let Some(position) = self.position else { return };
        for (control, now) in self.control.iter().zip(&mut self.sections) {
            *now = Spline::new(control).at(position + samples);
        }
        self.go_to(position + samples);
    }

    /// Designs the band at each sample, with the knobs moved by an offset, and writes the sections to
    /// the path. Where an offset is not finite or the design fails, the sections stay as they are.
    pub(super) fn modulate<T: AudioSample>(
        &mut self,
        knobs: &[Knob],
        sample_rate: f64,
        samples: usize,
        offsets: &Offsets<'_, T>,
        path: &mut Path,
    ) {
        (self.moved, self.arrived) = (true, 0);
        match self.only_frequency(knobs, offsets) {
            Some(knob) if self.prepare_scaling(knobs, knob, sample_rate) => {
                self.course = Course::Scaled;
                self.scale(&knobs[knob], knob, sample_rate, samples, offsets, path);
            }
            _ => {
                self.course = Course::Sections;
                self.redesign(knobs, sample_rate, samples, offsets, path);
            }
        }
        self.stay();
    }

    /// Designs the band for the knobs' values, unless that is done.
    fn prepare_scaling(&mut self, knobs: &[Knob], frequency: usize, sample_rate: f64) -> bool {
        let value = knobs[frequency].value();
        if self.scaled_from != Some(value) {
            let still = self.at(|knob| knobs[knob].value());
            let designed = still.svf_sections_into(sample_rate, &mut self.designed).is_ok();
            self.scaled_from = Some(value).filter(|_| designed);
        }
        self.scaled_from.is_some()
    }

    /// Moves the designed sections along the frequency axis.
    fn scale<T: AudioSample>(
        &mut self,
        knob: &Knob,
        index: usize,
        sample_rate: f64,
        samples: usize,
        offsets: &Offsets<'_, T>,
        path: &mut Path,
    ) {
        let unit = prewarp(knob.value(), sample_rate).recip();
        // From the designed sections to those of now.
        let mut ratio = match (&self.sections[..], &self.designed[..]) {
            ([now, ..], [designed, ..]) => now.g() / designed.g(),
            _ => 1.0,
        };
        let only = offsets.only(index);
        for (sample, place) in path.ratios[..samples].iter_mut().enumerate() {
            let only = only.and_then(|only| only.get(sample));
            let offset = only.map_or_else(|| offsets.at(index, sample), |offset| offset.primal());
            let frequency = knob.modulated(sample + 1, offset);
            // Where there is no such frequency, the sections stay as they are.
            if offset.is_finite() && frequency > 0.0 && frequency < 0.5 * sample_rate {
                ratio = quick_prewarp(frequency, sample_rate) * unit;
            }
            *place = ratio;
        }
        for (section, designed) in self.sections.iter_mut().zip(&self.designed) {
            *section = designed.scaled(ratio);
        }
    }

    /// Designs the band for each sample.
    fn redesign<T: AudioSample>(
        &mut self,
        knobs: &[Knob],
        sample_rate: f64,
        samples: usize,
        offsets: &Offsets<'_, T>,
        path: &mut Path,
    ) {
        self.scaled_from = None;
        for sample in 0..samples {
            let band = self.at(|knob| {
                let offset = offsets.at(knob, sample);
                let value = knobs[knob].modulated(sample + 1, offset);
                if offset.is_finite() { value } else { f64::NAN }
            });
            if band.svf_sections_into(sample_rate, &mut self.designed).is_ok() {
                self.sections.copy_from_slice(&self.designed);
            }
            for (row, section) in path.sections.chunks_exact_mut(GRID).zip(&self.sections) {
                row[sample] = *section;
            }
        }
    }

    /// The knob of the band's frequency, if nothing else moves: then sections are only scaled.
    fn only_frequency<T: AudioSample>(
        &self,
        knobs: &[Knob],
        offsets: &Offsets<'_, T>,
    ) -> Option<usize> {
        let frequency = self.frequency?;
        let mut others = self.knobs.clone().filter(|knob| *knob != frequency);
        let moves = |knob: usize| knobs[knob].is_moving() || offsets.modulate(knob);
        (!others.any(moves)).then_some(frequency)
    }

    /// Filters one channel, along the path if there is one.
    pub(super) fn run(&self, path: &Path, states: &mut [SvfState<f64>], signal: &mut [f64]) {
        match self.course {
            Course::Still => {
                for (section, state) in self.sections.iter().zip(states) {
                    for sample in &mut *signal {
                        *sample = section.tick(state, *sample);
                    }
                }
            }
            Course::Sections => {
                for (row, state) in path.sections.chunks_exact(GRID).zip(states) {
                    for (section, sample) in row.iter().zip(&mut *signal) {
                        *sample = section.tick(state, *sample);
                    }
                }
            }
            Course::Scaled => {
                for (section, state) in self.designed.iter().zip(states) {
                    for (ratio, sample) in path.ratios.iter().zip(&mut *signal) {
                        *sample = section.scaled(*ratio).tick(state, *sample);
                    }
                }
            }
        }
    }
}
