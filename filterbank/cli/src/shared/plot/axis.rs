//! Axes: quantity, range and ticks.

/// Spacing of values and ticks along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    /// Linear, with ticks at fractions and multiples of 90.
    Degrees,
    /// Logarithmic, in Hz.
    Frequency,
}

/// An axis: a quantity and its range.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub(super) title: &'static str,
    scale: Scale,
    pub(super) low: f64,
    high: f64,
}

impl Axis {
    /// Linear; `title` names the quantity and its unit.
    pub fn linear(title: &'static str, low: f64, high: f64) -> Self {
        Self::new(title, Scale::Linear, low, high)
    }

    /// Linear, in degrees.
    pub fn degrees(title: &'static str, low: f64, high: f64) -> Self {
        Self::new(title, Scale::Degrees, low, high)
    }

    /// Logarithmic, in Hz, both ends above 0.
    pub fn frequency(low: f64, high: f64) -> Self {
        Self::new("frequency (Hz)", Scale::Frequency, low, high)
    }

    fn new(title: &'static str, scale: Scale, low: f64, high: f64) -> Self {
        // The range must not be empty.
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        Self { title, scale, low, high }
    }

    /// Position of a value: 0 at the low end, 1 at the high end.
    pub(super) fn position(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Frequency => (value / self.low).ln() / (self.high / self.low).ln(),
            Scale::Linear | Scale::Degrees => (value - self.low) / (self.high - self.low),
        }
    }

    /// Values with a grid line, with or without a label. `room` is the number of labels for which
    /// there is space.
    pub(super) fn ticks(&self, room: f64) -> Vec<(f64, Option<String>)> {
        let &Self { low, high, scale, .. } = self;
        let degrees = [5.0, 10.0, 15.0, 30.0, 45.0];
        let step = ((high - low) / room).max(f64::MIN_POSITIVE);
        match scale {
            Scale::Linear => even_ticks(low, high, nice_step(step), false),
            Scale::Degrees => {
                let fine = degrees.into_iter().find(|candidate| *candidate >= step);
                let coarse = || 90.0 * nice_step((step / 90.0).max(1.0));
                even_ticks(low, high, fine.unwrap_or_else(coarse), false)
            }
            // Linear steps are dense at the high end.
            Scale::Frequency if high < 12.0 * low => {
                even_ticks(low, high, nice_step(1.5 * step), low >= 1000.0)
            }
            Scale::Frequency => frequency_ticks(low, high, room),
        }
    }
}

/// The smallest of 1, 2, 5, 10, 20, … and their fractions that is at least `step`.
fn nice_step(step: f64) -> f64 {
    let decade = 10_f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * decade >= step * 0.999_999);
    factor.unwrap_or(10.0) * decade
}

fn even_ticks(low: f64, high: f64, step: f64, kilo: bool) -> Vec<(f64, Option<String>)> {
    let unit = if kilo { 1000.0 } else { 1.0 };
    let decimals = decimals(step / unit);
    let first = (low / step - 1e-9).ceil();
    let count = (high / step - first + 1e-9).floor().max(0.0);
    (0..=300)
        .map(f64::from)
        .take_while(|index| *index <= count)
        .map(|index| {
            let value = (first + index) * step;
            let mut label = format!("{:.decimals$}", value / unit).replace('-', "−");
            if kilo {
                label.push('k');
            }
            (value, Some(label))
        })
        .collect()
}

/// Decimals that multiples of a nice step need.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 12")]
fn decimals(step: f64) -> usize {
    (-(step * 1.000_001).log10().floor()).clamp(0.0, 12.0) as usize
}

fn frequency_ticks(low: f64, high: f64, room: f64) -> Vec<(f64, Option<String>)> {
    let decades = (high / low).log10();
    let labelled: &[i32] = if 3.0 * decades <= room { &[1, 2, 5] } else { &[1] };
    let first = 10_f64.powf(low.log10().floor());
    let digits = (0..20).flat_map(|decade| {
        let unit = first * 10_f64.powi(decade);
        (1..10).map(move |digit| (digit, unit * f64::from(digit)))
    });
    digits
        .filter(|(_, value)| (low * 0.999_999..=high * 1.000_001).contains(value))
        .map(|(digit, value)| (value, labelled.contains(&digit).then(|| hertz(value))))
        .collect()
}

/// A short form of a frequency: `50`, `2k`, `1.5M`.
fn hertz(value: f64) -> String {
    let (unit, suffix) = match value.abs() {
        1e6.. => (1e6, "M"),
        1e3.. => (1e3, "k"),
        _ => (1.0, ""),
    };
    let text = format!("{:.*}", decimals(value / unit / 1e4), value / unit);
    let short =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::{Axis, hertz, nice_step};

    fn labels(axis: Axis, room: f64) -> Vec<String> {
        axis.ticks(room).into_iter().filter_map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let decibels = Axis::linear("level (dB)", -13.0, 7.0);
        assert_eq!(labels(decibels, 5.0), ["−10", "−5", "0", "5"]);
        let degrees = Axis::degrees("phase (degrees)", -200.0, 10.0);
        assert_eq!(labels(degrees, 3.0), ["−180", "−90", "0"]);
        let frequency = Axis::frequency(20.0, 20_000.0);
        let expected = ["20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "20k"];
        assert_eq!(labels(frequency, 10.0), expected);
        assert_eq!(labels(frequency, 5.0), ["100", "1k", "10k"]);
    }

    #[test]
    fn steps_and_frequencies_are_short() {
        assert_eq!([0.03, 0.5, 1.2, 6.0].map(nice_step), [0.05, 0.5, 2.0, 10.0]);
        assert_eq!([50.0, 1_500.0, 2e6].map(hertz), ["50", "1.5k", "2M"]);
    }

    #[test]
    fn an_axis_is_never_empty() {
        for (low, high) in [(3.0, 3.0), (0.0, 0.0), (5.0, 4.0)] {
            let axis = Axis::linear("", low, high);
            assert!(axis.position(low) == 0.0 && axis.position(low + 0.1).is_finite());
        }
    }
}
