//! Gradients of bands against both references.

use std::f64::consts::TAU;

use filterbank::{Band, Dual};

use crate::common::seeded::seeded;
use crate::common::worst::Worst;
use crate::outputs::{Kind, frequencies, outputs, size, with_parameter};
use crate::references::{differences, for_the_oracle};

/// A value and its derivatives by the parameters of one band.
type Number = Dual<f64, 4>;

/// One tolerance, or one error, for each kind of output.
type PerKind = [f64; 5];

/// The angle plus the whole number of turns that brings it nearest to `reference`.
fn unwrapped(angle: f64, reference: f64) -> f64 {
    angle - TAU * ((angle - reference) / TAU).round()
}

/// The errors of the gradients of some bands, against both references.
#[derive(Default)]
pub struct Comparison {
    /// Errors, by the kind of output.
    oracle: [Worst; 5],
    differences: [Worst; 5],
    count: usize,
}

impl Comparison {
    pub fn of(bands: &[Band<f64>]) -> Self {
        let mut comparison = Self::default();
        for band in bands {
            comparison.add(band);
        }
        comparison
    }

    fn add(&mut self, band: &Band<f64>) {
        let frequencies = frequencies(band);
        assert!(frequencies.len() >= 2, "{frequencies:?} for {band:?}");
        let found = outputs(&seeded::<f64, 4>(band), &frequencies);
        for (index, &(parameter, value)) in band.params().iter().enumerate() {
            let size = size(band, parameter, value);
            let oracle = outputs(&for_the_oracle(band, index), &frequencies);
            let moved = |value: f64| {
                let moved = outputs(&with_parameter(band, index, value), &frequencies);
                let smooth = |((kind, y), (_, base)): ((Kind, f64), &(Kind, Number))| match kind {
                    Kind::Phase => unwrapped(y, base.value()),
                    _ => y,
                };
                moved.into_iter().zip(&found).map(smooth).collect()
            };
            let differences = differences(moved, value, 0.05 * size);
            for (number, (kind, output)) in found.iter().enumerate() {
                let tangent = output.tangent()[index];
                let scale = tangent.abs() + (output.value().abs() + kind.unit()) / size;
                let at = |reference: f64| {
                    let value = output.value();
                    move || {
                        format!(
                            "{parameter} {number} {value:e} {tangent:e} not {reference:e} {band:?}"
                        )
                    }
                };
                let expected = oracle[number].1.dual();
                self.oracle[*kind as usize].see((tangent - expected).abs() / scale, at(expected));
                let expected = differences[number];
                let error = (tangent - expected).abs() / scale;
                self.differences[*kind as usize].see(error, at(expected));
                self.count += 1;
            }
        }
    }

    /// Tolerances in the order of [`Kind::ALL`].
    #[track_caller]
    pub fn assert_at_most(&self, oracle: PerKind, differences: PerKind) {
        println!("{} derivatives", self.count);
        for (worst, most, reference) in
            [(&self.oracle, oracle, "dual_num"), (&self.differences, differences, "differences")]
        {
            for ((kind, worst), most) in Kind::ALL.iter().zip(worst).zip(most) {
                worst.assert_at_most(most, &format!("{kind:?} against {reference}"));
            }
        }
    }
}
