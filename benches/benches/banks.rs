//! One channel through bands in parallel, four sections each.

use std::error::Error;

use filterbank::Bank;
use filterbank_benches::filters::{BLOCK, SAMPLE_RATE, bands, noise};
use filterbank_benches::ours;
use filterbank_benches::peers::{self, Filter, Peer};
use filterbank_benches::report::{self, Report, Work};

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("banks");
    for count in [3, 8, 31] {
        compare::<f32>(&mut report, count)?;
        compare::<f64>(&mut report, count)?;
    }
    report.finish("ns per sample of the input, through all bands");
    Ok(())
}

fn compare<S: Peer>(report: &mut Report, count: usize) -> Result<(), Box<dyn Error>> {
    let bank = Bank::from_bands(&bands(count), SAMPLE_RATE)?.cast::<S>();
    let each = |peer: fn(&[filterbank::Section<S>]) -> Filter<S>| {
        peers::in_parallel(bank.bands().map(|band| peer(band.sections())).collect())
    };
    let filters = vec![
        ("filterbank", ours::bank(bank.clone())),
        ("plain by sample", each(peers::plain_by_sample)),
        ("plain by section", each(peers::plain_by_section)),
        ("biquad", each(peers::biquad)),
        ("idsp", each(peers::idsp)),
    ];
    let name = format!("{}, bands {count}", S::NAME);
    let work = Work { name, elements: BLOCK, sections: bank.sections().len() };
    report.compare(work, report::filters(&noise(BLOCK), count * BLOCK, filters));
    Ok(())
}
