//! The work itself: read a block, filter each channel, write the block.

use std::path::PathBuf;
use std::time::Instant;

use filterbank::Cascade;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::bands::{NamedBand, design};
use crate::destination::Destination;
use crate::encoding::Encoding;
use crate::failure::Failure;
use crate::read::{BLOCK, Source};
use crate::report::Report;
use crate::write::Sink;

/// Shorter files are done before anyone could read a progress bar.
const SECONDS_WITHOUT_PROGRESS: f64 = 10.0;

/// What is to be done.
pub struct Job {
    pub input: PathBuf,
    pub output: PathBuf,
    pub bands: Vec<NamedBand>,
    pub gain_db: f64,
    /// That of the input if `None`.
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

    /// Equalises the file; the output is complete when this returns.
    pub fn run(&self) -> Result<Report, Failure> {
        let begin = Instant::now();
        let mut source = Source::open(&self.input)?;
        let cascade = self.cascade(source.sample_rate())?;
        let encoding = self.encoding.unwrap_or(source.encoding());
        if self.dither && encoding == Encoding::Float {
            let problem = "--dither is for integer output, but this output is 32-bit float";
            return Err(Failure::Usage(vec![problem.into()]));
        }
        let destination = Destination::new(&self.output, Some(&self.input), self.force)?;
        let shape = (source.channels(), source.sample_rate(), source.frames());
        let mut sink = Sink::create(destination, encoding, shape, self.dither)?;

        let mut states = vec![cascade.state(); usize::from(source.channels())];
        let mut block = vec![Vec::with_capacity(BLOCK); states.len()];
        let mut read = Levels::default();
        let mut made = Levels::default();
        let progress = progress_bar(&source);
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
                // The filter recovers by itself; what it made until then is nothing to play.
                samples.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
            }
            sink.write(&block)?;
            progress.inc(frames as u64);
        }
        progress.finish_and_clear();

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

/// What has gone by, in all channels.
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

/// A bar on the terminal for long files.
fn progress_bar(source: &Source) -> ProgressBar {
    let frames = u64::from(source.frames());
    let seconds = frames as f64 / f64::from(source.sample_rate());
    let target = if seconds > SECONDS_WITHOUT_PROGRESS {
        // Draws nothing if standard error is not a terminal.
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(frames), target).with_style(style)
}
