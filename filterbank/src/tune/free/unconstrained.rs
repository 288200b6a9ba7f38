//! A filter as a function of free numbers.

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

use filterbank_core::{DesignError, Parameter, Quantity, Scalar};

use super::chain::Chain;
use super::error::UnconstrainedError;
use super::interval::{Interval, inverse_softplus};
use crate::tune::tunable::{Param, SingleOutput, Tunable, UNBOUNDED, wrong_count};

/// Parameters of one band that must rise.
const PAIRS: [[Parameter; 2]; 2] =
    [[Parameter::LOW, Parameter::HIGH], [Parameter::RIPPLE_DB, Parameter::STOP_DB]];

/// A filter as a function of free numbers, one for each parameter: any real numbers give parameters
/// within their bounds. So an optimiser, or a network, may move them as it likes.
///
/// It is a [`Tunable`] itself, whose parameters are the free numbers: the same names, without bounds
/// and units. Its derivatives are those by the free numbers. For gradients by the filter's own
/// parameters there is the chain rule, [`gradient`](Unconstrained::gradient).
///
/// With a free number `x` and the logistic function `σ(x) = 1/(1 + exp(−x))`, a parameter is
///
/// | parameter | bounds | value |
/// |---|---|---|
/// | frequency, Q, bandwidth, slope | `low` to `high` | `low (high/low)^σ(x)` |
/// | gain, ripple, attenuation; others with two bounds | `low` to `high` | `low + (high − low) σ(x)` |
/// | others | one | `low + softplus(x)` or `high − softplus(x)` |
/// | others | none | `x` |
///
/// Where a bound is missing in the first two rows, the [range](Param::range) of a knob takes its
/// place; where the value in the specification is at its end or beyond, it ends at half or twice the
/// value, gains 12 dB further out. A frequency whose bound is missing or at least the Nyquist
/// frequency ends at 0.49 of the sample rate.
///
/// The two edges of a band stay in order, as do ripple and attenuation of a method: if both are
/// parameters, `low` in the table is at least 1.001 times the parameter below it, for levels 0.1 dB
/// above. [`ordered`](Unconstrained::ordered) orders other parameters.
///
/// Two things remain errors of [`tuned`](Tunable::tuned), unless bounds exclude them. Parameters are
/// not kept in order with fixed values, nor a slope below the limit that its gain sets. And no
/// coefficients can [represent](crate::spec::Requirement::Representable) an extreme design, such as
/// an elliptic filter of high order whose attenuation is close to its ripple.
///
/// Derivatives are exact and positive while `|x|` is below about 700. From about 37 on (16 in `f32`)
/// the value rounds to its end. (The softplus of large numbers is `x` itself.) The derivative by a
/// parameter below jumps where that parameter reaches the bound `low` of the one above: from 0 to
/// `1 − σ(x)` on the scale of the quantity.
///
/// Sources: Stan Development Team, *Stan Reference Manual*, chapter "Constraint transforms": bounds
/// by log-odds, and stick-breaking. Their combination is derived here; all equations are in
/// [`formulas`](crate::formulas).
///
/// ```
/// use filterbank::fit::Adam;
/// use filterbank::tune::Unconstrained;
/// use filterbank::{Band, Method, Tunable, Tune, TunableCascade};
///
/// let method = Method::Butterworth { order: 2 };
/// let band = Band::bandpass(method, Tune::within(300.0, 100.0..=2_000.0), Tune::free(1_000.0));
/// let filter = Unconstrained::new(TunableCascade::new([("voice", band)], 16_000.0)?)?;
///
/// // The free numbers of the specification; the loss is the level at 800 Hz.
/// let mut free = filter.start();
/// let mut adam = Adam::new(0.5);
/// for _ in 0..200 {
///     let (level, gradient) =
///         filterbank::gradient(&free, |x| filter.tuned(x).map(|f| f.magnitude_db(800.0)))?;
///     assert!(level.is_finite());
///     adam.step(&mut free, &gradient)?;
/// }
/// let [low, high] = filter.to_params(&free)?[..] else { panic!("two edges") };
/// assert!(100.0 <= low && low < high && high <= 7_840.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Unconstrained<T> {
    filter: T,
    /// The parameters with two ends.
    chains: Vec<Chain>,
    /// The others.
    others: Vec<(usize, Interval)>,
    start: Vec<f64>,
}

impl<T: Tunable> Unconstrained<T> {
    /// A filter and its values as the start.
    ///
    /// # Errors
    ///
    /// If a value in the specification is not strictly between its bounds (at a bound, the derivative
    /// would vanish), or an edge is not above the one below it as in the table.
    pub fn new(filter: T) -> Result<Self, UnconstrainedError> {
        let (mut chains, mut others) = (Vec::new(), Vec::new());
        let params: Vec<Param<'_>> = filter.params().collect();
        for (index, param) in params.iter().enumerate() {
            match Interval::new(param, filter.sample_rate()) {
                Interval::Between(low, high) => {
                    chains.push(Chain::single(index, param.quantity, low, high));
                }
                interval => others.push((index, interval)),
            }
        }
        let pairs: Vec<usize> = (1..params.len())
            .filter(|&upper| must_rise(&params[upper - 1], &params[upper]))
            .collect();
        let mut all = Self { filter, chains, others, start: Vec::new() };
        for upper in pairs {
            all.link(&[upper - 1, upper])?;
        }
        all.checked()
    }

    /// The same with the named parameters in rising order, such as the edges of neighbouring bands.
    /// The two edges of a band, which are ordered already, may both be in the list, side by side.
    ///
    /// # Errors
    ///
    /// If a name is unknown, if parameters have no two ends or different quantities, if one is in
    /// another order already, if bounds exclude the order, or if the values in the specification
    /// are not in this order with ratios above 1.001 (for levels, differences above 0.1 dB).
    ///
    /// ```
    /// use filterbank::tune::Unconstrained;
    /// use filterbank::{Band, Method, Tune, TunableBank};
    ///
    /// let method = Method::Butterworth { order: 2 };
    /// let edges = [300.0, 1_000.0].map(Tune::free);
    /// let bank = TunableBank::new(
    ///     [
    ///         ("low", Band::lowpass(method, Tune::free(200.0))),
    ///         ("mid", Band::bandpass(method, edges[0], edges[1])),
    ///         ("high", Band::highpass(method, Tune::free(2_000.0))),
    ///     ],
    ///     48_000.0,
    /// )?;
    /// let edges = ["low.cutoff", "mid.low", "mid.high", "high.cutoff"];
    /// let bank = Unconstrained::new(bank)?.ordered(&edges)?;
    /// let params = bank.to_params(&[50.0, -1_000.0, 3.0, 0.0])?;
    /// assert!(params.is_sorted() && params[3] < 24_000.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ordered(mut self, names: &[&str]) -> Result<Self, UnconstrainedError> {
        let mut indices = Vec::with_capacity(names.len());
        for &name in names {
            let index = self.filter.params().position(|param| param.name == name);
            indices
                .push(index.ok_or_else(|| UnconstrainedError::Unknown { name: name.to_owned() })?);
        }
        self.link(&indices)?;
        self.checked()
    }

    /// Joins parameters to one chain.
    fn link(&mut self, indices: &[usize]) -> Result<(), UnconstrainedError> {
        let refused = |filter: &T, index: usize| {
            let name = filter.params().nth(index).map(|param| param.name.to_owned());
            UnconstrainedError::Order { name: name.unwrap_or_default() }
        };
        let mut joined: Option<Chain> = None;
        let mut indices = indices.iter().copied();
        while let Some(index) = indices.next() {
            let Some(place) = self.chains.iter().position(|chain| chain.starts_with(index)) else {
                return Err(refused(&self.filter, index));
            };
            let chain = self.chains.remove(place);
            // The rest of a chain follows in the list too.
            for expected in chain.indices().skip(1) {
                if indices.next() != Some(expected) {
                    return Err(refused(&self.filter, expected));
                }
            }
            match &mut joined {
                None => joined = Some(chain),
                Some(joined) if joined.quantity() == chain.quantity() => joined.append(chain),
                Some(_) => return Err(refused(&self.filter, index)),
            }
        }
        self.chains.extend(joined);
        Ok(())
    }

    /// With room in all chains, and the free numbers of the specification.
    fn checked(mut self) -> Result<Self, UnconstrainedError> {
        let params: Vec<Param<'_>> = self.filter.params().collect();
        let names: Vec<&str> = params.iter().map(|param| param.name).collect();
        for chain in &mut self.chains {
            chain.make_room(&names)?;
        }
        let values: Vec<f64> = params.iter().map(|param| param.value).collect();
        self.start = self.to_free(&values)?;
        Ok(self)
    }

    /// The filter, whose parameters have bounds.
    pub fn filter(&self) -> &T {
        &self.filter
    }

    /// The filter by value.
    pub fn into_filter(self) -> T {
        self.filter
    }

    /// The free numbers of the values in the specification.
    pub fn start(&self) -> Vec<f64> {
        self.start.clone()
    }

    /// From free numbers to parameters of the [`filter`](Unconstrained::filter).
    ///
    /// # Errors
    ///
    /// If there is not one number per parameter. (A NaN becomes a NaN, with which no filter can be
    /// designed.)
    pub fn to_params<S: Scalar>(&self, free: &[S]) -> Result<Vec<S>, DesignError> {
        if free.len() != self.start.len() {
            return Err(wrong_count(free.len(), self.start.len()));
        }
        let mut params = free.to_vec();
        for chain in &self.chains {
            chain.params(free, &mut params);
        }
        for (index, interval) in &self.others {
            let free = free[*index];
            params[*index] = match *interval {
                Interval::Above(low) => S::from_f64(low) + free.softplus(),
                Interval::Below(high) => S::from_f64(high) - free.softplus(),
                Interval::Real | Interval::Between(..) => free,
            };
        }
        Ok(params)
    }

    /// The inverse of [`to_params`](Unconstrained::to_params), up to rounding.
    ///
    /// # Errors
    ///
    /// If there is not one value per parameter, or a value is not strictly between its bounds or not
    /// in order. Free numbers beyond about ±37 give parameters at their bounds, which have no
    /// inverse: to continue a training, keep the free numbers.
    pub fn to_free(&self, params: &[f64]) -> Result<Vec<f64>, UnconstrainedError> {
        let names: Vec<&str> = self.filter.params().map(|param| param.name).collect();
        let (expected, found) = (names.len(), params.len());
        if expected != found {
            return Err(UnconstrainedError::Count { expected, found });
        }
        let mut free = vec![0.0; expected];
        for chain in &self.chains {
            chain.free(params, &names, &mut free)?;
        }
        for (index, interval) in &self.others {
            let value = params[*index];
            let (number, low, high) = match *interval {
                Interval::Above(low) => (inverse_softplus(value - low), low, f64::INFINITY),
                Interval::Below(high) => (inverse_softplus(high - value), f64::NEG_INFINITY, high),
                Interval::Real | Interval::Between(..) => {
                    (Some(value), f64::NEG_INFINITY, f64::INFINITY)
                }
            };
            free[*index] = number.filter(|number| number.is_finite()).ok_or_else(|| {
                let name = names[*index].to_owned();
                UnconstrainedError::Value { name, value, low, high }
            })?;
        }
        Ok(free)
    }

    /// The gradient of a loss by the free numbers, from its gradient by the parameters: the chain
    /// rule.
    ///
    /// # Errors
    ///
    /// If `free` or `by_params` has not one number per parameter.
    ///
    /// ```
    /// use filterbank::tune::Unconstrained;
    /// use filterbank::{Band, Tune, TunableCascade};
    ///
    /// let band = Band::peak(Tune::from(1_000.0), Tune::from(1.0), Tune::within(0.0, -12.0..=12.0));
    /// let eq = Unconstrained::new(TunableCascade::new([("body", band)], 48_000.0)?)?;
    /// // d gain / d x = 24 σ(0) (1 − σ(0))
    /// assert_eq!(eq.gradient(&[0.0], &[1.0])?, [6.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn gradient(&self, free: &[f64], by_params: &[f64]) -> Result<Vec<f64>, DesignError> {
        let params = self.to_params(free)?;
        if by_params.len() != params.len() {
            return Err(wrong_count(by_params.len(), params.len()));
        }
        let mut gradient = by_params.to_vec();
        for chain in &self.chains {
            chain.pull_back(free, &params, &mut gradient);
        }
        for (index, interval) in &self.others {
            gradient[*index] *= match interval {
                Interval::Above(_) => free[*index].logistic(),
                Interval::Below(_) => -free[*index].logistic(),
                Interval::Real | Interval::Between(..) => 1.0,
            };
        }
        Ok(gradient)
    }
}

impl<T: Tunable> Tunable for Unconstrained<T> {
    type Filter<S: Scalar> = T::Filter<S>;

    fn sample_rate(&self) -> f64 {
        self.filter.sample_rate()
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.filter.params().zip(&self.start).map(|(param, start)| Param {
            name: param.name,
            quantity: Quantity::Free,
            value: *start,
            bounds: UNBOUNDED,
        })
    }

    fn tuned<S: Scalar>(&self, free: &[S]) -> Result<T::Filter<S>, DesignError> {
        self.filter.tuned(&self.to_params(free)?)
    }

    fn ends(&self) -> &[usize] {
        self.filter.ends()
    }
}

impl<T: SingleOutput> SingleOutput for Unconstrained<T> {}

/// Whether two neighbours among the parameters are a [pair](PAIRS) of one band.
fn must_rise(lower: &Param<'_>, upper: &Param<'_>) -> bool {
    PAIRS.iter().any(|[low, high]| {
        let band = lower.name.strip_suffix(low.name).filter(|band| band.ends_with('.'));
        let quantities = lower.quantity == low.quantity && upper.quantity == high.quantity;
        quantities && band.is_some() && band == upper.name.strip_suffix(high.name)
    })
}
