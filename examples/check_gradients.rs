//! Checks the derivatives of an objective function against finite differences: one line, for the
//! tests of every differentiable function.
//!
//! ```text
//! cargo run --release --example check_gradients
//! ```

use filterbank::run::Sample;
use filterbank::{Band, DesignError, Method, gradcheck};

const NAMES: [&str; 3] = ["cutoff", "ripple_db", "gain_db"];
const START: [f64; 3] = [1_000.0, 0.5, -6.0];

fn main() -> Result<(), DesignError> {
    let report = gradcheck(&START, loudness)?.named(&NAMES);
    print!("{report}");
    assert!(report.passed());

    // The check finds a lost derivative.
    let report = gradcheck(&START, careless)?.named(&NAMES);
    print!("\n{report}");
    assert!(!report.passed());
    Ok(())
}

/// The energy of an impulse after a filter, in dB.
fn loudness<S: Sample>([cutoff, ripple_db, gain_db]: &[S; 3]) -> Result<S, DesignError> {
    let method = Method::Chebyshev1 { order: 3, ripple_db: *ripple_db };
    let filter = Band::lowpass(method, *cutoff).design(48_000.0)?;
    let energy: S = filter.impulse_response(2_000).into_iter().map(|y| y * y).sum();
    Ok(energy.ln().scale(10.0 / std::f64::consts::LN_10) + *gain_db)
}

/// The same, with a mistake: `primal` drops the derivatives of the gain.
fn careless<S: Sample>(params: &[S; 3]) -> Result<S, DesignError> {
    let [cutoff, ripple_db, gain_db] = *params;
    loudness(&[cutoff, ripple_db, S::from_f64(gain_db.primal())])
}
