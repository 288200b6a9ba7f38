//! No table has a subnormal entry, however fast a filter decays.

use std::vec::Vec;

use arrayvec::ArrayVec;
use fearless_simd::{Simd, SimdBase, dispatch};

use super::levels;
use super::runs::Plain;
use super::signals::{cast, designed};
use crate::kernel::GROUP;
use crate::kernel::block_form::{BlockForm, block_forms};
use crate::section::Section;
use crate::spec::{Band, Method};

fn fast() -> Vec<Band<f64>> {
    let elliptic = Method::Elliptic { order: 5, ripple_db: 0.5, stop_db: 60.0 };
    [1e-3, 100.0, 1_000.0, 8_000.0, 12_000.0, 16_000.0, 20_000.0, 23_990.0]
        .into_iter()
        .flat_map(|frequency| {
            let bells = [0.01, 0.5, 1.0, 5.0].map(|q| Band::peak(frequency, q, 6.0));
            let edges = [Band::lowpass(elliptic, frequency), Band::highpass(elliptic, frequency)];
            bells.into_iter().chain(edges)
        })
        .collect()
}

#[inline(always)]
fn entries<S: Simd, T: Plain>(simd: S, section: &Section<T>) -> Vec<T> {
    let mut forms = ArrayVec::<BlockForm<S, T>, GROUP>::new();
    block_forms(simd, core::slice::from_ref(section), &mut forms);
    let form = &forms[0];
    let mut entries: Vec<T> = Vec::new();
    entries.extend(form.impulse_response);
    entries.extend(form.response_to_output);
    entries.extend(form.response_to_difference);
    entries.extend(form.transition_powers.iter().flatten());
    for lanes in form.lane_transitions {
        entries.extend(lanes.as_slice());
    }
    entries
}

#[test]
fn tables_have_no_subnormal_entries() {
    fn check<T: Plain>(smallest_normal: f64) {
        for band in fast() {
            for section in cast::<T>(&designed(band)) {
                for (name, level) in levels() {
                    for entry in dispatch!(level, simd => entries(simd, &section)) {
                        let size = entry.primal().abs();
                        // With room for the product with a sample.
                        let normal = size == 0.0 || size >= 1e8 * smallest_normal;
                        assert!(normal, "{size:e} for {band:?} on {name}");
                    }
                }
            }
        }
    }
    check::<f32>(f32::MIN_POSITIVE.into());
    check::<f64>(f64::MIN_POSITIVE);
}
