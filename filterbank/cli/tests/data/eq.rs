filterbank::filterbank! {
    /// A fitted EQ. A gain of -6.0 dB before it keeps full scale.
    pub struct Eq: cascade(sample_rate = 44100.0) {
        peak1: peak(center = 500, q = 1, gain_db = 6),
        peak2: peak(center = 3000, q = 1.999, gain_db = -4),
    }
}
