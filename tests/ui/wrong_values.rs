//! Values out of range, in a struct that is used in every way.

use filterbank::filterbank;

filterbank! {
    pub struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 4), cutoff = -80.0),
        mud: peak(center = tune(250.0 in 500.0..=120.0), q = 0.0, gain_db = tune(-2.5)),
        air: high_shelf(cutoff = 30_000.0, q =, gain_db = tune()),
        alias: lowpass(elliptic(order = 5, ripple_db = 1, stop_db = 0.1), cutoff = 20kHz),
    }
}

static EQ: VocalEq = VocalEq::new();
static SINGLE: VocalEq<f32> = VocalEq::new_f32();

fn main() -> Result<(), filterbank::DesignError> {
    let mut state: VocalEqState = EQ.state();
    let y: f64 = EQ.tick(&mut state, 1.0);
    EQ.process(&mut state, &mut [y; VocalEq::SECTIONS]);
    println!(
        "{} {} {}",
        EQ.mud().magnitude_db(250.0),
        EQ.air().is_stable(),
        EQ.alias().is_stable()
    );
    println!("{:?} {:?} {}", VocalEq::PARAM_NAMES, VocalEq::BOUNDS, SINGLE.rumble().is_stable());
    let moved = VocalEq::from_params(&VocalEq::PARAMS)?;
    println!("{}", moved == EQ);
    Ok(())
}
