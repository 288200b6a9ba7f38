//! Filters and signals to try.

use std::vec::Vec;

use super::SAMPLE_RATE;
use super::runs::Plain;
use crate::section::Section;
use crate::spec::{Band, Method};

/// Numbers between −1 and 1, by `SplitMix64`.
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn number(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// One of the numbers of a range.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end as u64).unwrap_or(0)
    }

    pub fn noise<T: Plain>(&mut self, length: usize) -> Vec<T> {
        (0..length).map(|_| T::from_f64(self.number())).collect()
    }
}

pub fn cast<T: Plain>(sections: &[Section<f64>]) -> Vec<Section<T>> {
    sections.iter().map(Section::cast).collect()
}

pub fn designed(band: Band<f64>) -> Vec<Section<f64>> {
    band.sections(SAMPLE_RATE).expect("a band that can be designed").to_vec()
}

/// As many sections as asked for, of ordinary kinds.
pub fn ordinary<T: Plain>(count: usize, random: &mut Random) -> Vec<Section<T>> {
    let mut sections = Vec::new();
    while sections.len() < count {
        let frequency = 300.0 * (3.5 * (1.0 + random.number()) / 2.0).exp();
        let q = (1.5 * random.number()).exp();
        let band = match random.below(5) {
            0 => Band::resonant_lowpass(2.0 * frequency, q),
            1 => Band::resonant_highpass(frequency, q),
            2 => Band::lowpass(Method::Butterworth { order: 1 }, frequency),
            _ => Band::peak(frequency, q, 6.0 * random.number()),
        };
        sections.extend(designed(band));
    }
    cast(&sections)
}

/// Filters of different depths, for banks and channels.
pub fn uneven<T: Plain>(count: usize) -> Vec<Vec<Section<T>>> {
    let mut random = Random(7);
    let depths = [5, 0, 1, 8, 2].into_iter().cycle().take(count);
    depths.map(|depth| ordinary(depth, &mut random)).collect()
}

/// Numbers that are not finite.
pub fn bad<T: Plain>() -> [T; 3] {
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(T::from_f64)
}
