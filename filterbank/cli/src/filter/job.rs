//! The task: read a block, filter each channel, write the block.

use std::path::PathBuf;
use std::time::Instant;

use filterbank::Cascade;

use super::bands::{NamedBand, design};
use super::report::Report;
use crate::shared::destination::Destination;
use crate::shared::failure::Failure;
use crate::shared::progress::Progress;
use crate::shared::wav::{BLOCK, Encoding, Sink, Source};

const PROGRESS: &str = "{wide_bar} {percent:>3} %  {eta} left";

/// A file to filter.
pub struct Job {
    pub input: PathBuf,
    pub output: PathBuf,
    pub bands: Vec<NamedBand>,
    pub gain_db: f64,
    /// `None` for the input's encoding.
    pub encoding: Option<Encoding>,
    pub dither: bool,
    /// Whether an existing output may be replaced.
    pub force: bool,
}

impl Job {
    /// The filter for a sample rate in Hz.
    pub fn cascade(&self, sample_rate: u32) -> Result<Cascade<f64>, Failure> {
        let cascade = design(&self.bands, sample_rate.into())?;
        Ok(cascade.with_gain(10.0_f64.powf(self.gain_db / 20.0)))
    }

    /// Filters the file and completes the output.
    pub fn run(&self) -> Result<Report, Failure> {
        let begin = Instant::now();
        let mut source = Source::open(&self.input)?;
        let cascade = self.cascade(source.sample_rate())?;
        let encoding = self.encoding.unwrap_or(source.encoding());
        if self.dither && encoding == Encoding::Float {
            let problem = "--dither is for integer output, but this output is 32-bit float";
            return Err(Failure::usage(problem));
        }
        let destination = Destination::new(&self.output, Some(&self.input), self.force)?;
        let shape = (source.channels(), source.sample_rate(), source.frames());
        let mut sink = Sink::create(destination, encoding, shape, self.dither)?;

        let mut states = vec![cascade.state(); usize::from(source.channels())];
        let mut block = vec![Vec::with_capacity(BLOCK); states.len()];
        let mut read = Levels::default();
        let mut made = Levels::default();
        let mut done = 0;
        let mut progress = Progress::new(source.frames().into(), PROGRESS);
        loop {
            source.read(&mut block)?;
            let frames = block.first().map_or(0, Vec::len);
            if frames == 0 {
                break;
            }
            for (state, samples) in states.iter_mut().zip(&mut block) {
                read.measure(samples);
                cascade.process(state, samples);
                made.measure(samples);
                // The filter recovers; until then its output is silent.
                samples.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
            }
            sink.write(&block)?;
            done += frames as u64;
            progress.show(done, String::new);
        }
        drop(progress);

        let clipped = sink.clipped();
        sink.finish()?;
        Ok(Report {
            input: self.input.clone(),
            output: self.output.clone(),
            channels: source.channels(),
            sample_rate: source.sample_rate(),
            frames: source.frames(),
            encodings: (source.encoding(), encoding),
            levels: (read, made),
            sections: cascade.sections().len(),
            clipped,
            dither: self.dither,
            gain_db: self.gain_db,
            elapsed: begin.elapsed(),
        })
    }
}

/// Levels of all samples so far, in all channels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Levels {
    /// The largest magnitude.
    pub peak: f64,
    /// How many samples were infinite or NaN.
    pub not_finite: u64,
}

impl Levels {
    fn measure(&mut self, samples: &[f64]) {
        for sample in samples {
            if sample.is_finite() {
                self.peak = self.peak.max(sample.abs());
            } else {
                self.not_finite += 1;
            }
        }
    }
}
