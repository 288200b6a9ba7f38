//! From a specification to sections, with and without the derivatives of every coefficient.

use std::error::Error;
use std::hint::black_box;

use filterbank::{Band, Dual, Method, filterbank};
use filterbank_benches::filters::{SAMPLE_RATE, designs};
use filterbank_benches::report::{Contender, Report, Work};
use sci_rs::signal::filter::design::{FilterBandType, FilterOutputType, butter_dyn};

/// At most four parameters: ripple, attenuation and two edges.
type Number = Dual<f64, 4>;

filterbank! {
    struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud:    peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
        air:    high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = tune(1.5 in -6.0..=6.0)),
        alias:  lowpass(elliptic(order = 5, ripple_db = 0.1, stop_db = 60.0), cutoff = 20_000.0),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("design");
    for (name, band) in designs() {
        compare(&mut report, name, band)?;
    }

    let seeds = Dual::<f64, 3>::seed(VocalEq::PARAMS);
    let contenders = vec![
        Contender::new("filterbank", || VocalEq::from_params(black_box(&VocalEq::PARAMS))),
        Contender::new("filterbank with tangents", || VocalEq::from_params(black_box(&seeds))),
    ];
    report.compare(work("filterbank! from_params".into()), contenders);
    report.finish("ns per design; orders are 8");
    Ok(())
}

fn work(name: String) -> Work {
    Work { name, elements: 1, sections: 0 }
}

fn compare(report: &mut Report, name: String, band: Band<f64>) -> Result<(), Box<dyn Error>> {
    let mut index = 0..;
    let seeded: Band<Number> =
        band.map(|_, value| Dual::variable(value, index.next().unwrap_or(0)));
    seeded.design(SAMPLE_RATE)?;
    let mut contenders = vec![
        Contender::new("filterbank", move || black_box(&band).design(SAMPLE_RATE)),
        Contender::new("filterbank with tangents", move || black_box(&seeded).design(SAMPLE_RATE)),
    ];
    contenders.extend(sci_rs(&band));
    report.compare(work(name), contenders);
    Ok(())
}

/// sci-rs designs only Butterworth filters; other methods reach a `todo!()`.
fn sci_rs(band: &Band<f64>) -> Option<Contender<'static>> {
    let Some(Method::Butterworth { order }) = band.method().copied() else { return None };
    let (shape, edges) = match *band {
        Band::Lowpass { cutoff, .. } => (FilterBandType::Lowpass, vec![cutoff]),
        Band::Highpass { cutoff, .. } => (FilterBandType::Highpass, vec![cutoff]),
        Band::Bandpass { low, high, .. } => (FilterBandType::Bandpass, vec![low, high]),
        Band::Bandstop { low, high, .. } => (FilterBandType::Bandstop, vec![low, high]),
        _ => return None,
    };
    Some(Contender::new("sci-rs", move || {
        let output = Some(FilterOutputType::Sos);
        let edges = black_box(&edges).clone();
        butter_dyn(order, edges, Some(shape), Some(false), output, Some(SAMPLE_RATE))
    }))
}
