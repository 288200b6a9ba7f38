filterbank::filterbank! {
    /// A fitted EQ. A gain of -4.1 dB before it keeps full scale.
    pub struct Eq: cascade(sample_rate = 44100.0) {
        peak1: peak(center = 23.6, q = 0.237, gain_db = 3.98),
        peak2: peak(center = 2928.7, q = 0.463, gain_db = 4),
    }
}
