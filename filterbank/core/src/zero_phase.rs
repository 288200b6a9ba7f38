//! Filtering forwards and backwards: no phase, and twice the level in dB.
//!
//! Source: F. Gustafsson, *Determining the initial states in forward-backward filtering*, IEEE
//! Transactions on Signal Processing 44 (1996), on why the ends matter; padding and the steady state
//! of the first sample are those of `scipy.signal.sosfiltfilt`.

use alloc::vec;
use alloc::vec::Vec;

use crate::cascade::Cascade;
use crate::number::Scalar;
use crate::run::{Sample, SectionStore, ShapeError};
use crate::section::Section;

/// How a signal goes on beyond its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// Turned around its last point: value and slope go on.
    #[default]
    Odd,
    /// Mirrored: the value goes on.
    Even,
    /// The last value.
    Constant,
}

impl Padding {
    /// The signal with `length` samples more on each side, fewer than it has.
    fn extend<S: Scalar>(self, signal: &[S], length: usize) -> Vec<S> {
        let (Some(&first), Some(&last)) = (signal.first(), signal.last()) else {
            return Vec::new();
        };
        let beyond = move |end: S, inside: S| match self {
            Self::Odd => end.scale(2.0) - inside,
            Self::Even => inside,
            Self::Constant => end,
        };
        let before = signal[1..=length].iter().rev().map(|x| beyond(first, *x));
        let after = signal[signal.len() - 1 - length..signal.len() - 1].iter().rev();
        before.chain(signal.iter().copied()).chain(after.map(|x| beyond(last, *x))).collect()
    }
}

impl<S: Scalar, A: AsRef<[Section<S>]>> Cascade<S, A> {
    /// The usual length of the padding for [`zero_phase`](Cascade::zero_phase): three times the
    /// number of coefficients of the transfer function, as scipy has it.
    pub fn padding_length(&self) -> usize {
        let count = |is_first_order: fn(&Section<S>) -> bool| {
            self.sections().iter().filter(|section| is_first_order(section)).count()
        };
        let zeros = count(|section| section.b2.primal() == 0.0);
        let poles = count(|section| section.a2.primal() == 0.0);
        3 * (2 * self.sections().len() + 1 - zeros.min(poles))
    }
}

impl<S: Sample, A: SectionStore<S>> Cascade<S, A> {
    /// Filters a whole signal forwards, then backwards: the phase is 0, and the level in dB twice
    /// that of the cascade. `length` samples of padding on each side, and the
    /// [steady state](Cascade::steady_state) of the outermost sample as the start of each direction,
    /// keep the ends quiet. [`padding_length`](Cascade::padding_length) is the usual length.
    ///
    /// The derivatives by coefficients and input are exact on dual numbers. If any sample is not
    /// finite, all outputs are NaN, because each depends on all
    /// inputs; so they are if a section has a pole at z = 1.
    ///
    /// # Errors
    ///
    /// If the signal is not longer than the padding.
    ///
    /// ```
    /// use filterbank_core::{Band, Method, Padding};
    ///
    /// let lowpass = Band::lowpass(Method::Butterworth { order: 4 }, 12_000.0).design(48_000.0)?;
    /// // A straight line passes, from end to end.
    /// let line: Vec<f64> = (0..100).map(f64::from).collect();
    /// let smooth = lowpass.zero_phase(&line, Padding::Odd, 50)?;
    /// assert!(line.iter().zip(&smooth).all(|(x, y)| (x - y).abs() < 1e-6));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "sosfiltfilt")]
    #[doc(alias = "filtfilt")]
    pub fn zero_phase(
        &self,
        signal: &[S],
        padding: Padding,
        length: usize,
    ) -> Result<Vec<S>, ShapeError> {
        if signal.is_empty() && length == 0 {
            return Ok(Vec::new());
        }
        ShapeError::check_above("signal", length, signal.len())?;
        let finite = |samples: &[S]| samples.iter().all(|x| x.is_finite());
        let mut padded = padding.extend(signal, length);
        for _ in 0..2 {
            let mut state = self.steady_state(padded.first().copied().unwrap_or_else(S::zero));
            let starts = state.sections().iter().all(|s| s.s1.is_finite() && s.s2.is_finite());
            let enters = finite(&padded);
            self.process(&mut state, &mut padded);
            // A running filter recovers; here a bad sample would have gone on to both ends.
            if !(starts && enters && finite(&padded)) {
                return Ok(vec![S::from_f64(f64::NAN); signal.len()]);
            }
            padded.reverse();
        }
        Ok(padded[length..padded.len() - length].to_vec())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::{Band, Dual, Method};

    fn lowpass() -> Cascade<f64> {
        Band::lowpass(Method::Butterworth { order: 3 }, 6_000.0).design(48_000.0).expect("a design")
    }

    #[test]
    fn the_middle_of_an_impulse_is_the_autocorrelation_of_the_impulse_response() {
        let filter = lowpass();
        let mut impulse = [0.0; 401];
        impulse[200] = 1.0;
        let found = filter.zero_phase(&impulse, Padding::Odd, 30).expect("a signal");
        let mut response = [0.0; 200];
        response[0] = 1.0;
        filter.process(&mut filter.state(), &mut response);
        for lag in 0..100 {
            let wanted: f64 = response.iter().zip(&response[lag..]).map(|(a, b)| a * b).sum();
            assert!((found[200 + lag] - wanted).abs() < 1e-14);
            assert!((found[200 - lag] - wanted).abs() < 1e-14);
        }
    }

    #[test]
    fn a_constant_passes_with_every_padding_and_none() {
        for padding in [Padding::Odd, Padding::Even, Padding::Constant] {
            for length in [0, 1, 9] {
                let found = lowpass().zero_phase(&[2.5; 10], padding, length).expect("a signal");
                assert!(found.iter().all(|y| (y - 2.5).abs() < 1e-13), "{padding:?} {length}");
            }
        }
    }

    #[test]
    fn signals_that_are_not_longer_than_the_padding_are_refused() {
        let error = lowpass().zero_phase(&[1.0; 10], Padding::Odd, 10).expect_err("too short");
        let wanted = "`signal` has length 10, but must be longer than 10";
        assert_eq!(std::string::ToString::to_string(&error), wanted);
        assert_eq!(lowpass().zero_phase(&[], Padding::Odd, 0), Ok(Vec::new()));
    }

    #[test]
    fn what_is_not_finite_reaches_every_output() {
        for bad in [f64::NAN, f64::INFINITY] {
            let mut signal = [1.0; 500];
            signal[400] = bad;
            let found = lowpass().zero_phase(&signal, Padding::Even, 12).expect("a signal");
            assert!(found.iter().all(|y| y.is_nan()));
        }
        let integrator = Section::from_coefficients([1.0, 0.0, 0.0, -1.0, 0.0]);
        let integrator: Cascade<f64> = Cascade::from_sections([integrator], 1.0).expect("a rate");
        let found = integrator.zero_phase(&[1.0; 20], Padding::Odd, 3).expect("a signal");
        assert!(found.iter().all(|y| y.is_nan()));
    }

    #[test]
    fn tangents_are_those_of_the_coefficients() {
        let at = |cutoff: f64| {
            let band = Band::lowpass(Method::Butterworth { order: 3 }, cutoff);
            let signal: Vec<f64> = (0..80).map(|n| f64::from(n * n % 7) - 3.0).collect();
            let filter: Cascade<f64> = band.design(48_000.0).expect("a design");
            filter.zero_phase(&signal, Padding::Odd, 12).expect("a signal")
        };
        let cutoff = Dual::<f64, 1>::variable(6_000.0, 0);
        let band = Band::lowpass(Method::Butterworth { order: 3 }, cutoff);
        let signal: Vec<Dual<f64, 1>> =
            (0..80).map(|n| Dual::from(f64::from(n * n % 7) - 3.0)).collect();
        let filter = band.design(48_000.0).expect("a design");
        let found = filter.zero_phase(&signal, Padding::Odd, 12).expect("a signal");
        for ((y, high), low) in found.iter().zip(at(6_001.0)).zip(at(5_999.0)) {
            assert!((y.tangent()[0] - (high - low) / 2.0).abs() < 1e-9);
        }
    }
}
