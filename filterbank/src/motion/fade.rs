//! A weight that goes from one value to another on a straight line.

/// The weight of a crossfade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fade {
    from: f64,
    to: f64,
    position: usize,
    length: usize,
}

impl Fade {
    /// At rest.
    pub(super) fn at(value: f64) -> Self {
        Self { from: value, to: value, position: 0, length: 0 }
    }

    /// Goes to another value, in a number of samples.
    pub(super) fn go_to(&mut self, to: f64, length: usize) {
        if to != self.to {
            *self = Self { from: self.value_after(0), to, position: 0, length };
        }
    }

    pub(super) fn value_after(&self, samples: usize) -> f64 {
        let position = self.position + samples;
        if position >= self.length {
            return self.to;
        }
        self.from + (self.to - self.from) * (position as f64 / self.length as f64)
    }

    pub(super) fn is_moving(&self) -> bool {
        self.position < self.length
    }

    /// Whether the weight is 0 and stays so.
    pub(super) fn is_off(&self) -> bool {
        self.to == 0.0 && !self.is_moving()
    }

    pub(super) fn finish(&mut self) {
        self.position = self.length;
    }

    pub(super) fn advance(&mut self, samples: usize) {
        self.position = self.length.min(self.position + samples);
    }
}
