//! One channel through sections in series.

use std::error::Error;

use filterbank_benches::filters::{BLOCK, equaliser, noise};
use filterbank_benches::ours;
use filterbank_benches::peers::{self, Peer};
use filterbank_benches::report::{self, Report, Work};

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("series");
    for sections in [1, 2, 4, 8, 16] {
        compare::<f32>(&mut report, sections, BLOCK)?;
        compare::<f64>(&mut report, sections, BLOCK)?;
    }
    for block in [16, 64] {
        compare::<f32>(&mut report, 4, block)?;
        compare::<f64>(&mut report, 4, block)?;
    }
    report.finish("ns per sample");
    Ok(())
}

fn compare<S: Peer>(
    report: &mut Report,
    sections: usize,
    block: usize,
) -> Result<(), Box<dyn Error>> {
    let cascade = equaliser(sections)?.cast::<S>();
    let rows = cascade.sections();
    let mut filters = vec![
        ("filterbank", ours::cascade(cascade.clone())),
        ("filterbank tick", ours::cascade_tick(cascade.clone())),
        ("plain by sample", peers::plain_by_sample(rows)),
        ("plain by section", peers::plain_by_section(rows)),
        ("biquad", peers::biquad(rows)),
        ("idsp", peers::idsp(rows)),
        ("sci-rs", S::sci_rs(rows)),
    ];
    filters.extend(S::fundsp(rows).map(|filter| ("fundsp", filter)));
    let name = format!("{}, sections {sections}, block {block}", S::NAME);
    let work = Work { name, elements: block, sections };
    report.compare(work, report::filters(&noise(block), block, filters));
    Ok(())
}
