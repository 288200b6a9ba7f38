//! Is any filter slow for its size? Random designs, each compared with the median of its size.

use std::error::Error;

use filterbank::run::AudioSample;
use filterbank::section::SvfSection;
use filterbank::{Band, Cascade, Method};
use filterbank_benches::filters::{BLOCK, SAMPLE_RATE};
use filterbank_benches::least::least_times;
use filterbank_benches::ours;
use filterbank_benches::peers::Peer;
use filterbank_benches::table::{self, figure, median};

/// The number of designs of each size.
const DESIGNS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let head = ["cliffs", "median", "slowest", "slowest / median", "which"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for sections in [1, 2, 4, 8] {
        let mut random = Random(sections as u64);
        let designs: Vec<_> = (0..DESIGNS).map(|_| random.bands(sections)).collect();
        add::<f32>(&mut rows, sections, &designs)?;
        add::<f64>(&mut rows, sections, &designs)?;
    }
    println!("\ncliffs: ns per sample\n");
    table::print(&rows);
    Ok(())
}

fn add<S: Peer + AudioSample>(
    rows: &mut Vec<Vec<String>>,
    sections: usize,
    designs: &[Vec<Band<f64>>],
) -> Result<(), Box<dyn Error>> {
    let (mut cascades, mut plans) = (Vec::new(), Vec::new());
    for bands in designs {
        let cascade = Cascade::from_bands(bands, SAMPLE_RATE)?.cast::<S>();
        let mut svf = Vec::<SvfSection<f64>>::new();
        for band in bands {
            svf.extend(band.svf_sections(SAMPLE_RATE)?);
        }
        let mut filters = [ours::cascade(cascade), ours::plan(&svf)];
        let times = least_times(&mut filters, BLOCK);
        cascades.push(times[0]);
        plans.push(times[1]);
    }
    for (name, times) in [("process", cascades), ("plan", plans)] {
        let middle = median(times.clone()).ok_or("no designs")?;
        let by_time = |a: &usize, b: &usize| times[*a].total_cmp(&times[*b]);
        let slowest = (0..times.len()).max_by(by_time).ok_or("no designs")?;
        rows.push(vec![
            format!("{} {name}, sections {sections}", S::NAME),
            figure(middle),
            figure(times[slowest]),
            format!("{:.2}", times[slowest] / middle),
            format!("{:?}", designs[slowest][0]),
        ]);
    }
    Ok(())
}

/// A linear congruential generator.
struct Random(u64);

impl Random {
    /// Between 0 and 1.
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.number())
    }

    /// An equaliser or a lowpass or highpass of so many sections.
    fn bands(&mut self, sections: usize) -> Vec<Band<f64>> {
        let (cutoff, order) = (self.between(20.0, 23_000.0), 2 * sections);
        let (kind, highpass) = (self.number(), self.number() < 0.5);
        let method = if kind < 0.25 {
            Method::Butterworth { order }
        } else if kind < 0.5 {
            Method::Elliptic { order, ripple_db: 0.5, stop_db: 60.0 }
        } else {
            let mut peak = || {
                let (frequency, q) = (self.between(20.0, 23_000.0), self.between(0.3, 30.0));
                Band::peak(frequency, q, 30.0 * self.number() - 15.0)
            };
            return (0..sections).map(|_| peak()).collect();
        };
        vec![if highpass { Band::highpass(method, cutoff) } else { Band::lowpass(method, cutoff) }]
    }
}
