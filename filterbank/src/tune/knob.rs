//! Parameters as knobs: from 0 to 1 on the parameter's natural scale.

use filterbank_core::{Quantity, Scalar, Scale};

use crate::tune::tunable::Param;

impl Param<'_> {
    /// The lowest and the highest value of a knob: the bounds. Where a bound is missing, and where a
    /// [logarithmic](Quantity::scale) one is not above 0, the range ends where equalisers usually do:
    ///
    /// | quantity | range |
    /// |---|---|
    /// | frequency | 20 Hz to 20 kHz |
    /// | Q | 0.1 to 20 |
    /// | bandwidth | 0.1 to 4 octaves |
    /// | slope | 0.1 to 1 |
    /// | gain | −24 dB to 24 dB |
    /// | ripple, attenuation | 0.01 dB to 100 dB |
    /// | coefficient | −2 to 2 |
    /// | count | 0 to 24 |
    /// | anything else | 0 to 1 |
    ///
    /// It is extended where the [`value`](Param::value) lies outside. Where the other bound does, the
    /// range begins or ends there and is as wide as in the table.
    ///
    /// ```
    /// use filterbank::spec::Quantity;
    /// use filterbank::tune::{Param, UNBOUNDED};
    ///
    /// let mut cutoff =
    ///     Param { name: "top.cutoff", quantity: Quantity::Frequency, value: 8.0, bounds: UNBOUNDED };
    /// assert_eq!(cutoff.range(), (8.0, 20_000.0));
    /// cutoff.bounds = (5.0, 500.0);
    /// assert_eq!(cutoff.range(), (5.0, 500.0));
    /// ```
    pub fn range(&self) -> (f64, f64) {
        let scale = self.quantity.scale();
        let usable = |x: f64| x.is_finite() && (scale == Scale::Linear || x > 0.0);
        let (low, high) = self.bounds;
        let (lowest, highest) = usual_range(self.quantity);
        let value = Some(self.value).filter(|value| usable(*value));
        let (below, above) = (value.unwrap_or(lowest), value.unwrap_or(highest));
        // How far a range of usual width reaches from a bound.
        let (up, down) = match scale {
            Scale::Linear => (low + (highest - lowest), high - (highest - lowest)),
            Scale::Logarithmic => (low * (highest / lowest), high * (lowest / highest)),
        };
        match (usable(low), usable(high)) {
            (true, true) => (low, high),
            (true, false) => (low, if low < highest { highest } else { up }.max(above)),
            (false, true) => (if high > lowest { lowest } else { down }.min(below), high),
            (false, false) => (lowest.min(below), highest.max(above)),
        }
    }

    /// The position of a knob, from 0 to 1, at which the parameter has this value: on a logarithmic
    /// scale for frequencies and widths, on a linear scale for levels and all else, see
    /// [`Quantity::scale`]. Values outside the [`range`](Param::range) become its ends. NaN stays
    /// NaN.
    ///
    /// ```
    /// filterbank::filterbank! {
    ///     struct Eq: cascade(sample_rate = 48_000.0) {
    ///         body: peak(center = tune(200.0 in 20.0..=2_000.0), q = 1.0, gain_db = 3.0),
    ///     }
    /// }
    ///
    /// use filterbank::Tunable;
    ///
    /// let eq = Eq::new();
    /// let center = eq.params().nth(Eq::BODY_CENTER).ok_or("no parameter")?;
    /// assert!((center.to_unit(200.0) - 0.5).abs() < 1e-15);
    /// assert!((center.from_unit(0.5) - 200.0).abs() < 1e-12);
    /// assert_eq!((center.from_unit(0.0), center.from_unit(1.0)), (20.0, 2_000.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_unit(&self, value: f64) -> f64 {
        let (low, high) = self.range();
        if value.is_nan() {
            value
        } else if value <= low {
            0.0
        } else if value >= high {
            1.0
        } else {
            match self.quantity.scale() {
                Scale::Linear => (value - low) / (high - low),
                Scale::Logarithmic => (Scalar::ln(value) - Scalar::ln(low)) / log_span(low, high),
            }
        }
    }

    /// The value at a position of a knob: the inverse of [`to_unit`](Param::to_unit). 0 and 1 give
    /// the ends of the [`range`](Param::range) exactly, and so do positions beyond them. NaN stays
    /// NaN.
    #[allow(clippy::wrong_self_convention, reason = "the inverse of `to_unit`, of this parameter")]
    pub fn from_unit(&self, unit: f64) -> f64 {
        let (low, high) = self.range();
        if unit.is_nan() {
            unit
        } else if unit <= 0.0 {
            low
        } else if unit >= 1.0 {
            high
        } else {
            let value = match self.quantity.scale() {
                Scale::Linear => low * (1.0 - unit) + high * unit,
                Scale::Logarithmic => low * Scalar::exp(unit * log_span(low, high)),
            };
            value.max(low).min(high)
        }
    }
}

/// The length of a range on a logarithmic scale.
fn log_span(low: f64, high: f64) -> f64 {
    Scalar::ln(high) - Scalar::ln(low)
}

/// The range of a knob for a parameter without bounds.
const fn usual_range(quantity: Quantity) -> (f64, f64) {
    match quantity {
        Quantity::Frequency => (20.0, 20_000.0),
        Quantity::Q => (0.1, 20.0),
        Quantity::Bandwidth => (0.1, 4.0),
        Quantity::Slope => (0.1, 1.0),
        Quantity::Gain => (-24.0, 24.0),
        Quantity::Attenuation => (0.01, 100.0),
        Quantity::Coefficient => (-2.0, 2.0),
        Quantity::Count => (0.0, 24.0),
        _ => (0.0, 1.0),
    }
}
