//! Blocks of the sizes of hosts: tables that are kept, beside tables made in every call and a plain
//! loop.

use std::error::Error;

use filterbank::Band;
use filterbank::run::AudioSample;
use filterbank::section::SvfSection;
use filterbank_benches::filters::{SAMPLE_RATE, equaliser, noise, peaks};
use filterbank_benches::least::least_times;
use filterbank_benches::ours;
use filterbank_benches::peers::{self, Peer};
use filterbank_benches::report::assert_close;
use filterbank_benches::table::{self, figure};

fn main() -> Result<(), Box<dyn Error>> {
    let head = ["plans", "plan", "process", "plain loop", "process / plan", "plain / plan"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for sections in [1, 2, 4, 8, 16] {
        for block in [16, 32, 64, 128, 512] {
            rows.push(compare::<f32>(sections, block)?);
            rows.push(compare::<f64>(sections, block)?);
        }
    }
    println!("\nplans: ns per sample\n");
    table::print(&rows);
    Ok(())
}

fn compare<S: Peer + AudioSample>(
    sections: usize,
    block: usize,
) -> Result<Vec<String>, Box<dyn Error>> {
    let cascade = equaliser(sections)?.cast::<S>();
    let mut svf = Vec::<SvfSection<f64>>::new();
    for [center, q, gain_db] in peaks(sections) {
        svf.extend(Band::peak(center, q, gain_db).svf_sections(SAMPLE_RATE)?);
    }
    let plain = peers::plain_by_sample(cascade.sections());
    let mut filters = [ours::plan(&svf), ours::cascade(cascade), plain];

    let input = noise::<S>(block);
    let mut outputs = vec![input.clone(); filters.len()];
    for (filter, output) in filters.iter_mut().zip(&mut outputs) {
        filter(&input, output);
        filter(&input, output);
    }
    assert_close("process", &outputs[1], &outputs[0], S::TOLERANCE);
    assert_close("the plain loop", &outputs[2], &outputs[0], S::TOLERANCE);

    let times = least_times(&mut filters, block);
    let mut row = vec![format!("{}, sections {sections}, block {block}", S::NAME)];
    row.extend(times.iter().map(|time| figure(*time)));
    row.extend(times[1..].iter().map(|time| format!("{:.2}", time / times[0])));
    Ok(row)
}
