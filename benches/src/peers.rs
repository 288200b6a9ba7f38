//! The alternatives: plain loops, and other crates.

use biquad::Biquad as _;
use dsp_process::SplitProcess as _;
use filterbank::run::Sample;
use filterbank::{Scalar, Section};
use fundsp::audionode::AudioNode;
use fundsp::audiounit::{AudioUnit, BigBlockAdapter};
use fundsp::biquad::BiquadCoefs;
use fundsp::combinator::An;
use fundsp::wide::f32x8;
use num_traits::{AsPrimitive, ConstZero};
use sci_rs::signal::filter::design::Sos;
use sci_rs::signal::filter::{sosfilt_dyn, sosfilt_fast32_st};

/// A running filter: reads the first block, fills the second, and keeps its state for the next.
pub type Filter<S> = Box<dyn FnMut(&[S], &mut [S])>;

/// `f32` and `f64`, with the traits that the peers require.
pub trait Peer: Sample + ConstZero + AsPrimitive<Self> {
    /// The type's name.
    const NAME: &str;
    /// The tolerance between two implementations of a filter, relative to the largest output.
    const TOLERANCE: f64;

    /// sci-rs by its fastest documented function for this type.
    fn sci_rs(sections: &[Section<Self>]) -> Filter<Self>;

    /// fundsp, for the type of its signals.
    fn fundsp(sections: &[Section<Self>]) -> Option<Filter<Self>>;
}

impl Peer for f32 {
    const NAME: &str = "f32";
    const TOLERANCE: f64 = 1e-3;

    fn sci_rs(sections: &[Section<f32>]) -> Filter<f32> {
        let mut sos = sos(sections);
        Box::new(move |input, output| sosfilt_fast32_st(input, &mut sos, output))
    }

    fn fundsp(sections: &[Section<f32>]) -> Option<Filter<f32>> {
        Some(fundsp(sections))
    }
}

impl Peer for f64 {
    const NAME: &str = "f64";
    const TOLERANCE: f64 = 1e-9;

    /// The function for any type allocates its output.
    fn sci_rs(sections: &[Section<f64>]) -> Filter<f64> {
        let mut sos = sos(sections);
        Box::new(move |input, output| output.copy_from_slice(&sosfilt_dyn(input, &mut sos)))
    }

    /// Its signals are `f32`.
    fn fundsp(_: &[Section<f64>]) -> Option<Filter<f64>> {
        None
    }
}

/// A handwritten section in transposed direct form II.
#[derive(Clone, Copy)]
struct Plain<S> {
    coefficients: [S; 5],
    state: [S; 2],
}

impl<S: Scalar> Plain<S> {
    fn series(sections: &[Section<S>]) -> Vec<Self> {
        let plain = |section: &Section<S>| Self {
            coefficients: section.coefficients(),
            state: [S::zero(); 2],
        };
        sections.iter().map(plain).collect()
    }

    #[inline]
    fn tick(&mut self, x: S) -> S {
        let [b0, b1, b2, a1, a2] = self.coefficients;
        let y = b0 * x + self.state[0];
        self.state[0] = b1 * x - a1 * y + self.state[1];
        self.state[1] = b2 * x - a2 * y;
        y
    }
}

/// Each sample through all sections.
pub fn plain_by_sample<S: Peer>(sections: &[Section<S>]) -> Filter<S> {
    let mut series = Plain::series(sections);
    Box::new(move |input, output| {
        for (x, y) in input.iter().zip(output) {
            *y = series.iter_mut().fold(*x, |x, section| section.tick(x));
        }
    })
}

/// The whole block through each section.
pub fn plain_by_section<S: Peer>(sections: &[Section<S>]) -> Filter<S> {
    let mut series = Plain::series(sections);
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        for section in &mut series {
            let mut running = *section;
            for sample in &mut *output {
                *sample = running.tick(*sample);
            }
            *section = running;
        }
    })
}

/// The crate biquad: one section, one sample at a time, without blocks or cascades.
pub fn biquad<S: Peer>(sections: &[Section<S>]) -> Filter<S> {
    let section = |section: &Section<S>| {
        let [b0, b1, b2, a1, a2] = section.coefficients();
        biquad::DirectForm2Transposed::new(biquad::Coefficients { a1, a2, b0, b1, b2 })
    };
    let mut series: Vec<_> = sections.iter().map(section).collect();
    Box::new(move |input, output| {
        for (x, y) in input.iter().zip(output) {
            *y = series.iter_mut().fold(*x, |x, section| section.run(x));
        }
    })
}

/// idsp's cascade: direct form I, its length part of the type.
pub fn idsp<S: Peer>(sections: &[Section<S>]) -> Filter<S> {
    match sections.len() {
        1 => idsp_of::<S, 1>(sections),
        2 => idsp_of::<S, 2>(sections),
        4 => idsp_of::<S, 4>(sections),
        8 => idsp_of::<S, 8>(sections),
        16 => idsp_of::<S, 16>(sections),
        count => panic!("there is no cascade of {count} sections here"),
    }
}

fn idsp_of<S: Peer, const N: usize>(sections: &[Section<S>]) -> Filter<S> {
    // idsp adds the feedback: `a1` and `a2` have the opposite sign.
    let section = |index: usize| {
        let [b0, b1, b2, a1, a2] = sections[index].coefficients();
        idsp::iir::Biquad { ba: [b0, b1, b2, -a1, -a2] }
    };
    let cascade = idsp::iir::Cascade::<[_; N]>(std::array::from_fn(section));
    let mut state = idsp::iir::DirectForm::<S, N> { x: [S::ZERO; 2], y: [[S::ZERO; 2]; N] };
    Box::new(move |input, output| cascade.block(&mut state, input, output))
}

fn sos<F: sci_rs::na::RealField + Scalar>(sections: &[Section<F>]) -> Vec<Sos<F>> {
    let row = |section: &Section<F>| {
        let [b0, b1, b2, a0, a1, a2] = section.row();
        Sos::new([b0, b1, b2], [a0, a1, a2])
    };
    sections.iter().map(row).collect()
}

/// fundsp's nodes in direct form I, in one graph. Signals are `f32`, in blocks of at most 64.
fn fundsp(sections: &[Section<f32>]) -> Filter<f32> {
    let one = |index: usize| {
        let [b0, b1, b2, a1, a2] = sections[index].coefficients();
        let coefficients = BiquadCoefs::arbitrary(a1, a2, b0, b1, b2);
        An(fundsp::biquad::Biquad::<f32>::with_coefs(coefficients))
    };
    fundsp_graph(sections.len(), one, 1)
}

/// fundsp's eight channels in the lanes of a vector: `[8, time]`.
pub fn fundsp_channels(sections: &[Section<f32>]) -> Filter<f32> {
    let one = |index: usize| {
        let [b0, b1, b2, a1, a2] = sections[index].coefficients().map(f32x8::splat);
        let coefficients = BiquadCoefs::arbitrary(a1, a2, b0, b1, b2);
        An(fundsp::biquad_bank::BiquadBank::with_coefs(coefficients))
    };
    fundsp_graph(sections.len(), one, 8)
}

/// Graphs are types: `a >> b` differs from `a`.
fn fundsp_graph<X>(sections: usize, one: impl Fn(usize) -> An<X>, channels: usize) -> Filter<f32>
where
    X: AudioNode<Outputs = <X as AudioNode>::Inputs> + 'static,
{
    let two = |index: usize| one(index) >> one(index + 1);
    let four = |index: usize| two(index) >> two(index + 2);
    let eight = |index: usize| four(index) >> four(index + 4);
    let graph: Box<dyn AudioUnit> = match sections {
        1 => Box::new(one(0)),
        2 => Box::new(two(0)),
        4 => Box::new(four(0)),
        8 => Box::new(eight(0)),
        16 => Box::new(eight(0) >> eight(8)),
        count => panic!("there is no graph of {count} sections here"),
    };
    let mut graph = BigBlockAdapter::new(graph);
    Box::new(move |input, output| {
        let time = input.len() / channels;
        let inputs: Vec<_> = input.chunks_exact(time).collect();
        let mut outputs: Vec<_> = output.chunks_exact_mut(time).collect();
        graph.process_big(time, &inputs, &mut outputs);
    })
}

/// fluxion's interleaved channels, in `f32`: `[time, channels]`, so that they fill the lanes of a
/// vector. (Its filter for one channel starts from rest with every block and is left out.)
pub fn fluxion_channels(sections: &[Section<f32>], channels: usize) -> Filter<f32> {
    let sos = fluxion_sections(sections);
    let mut state = vec![0.0; 2 * sos.len() * channels];
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        fluxion_ops::sos_filter_interleaved_chunk(output, channels, &sos, &mut state);
    })
}

/// The sections as fluxion's.
pub fn fluxion_sections(sections: &[Section<f32>]) -> Vec<fluxion_ops::Biquad> {
    let section = |section: &Section<f32>| {
        let [b0, b1, b2, a1, a2] = section.coefficients();
        fluxion_ops::Biquad { b0, b1, b2, a1, a2 }
    };
    sections.iter().map(section).collect()
}

/// Filters of one channel that share an input, one after the other: `[time]` to `[bands, time]`.
pub fn in_parallel<S: Peer>(mut bands: Vec<Filter<S>>) -> Filter<S> {
    Box::new(move |input, output| {
        for (band, output) in bands.iter_mut().zip(output.chunks_exact_mut(input.len())) {
            band(input, output);
        }
    })
}

/// One filter for each channel, one after the other: `[channels, time]` to the same.
pub fn side_by_side<S: Peer>(mut channels: Vec<Filter<S>>) -> Filter<S> {
    Box::new(move |input, output| {
        let time = input.len() / channels.len();
        let rows = input.chunks_exact(time).zip(output.chunks_exact_mut(time));
        for (channel, (input, output)) in channels.iter_mut().zip(rows) {
            channel(input, output);
        }
    })
}
