//! Words and punctuation that are wrong, in a struct that is used.

filterbank::filterbank! {
    struct Crossover: bnak(samplerate = 48_000.0) {
        low: lowpas(butterworth(order = 4), cutoff = 300.0),
        mid: bandpass(buterworth(order = 4), low = 300.0 high = 3_000.0),
        high highpass(butterworth(ordr = 4), cutoff = 3_000.0)
        top: resonant_highpass(cutof = CUTOFF),
    }
}

const CUTOFF: f64 = 3_000.0;

fn main() {
    let bank = Crossover::new();
    let mut state = CrossoverState::default();
    println!("{:?}", bank.tick(&mut state, CUTOFF));
    println!("{}", bank.low().is_stable() && bank.mid().is_stable() && bank.high().is_stable());
    println!("{}", bank.top().is_stable());
}
