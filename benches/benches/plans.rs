//! Blocks of the sizes of hosts: tables that are kept, beside tables made in every call and plain
//! loops.

use std::error::Error;

use filterbank::Band;
use filterbank::run::AudioSample;
use filterbank::section::SvfSection;
use filterbank_benches::filters::{SAMPLE_RATE, equaliser, noise, peaks};
use filterbank_benches::ours;
use filterbank_benches::peers::{self, Peer};
use filterbank_benches::report::{self, Report, Work};

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("plans");
    for sections in [1, 4, 8, 16] {
        for block in [16, 32, 64, 128, 512] {
            compare::<f32>(&mut report, sections, block)?;
            compare::<f64>(&mut report, sections, block)?;
        }
    }
    report.finish("ns per sample");
    Ok(())
}

fn compare<S: Peer + AudioSample>(
    report: &mut Report,
    sections: usize,
    block: usize,
) -> Result<(), Box<dyn Error>> {
    let cascade = equaliser(sections)?.cast::<S>();
    let mut svf = Vec::<SvfSection<f64>>::new();
    for [center, q, gain_db] in peaks(sections) {
        svf.extend(Band::peak(center, q, gain_db).svf_sections(SAMPLE_RATE)?);
    }
    let rows = cascade.sections();
    let filters = vec![
        ("filterbank plan", ours::plan(&svf)),
        ("filterbank process", ours::cascade(cascade.clone())),
        ("plain by sample", peers::plain_by_sample(rows)),
        ("plain by section", peers::plain_by_section(rows)),
    ];
    let name = format!("{}, sections {sections}, block {block}", S::NAME);
    let work = Work { name, elements: block, sections };
    report.compare(work, report::filters(&noise(block), block, filters));
    Ok(())
}
