//! What filters should give: their recursion with twice the digits of `f64`, and the noise of the
//! plain loop.

use core::slice;
use std::vec;
use std::vec::Vec;

use super::runs::{Plain, at_rest, tick};
use super::wide::Wide;
use crate::section::{Section, SectionState};

/// The recursion of sections in series.
struct Exact {
    sections: Vec<[f64; 5]>,
    states: Vec<[Wide; 2]>,
}

impl Exact {
    /// At rest.
    fn new<T: Plain>(sections: &[Section<T>]) -> Self {
        let sections: Vec<_> = sections.iter().map(|s| s.coefficients().map(T::primal)).collect();
        Self { states: vec![[Wide::default(); 2]; sections.len()], sections }
    }

    fn tick(&mut self, x: f64) -> Wide {
        let mut x = Wide::of(x);
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.sections.iter().zip(&mut self.states) {
            let y = x.times(*b0).plus(*s1);
            *s1 = x.times(*b1).plus(*s2).plus(y.times(-a1));
            *s2 = x.times(*b2).plus(y.times(-a2));
            x = y;
        }
        x
    }

    /// The errors of each state, put together.
    fn state_errors<T: Plain>(&self, found: &[SectionState<T>]) -> impl Iterator<Item = f64> {
        self.states.iter().zip(found).map(|([s1, s2], found)| {
            s1.error_of(found.s1.primal()).hypot(s2.error_of(found.s2.primal()))
        })
    }
}

/// The root of the mean of squares.
pub fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for value in values {
        sum += value * value;
        count += 1.0;
    }
    (sum / count.max(1.0)).sqrt()
}

/// What a filter at rest should make of a signal, and how far the plain loop is from it.
pub struct Standard {
    pub output: Vec<Wide>,
    end: Exact,
    /// The root-mean-square error of samples one by one.
    pub noise: f64,
    /// Of each state, over all times.
    state_noise: Vec<f64>,
}

impl Standard {
    pub fn new<T: Plain>(sections: &[Section<T>], input: &[T]) -> Self {
        let (mut end, mut states) = (Exact::new(sections), at_rest(sections));
        let (mut output, mut block) = (Vec::new(), input.to_vec());
        let mut squares = vec![0.0; sections.len()];
        for x in &mut block {
            output.push(end.tick(x.primal()));
            tick(sections, &mut states, slice::from_mut(x));
            for (sum, error) in squares.iter_mut().zip(end.state_errors(&states)) {
                *sum += error * error;
            }
        }
        let root = |sum: f64| (sum / input.len() as f64).sqrt();
        let state_noise = squares.into_iter().map(root).collect();
        let mut standard = Self { output, end, noise: 0.0, state_noise };
        standard.noise = standard.error_of(&block);
        standard
    }

    /// The root-mean-square error of an output, or of its front.
    pub fn error_of<T: Plain>(&self, found: &[T]) -> f64 {
        let pairs = self.output.iter().zip(found);
        root_mean_square(pairs.map(|(exact, y)| exact.error_of(y.primal())))
    }

    /// Asserts that an output is that of the filter. Some hundred samples have a large part of
    /// chance, for which twice the noise is doubled.
    #[track_caller]
    pub fn assert_output<T: Plain>(&self, found: &[T], what: &str) {
        let (error, noise) = (self.error_of(found), self.noise);
        assert!(error <= 4.0 * noise, "{what}: an error of {error:e}, by samples {noise:e}");
    }

    /// Asserts that an output and the states that it left are those of the filter: with four
    /// deviations of twice the noise for a state, which is a single error.
    #[track_caller]
    pub fn assert_met<T: Plain>(&self, found: &[T], states: &[SectionState<T>], what: &str) {
        assert_eq!(found.len(), self.output.len());
        self.assert_output(found, what);
        assert_eq!(states.len(), self.state_noise.len());
        for (error, noise) in self.end.state_errors(states).zip(&self.state_noise) {
            assert!(error <= 8.0 * noise, "{what}: a state off by {error:e}, by samples {noise:e}");
        }
    }
}
