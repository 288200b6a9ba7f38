//! Calls that are refused: the error names the argument, and nothing changes.

use filterbank::layer::{FixedFilters, Layer, LayerError, Workspace};
use filterbank::{Adjoint, Section, TunableCascade, Tune};

use crate::batch::{Batch, RATE, shape};

#[track_caller]
fn sentence<T>(result: Result<T, LayerError>) -> String {
    result.err().expect("refused").to_string()
}

#[test]
fn wrong_lengths_are_refused_by_name() {
    type Change = fn(&mut Batch);
    let changes: [(&str, Change); 4] = [
        ("`input` has length 59, but must have length 60: [batch, channels, time]", |batch| {
            batch.input.pop();
        }),
        (
            "`slope` has length 181, but must have length 180: [batch, channels, bands, time]",
            |batch| batch.slope.push(0.0),
        ),
        (
            "`state_slope` has length 35, but must have length 36: [batch, channels, sections]",
            |batch| batch.state_slope.truncate(35),
        ),
        ("there are 2 filters for a batch of 3 items", |batch| batch.filters = 2),
    ];
    for (wanted, change) in changes {
        let mut batch = Batch::banks(shape(3, 2, 10), 2, 3, 1);
        batch.filters = 1;
        let count = batch.sections.len() / 2;
        let half = batch.sections[..count].to_vec();
        let both = std::mem::replace(&mut batch.sections, half);
        let fine = batch.forward::<f64>(&mut Workspace::new()).expect("valid");
        change(&mut batch);
        if batch.filters == 2 {
            batch.sections = both;
        }
        let found = sentence(batch.backward::<f64>(&fine.checkpoints, &mut Workspace::new()));
        assert!(found.starts_with(wanted), "{found}");
    }
    let mut batch = Batch::cascades(shape(2, 2, 10), 1, 3, 1);
    batch.states.pop();
    let found = sentence(batch.forward::<f64>(&mut Workspace::new()));
    assert_eq!(
        found,
        "`states` has length 11, but must have length 12: [batch, channels, sections]"
    );
    let found = sentence(batch.backward::<f64>(&[], &mut Workspace::new()));
    assert_eq!(
        found,
        "`checkpoints` has length 0, but must have length 12: [batch, channels, blocks, sections]"
    );
}

#[test]
fn sizes_that_overflow_are_refused() {
    let batch = Batch::cascades(shape(1, 1, 4), 1, 2, 1);
    let huge = Batch { shape: shape(1, usize::MAX / 2, 1 << 40), ..batch };
    assert!(sentence(huge.forward_as_is()).starts_with("`input` has length 4"));
}

impl Batch {
    /// The forward pass without checkpoints, which may be too many to allocate.
    fn forward_as_is(&self) -> Result<(), LayerError> {
        let forward = filterbank::layer::Forward {
            input: &self.input,
            output: &mut self.slope.clone(),
            states: &mut self.states.clone(),
            checkpoints: None,
        };
        self.fixed().forward(self.shape, forward, &mut Workspace::new())
    }
}

#[test]
fn sections_that_are_not_stable_are_refused_by_name() {
    let good = Section::<f64>::identity();
    for (bad, wanted) in [
        (Section { a2: 1.5, ..good }, "filter 1, section 1: `a2` = 1.5 must, with"),
        (Section { a1: -1.0, ..good }, "filter 1, section 1: `a1` = -1 must, with"),
        (Section { b1: f64::NAN, ..good }, "filter 1, section 1: `b1` = NaN must be finite"),
    ] {
        let sections = [good, good, good, bad];
        let found = sentence(FixedFilters::cascades(2, &sections).map(|_| ()));
        assert!(found.starts_with(wanted), "{found}");
    }
    let sections = [good; 4];
    for (filters, ends, wanted) in [
        (3, &[][..], "`sections` has length 4, but must have length 3: [filters, sections]"),
        (0, &[], "`sections` has length 4, but must have length 0: [filters, sections]"),
        (
            2,
            &[1],
            "`ends` must not fall from entry to entry, and the last entry must be the number of sections of a filter, 2",
        ),
        (2, &[3, 2], "`ends` must not fall"),
    ] {
        let found = sentence(FixedFilters::banks(filters, &sections, ends).map(|_| ()));
        assert!(found.starts_with(wanted), "{found}");
    }
}

fn one_peak() -> TunableCascade {
    let gain = Tune::within(0.0, -12.0..=12.0);
    let peak = filterbank::Band::peak(Tune::free(1_000.0), Tune::from(1.0), gain);
    TunableCascade::new([("peak", peak)], RATE).expect("designable")
}

#[test]
fn a_layer_refuses_and_keeps_what_it_has() {
    let found = sentence(Layer::new(one_peak(), &[1_000.0, 0.0, 1_000.0]).map(|_| ()));
    assert_eq!(found, "`params` has length 3, but must have length 2: [filters, params]");
    let found = sentence(Layer::new(one_peak(), &[1_000.0, 0.0, 30_000.0, 0.0]).map(|_| ()));
    assert!(found.starts_with("filter 1: band 0: `center` = 30000 Hz must lie"), "{found}");

    let params = [900.0, 3.0, 2_000.0, -3.0];
    let mut layer = Layer::new(one_peak(), &params).expect("designable");
    let input = [1.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let mut expected = [0.0; 8];
    layer.forward(shape(2, 1, 4), &input, &mut expected).expect("valid");
    let found = sentence(layer.retune(&[800.0, 3.0, 2_000.0, -13.0]));
    assert!(found.starts_with("filter 1: band 0: `gain_db` = -13 dB must lie between"), "{found}");
    assert_eq!(layer.params(), params);
    let mut output = [0.0; 8];
    layer.forward(shape(2, 1, 4), &input, &mut output).expect("valid");
    assert_eq!(output, expected);

    let found = sentence(layer.forward(shape(3, 1, 4), &[0.0; 12], &mut [0.0; 12]));
    assert!(found.starts_with("there are 2 filters for a batch of 3 items, but"), "{found}");
    let found = sentence(layer.forward_on(shape(2, 2, 2), &input, &mut output));
    assert_eq!(found, "`states` has length 2, but must have length 4: [batch, channels, sections]");
    // The refused calls have not touched what the last pass has left.
    layer.backward(&input, &[1.0; 8], &mut [0.0; 8], &mut [0.0; 4]).expect("a pass is left");
    let again = layer.backward(&input, &[1.0; 8], &mut [0.0; 8], &mut [0.0; 4]);
    assert_eq!(sentence(again), "there is no forward pass to take back");
}

#[test]
fn an_adjoint_refuses_by_name() {
    let peak = filterbank::Band::peak(1_000.0, 1.0, 6.0).design(RATE).expect("designable");
    let mut adjoint = Adjoint::of_cascade(&peak);
    let found = sentence(adjoint.backward(&[0.0; 4], &mut [0.0; 4], &mut [0.0; 5]));
    assert_eq!(found, "there is no forward pass to take back");
    let found = sentence(adjoint.forward(&[0.0; 4], &mut [0.0; 3]));
    assert_eq!(found, "`output` has length 3, but must have length 4: [outputs, time]");
    adjoint.forward(&[0.0; 4], &mut [0.0; 4]).expect("valid");
    let found = sentence(adjoint.backward(&[0.0; 5], &mut [0.0; 4], &mut [0.0; 5]));
    assert_eq!(found, "`slope` has length 5, but must have length 4: [outputs, time]");
    let found = sentence(adjoint.backward(&[0.0; 4], &mut [0.0; 3], &mut [0.0; 5]));
    assert_eq!(found, "`input_slope` has length 3, but must have length 4: [time]");
    let found = sentence(adjoint.backward(&[0.0; 4], &mut [0.0; 4], &mut [0.0; 4]));
    assert_eq!(found, "`gradient` has length 4, but must have length 5: [params]");
    adjoint.backward(&[0.0; 4], &mut [0.0; 4], &mut [0.0; 5]).expect("still there");
}
