//! Several channels through one cascade of four sections.

use std::error::Error;
use std::hint::black_box;

use filterbank::Cascade;
use filterbank_benches::filters::{BLOCK, equaliser, noise};
use filterbank_benches::ours;
use filterbank_benches::peers::{self, Filter, Peer};
use filterbank_benches::report::{self, Contender, Report, Work, assert_close};

const SECTIONS: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("channels");
    let cascade = equaliser(SECTIONS)?;
    for channels in [1, 2, 8] {
        let input = noise(channels * BLOCK);
        let cascade = cascade.cast();
        let mut filters = everyone::<f32>(&cascade, channels);
        if channels == 8 {
            filters.push(("fundsp", peers::fundsp_channels(cascade.sections())));
        }
        let mut contenders = report::filters(&input, input.len(), filters);
        contenders.push(fluxion(&cascade, channels, &input));
        report.compare(work::<f32>(channels), contenders);

        let input = noise(channels * BLOCK);
        let filters = everyone::<f64>(&cascade.cast(), channels);
        let contenders = report::filters(&input, input.len(), filters);
        report.compare(work::<f64>(channels), contenders);
    }
    report.finish("ns per sample and channel");
    Ok(())
}

fn work<S: Peer>(channels: usize) -> Work {
    let name = format!("{}, channels {channels}", S::NAME);
    Work { name, elements: channels * BLOCK, sections: SECTIONS }
}

fn everyone<S: Peer>(cascade: &Cascade<S>, channels: usize) -> Vec<(&'static str, Filter<S>)> {
    let each = |peer: fn(&[filterbank::Section<S>]) -> Filter<S>| {
        peers::side_by_side((0..channels).map(|_| peer(cascade.sections())).collect())
    };
    vec![
        ("filterbank", ours::channels(cascade.clone(), channels)),
        ("plain by sample", each(peers::plain_by_sample)),
        ("biquad", each(peers::biquad)),
        ("idsp", each(peers::idsp)),
    ]
}

/// fluxion requires interleaved samples.
fn fluxion(cascade: &Cascade<f32>, channels: usize, input: &[f32]) -> Contender<'static> {
    let mut filter = peers::fluxion_channels(cascade.sections(), channels);
    let input = transposed(input, BLOCK);
    let mut output = vec![0.0; input.len()];
    let mut expected = output.clone();
    filter(&input, &mut output);
    ours::channels(cascade.clone(), channels)(&transposed(&input, channels), &mut expected);
    assert_close("fluxion", &transposed(&output, channels), &expected, f32::TOLERANCE);
    Contender::new("fluxion", move || {
        filter(black_box(&input), &mut output);
        black_box(&output);
    })
}

/// Transposes rows of this many columns.
fn transposed(rows: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| rows.iter().skip(column).step_by(columns).copied()).collect()
}
