//! Counts of comparisons, with the largest errors.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prop_assert;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::common::worst::larger;

pub type Outcome = Result<(), TestCaseError>;

/// The largest effect of rounding, in dB, for which its linear estimate is trusted; beyond it
/// comparisons are skipped.
pub const UNSURE_DB: f64 = 1e-3;

/// The comparisons of one test.
#[derive(Default)]
pub struct Tally(RefCell<BTreeMap<&'static str, Comparisons>>);

/// Comparisons of one kind.
#[derive(Default)]
struct Comparisons {
    made: u32,
    skipped: u32,
    /// The largest error, as a fraction of what is allowed.
    worst: f64,
}

impl Tally {
    /// Compares: `found` may differ from `expected` by `allowed`.
    pub fn near(&self, what: &'static str, found: f64, expected: f64, allowed: f64) -> Outcome {
        let error = (found - expected).abs();
        prop_assert!(error <= allowed, "{what}: {found} is not {expected} ± {allowed:.1e}");
        self.count(what, |comparisons| {
            comparisons.made += 1;
            if error > 0.0 {
                comparisons.worst = larger(comparisons.worst, error / allowed);
            }
        });
        Ok(())
    }

    /// Compares: `found` may exceed `limit` by `allowed`.
    pub fn at_most(&self, what: &'static str, found: f64, limit: f64, allowed: f64) -> Outcome {
        if found > limit || found.is_nan() {
            return self.near(what, found, limit, allowed);
        }
        self.count(what, |comparisons| comparisons.made += 1);
        Ok(())
    }

    /// [`near`](Self::near) for levels in dB, where `allowed` can be trusted.
    pub fn level_near(
        &self,
        what: &'static str,
        found: f64,
        expected: f64,
        allowed: f64,
    ) -> Outcome {
        if allowed < UNSURE_DB {
            self.near(what, found, expected, allowed)
        } else {
            self.skip(what)
        }
    }

    /// [`at_most`](Self::at_most) for levels in dB, where `allowed` can be trusted.
    pub fn level_at_most(
        &self,
        what: &'static str,
        found: f64,
        limit: f64,
        allowed: f64,
    ) -> Outcome {
        if allowed < UNSURE_DB {
            self.at_most(what, found, limit, allowed)
        } else {
            self.skip(what)
        }
    }

    /// Counts a skipped comparison.
    #[expect(clippy::unnecessary_wraps, reason = "it stands in for comparisons")]
    pub fn skip(&self, what: &'static str) -> Outcome {
        self.count(what, |comparisons| comparisons.skipped += 1);
        Ok(())
    }

    fn count(&self, what: &'static str, change: impl FnOnce(&mut Comparisons)) {
        change(self.0.borrow_mut().entry(what).or_default());
    }

    /// Prints all counts, and asserts that at most this share of the comparisons of each kind was
    /// skipped.
    #[track_caller]
    fn assert_skipped(self, most: f64) {
        for (what, Comparisons { made, skipped, worst }) in self.0.into_inner() {
            let share = f64::from(skipped) / f64::from(made + skipped);
            println!(
                "{what}: at worst {worst:.3} of the tolerance, {made} compared, {share:.4} skipped"
            );
            assert!(share <= most, "{what}: {skipped} comparisons skipped, {made} made");
        }
    }
}

/// Checks `property` for random values; no comparison may be skipped.
#[track_caller]
pub fn for_all<S: Strategy>(
    cases: u32,
    strategy: &S,
    property: impl Fn(&Tally, S::Value) -> Outcome,
) {
    tallied(cases, strategy, property).assert_skipped(0.0);
}

/// [`for_all`], but up to a share of the comparisons may be skipped.
#[track_caller]
pub fn for_most<S: Strategy>(
    cases: u32,
    skipped: f64,
    strategy: &S,
    property: impl Fn(&Tally, S::Value) -> Outcome,
) {
    tallied(cases, strategy, property).assert_skipped(skipped);
}

/// The seed is fixed. For a longer search set `PROPTEST_RNG_SEED` and `PROPTEST_CASES` (256 is the
/// usual number).
#[track_caller]
fn tallied<S: Strategy>(
    cases: u32,
    strategy: &S,
    property: impl Fn(&Tally, S::Value) -> Outcome,
) -> Tally {
    let config = Config::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    let cases = cases * config.cases / 256;
    let max_global_rejects = 10 * cases;
    let config =
        Config { rng_seed, cases, max_global_rejects, failure_persistence: None, ..config };
    let tally = Tally::default();
    if let Err(error) = TestRunner::new(config).run(strategy, |value| property(&tally, value)) {
        panic!("{error}");
    }
    tally
}
