//! A good EQ is not the one with the smallest error: its bands do not fight, and its gains are small.

use filterbank::Band;
use filterbank::fit::{MagnitudeTarget, ParametricEq, ParametricFit};
use serde_json::Value;

const RATE: f64 = 44_100.0;

/// The mean results of several fits, in dB.
#[derive(Debug, Default)]
struct Results {
    rms: f64,
    /// The most that bands spend against each other at one frequency.
    opposition: f64,
    largest_gain: f64,
}

impl Results {
    fn add(&mut self, other: &Self, share: f64) {
        self.rms += share * other.rms;
        self.opposition += share * other.opposition;
        self.largest_gain += share * other.largest_gain;
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn frequencies() -> Vec<f64> {
    (0..695).map(|step| 20.0 * 1.01_f64.powi(step)).collect()
}

/// A sum of bells: centre and width in octaves from 1 kHz, and height in dB.
fn curve(bells: &Value) -> MagnitudeTarget {
    let level = |frequency: &f64| -> f64 {
        let octaves = (frequency / 1_000.0).log2();
        let bell = |row: &Value| {
            let [center, width, height] = [0, 1, 2].map(|index| number(&row[index]));
            height * (-((octaves - center) / width).powi(2)).exp()
        };
        bells.as_array().expect("rows").iter().map(bell).sum()
    };
    let levels: Vec<f64> = frequencies().iter().map(level).collect();
    MagnitudeTarget::new(&frequencies(), &levels).expect("a curve").mean_above(10_000.0)
}

fn results(fit: &ParametricFit) -> Results {
    let level = |band: &Band<f64>, frequency: &f64| {
        band.design(RATE).expect("it was designed").magnitude_db(*frequency)
    };
    let opposition = |frequency: &f64| {
        let levels: Vec<f64> = fit.bands.iter().map(|band| level(band, frequency)).collect();
        let sizes: f64 = levels.iter().map(|level| level.abs()).sum();
        0.5 * (sizes - levels.iter().sum::<f64>().abs())
    };
    let gain = |band: &Band<f64>| band.params()[2].1.abs();
    Results {
        rms: fit.rms_db,
        opposition: frequencies().iter().map(opposition).fold(0.0, f64::max),
        largest_gain: fit.bands.iter().map(gain).fold(0.0, f64::max),
    }
}

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/parametric_eq.json")).expect("valid JSON")
}

/// The layouts of `tests/golden/parametric_eq.py`.
fn layouts() -> [(&'static str, ParametricEq); 4] {
    let both = ParametricEq { sample_rate: RATE, ..ParametricEq::default() };
    let peaks = ParametricEq { low_shelf: None, high_shelf: None, ..both.clone() };
    let limited = ParametricEq { q: 0.5..=5.0, gain_db: -12.0..=12.0, ..both.clone() };
    [
        ("8 peaks and 2 shelves", both),
        ("5 peaks", ParametricEq { peaks: 5, ..peaks.clone() }),
        ("10 peaks", ParametricEq { peaks: 10, ..peaks }),
        ("8 peaks and 2 shelves within limits", limited),
    ]
}

/// In every layout: no more opposition and no larger gains than AutoEq, at less of its error.
#[test]
fn eqs_are_gentler_than_autoeqs_and_follow_the_curve_better() {
    let golden = golden();
    let curves = golden["curves"].as_array().expect("curves");
    for (name, eq) in layouts() {
        let (mut ours, mut autoeqs) = (Results::default(), Results::default());
        let share = 1.0 / curves.len() as f64;
        for (bells, row) in curves.iter().zip(golden["autoeq"][name].as_array().expect("rows")) {
            let fit = eq.fit(&curve(bells)).expect("it starts");
            assert!(fit.fit.stop.converged(), "{name}: {}", fit.fit.stop);
            ours.add(&results(&fit), share);
            let autoeq = Results {
                rms: number(&row["rms_db"]),
                opposition: number(&row["opposition_db"]),
                largest_gain: number(&row["largest_gain_db"]),
            };
            autoeqs.add(&autoeq, share);
        }
        println!("{name}\n  ours   {ours:.3?}\n  AutoEq {autoeqs:.3?}");
        assert!(ours.rms <= 0.85 * autoeqs.rms, "{name}");
        assert!(ours.opposition <= autoeqs.opposition, "{name}");
        assert!(ours.largest_gain <= autoeqs.largest_gain, "{name}");
    }
}

/// The dial leads from exactness to gentleness.
#[test]
fn more_restraint_costs_error_and_saves_opposition() {
    let golden = golden();
    let target = curve(&golden["curves"][0]);
    let [_, (_, eq), ..] = layouts();
    let fits = [0.0, 1.0, 10.0, 1e6].map(|restraint| {
        let fit = ParametricEq { restraint, ..eq.clone() }.fit(&target).expect("it starts");
        results(&fit)
    });
    for pair in fits.windows(2) {
        assert!(pair[0].rms < pair[1].rms, "{fits:?}");
        assert!(pair[0].opposition > pair[1].opposition, "{fits:?}");
    }
    // With all restraint there is no EQ.
    assert!(fits[3].largest_gain < 0.01, "{fits:?}");
}

/// Peaks that have nothing to do are left out, unless exactness alone counts.
#[test]
fn idle_peaks_are_left_out() {
    let wanted = [Band::peak(300.0, 1.0, 4.0), Band::peak(3_000.0, 2.0, -6.0)];
    let cascade = filterbank::Cascade::from_bands(&wanted, RATE).expect("valid bands");
    let frequencies = frequencies();
    let levels: Vec<f64> = frequencies.iter().map(|f| cascade.magnitude_db(*f)).collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    let flat = MagnitudeTarget::new(&frequencies, &vec![0.0; levels.len()]).expect("a curve");
    let [_, (_, eq), ..] = layouts();
    let fit = eq.fit(&target).expect("it starts");
    assert!(fit.rms_db < 0.1, "{}", fit.rms_db);
    assert_eq!(fit.bands.len(), 2, "{:?}", fit.bands);
    assert_eq!(fit.fit.params.len(), 6);
    assert_eq!(eq.fit(&flat).expect("it starts").bands, []);
    let exact = ParametricEq { restraint: 0.0, ..eq };
    assert_eq!(exact.fit(&flat).expect("it starts").bands.len(), 5);
}
