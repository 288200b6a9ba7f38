//! Parameters that rise from one to the next.
//!
//! Each parameter lies between the one before it and its own upper end, at the logistic function of
//! its free number ("stick breaking"). A parameter on its own is a chain of one.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use filterbank_core::{Quantity, Scalar, Scale};

use super::error::UnconstrainedError;
use super::interval::{at_most, between, free_between, slopes};

/// How far apart neighbours stay: their smallest ratio on a logarithmic scale, and their smallest
/// difference on a linear one. Bands with closer edges, and elliptic methods with closer levels, can
/// hardly be designed.
fn distance(quantity: Quantity) -> f64 {
    match (quantity.scale(), quantity) {
        (Scale::Logarithmic, _) => 1.001,
        (Scale::Linear, Quantity::Gain | Quantity::Attenuation) => 0.1,
        (Scale::Linear, _) => 0.0,
    }
}

/// Parameters that rise, in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chain {
    quantity: Quantity,
    links: Vec<Link>,
}

/// One parameter of a chain.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link {
    /// Its index among all parameters.
    index: usize,
    low: f64,
    high: f64,
}

impl Chain {
    pub(super) fn single(index: usize, quantity: Quantity, low: f64, high: f64) -> Self {
        Self { quantity, links: [Link { index, low, high }].into() }
    }

    /// Whether this is its first parameter.
    pub(super) fn starts_with(&self, index: usize) -> bool {
        self.links.first().is_some_and(|link| link.index == index)
    }

    /// The indices of its parameters.
    pub(super) fn indices(&self) -> impl Iterator<Item = usize> {
        self.links.iter().map(|link| link.index)
    }

    pub(super) fn quantity(&self) -> Quantity {
        self.quantity
    }

    fn scale(&self) -> Scale {
        self.quantity.scale()
    }

    /// Puts the parameters of another chain behind these.
    pub(super) fn append(&mut self, other: Chain) {
        self.links.extend(other.links);
    }

    /// Lowers upper ends until every parameter leaves room for those behind it.
    ///
    /// # Errors
    ///
    /// The first parameter without a possible value.
    pub(super) fn make_room(&mut self, names: &[&str]) -> Result<(), UnconstrainedError> {
        let (scale, distance) = (self.scale(), distance(self.quantity));
        let mut limit = f64::INFINITY;
        for link in self.links.iter_mut().rev() {
            link.high = link.high.min(limit);
            limit = match scale {
                Scale::Linear => link.high - distance,
                Scale::Logarithmic => link.high / distance,
            };
        }
        for Link { index, low, high } in &self.links {
            if !(low <= high && low.is_finite() && high.is_finite()) {
                let name = names[*index].to_owned();
                return Err(UnconstrainedError::Bounds { name, low: *low, high: *high });
            }
        }
        Ok(())
    }

    /// What a parameter must be above: its own lower end, or the parameter before it.
    fn floor<S: Scalar>(&self, link: &Link, before: Option<S>) -> S {
        let low = S::from_f64(link.low);
        let Some(before) = before else { return low };
        let distance = distance(self.quantity);
        let least = match self.scale() {
            Scale::Linear => before + S::from_f64(distance),
            Scale::Logarithmic => before.scale(distance),
        };
        // Rounding must not lift it above the upper end.
        Scalar::max(low, at_most(least, link.high))
    }

    /// Writes the parameters for given free numbers; both have the indices of all parameters.
    pub(super) fn params<S: Scalar>(&self, free: &[S], params: &mut [S]) {
        let mut before = None;
        for link in &self.links {
            let floor = self.floor(link, before);
            let point = between(self.scale(), floor, link.high, free[link.index]);
            params[link.index] = point;
            before = Some(point);
        }
    }

    /// Writes the free numbers of given parameters.
    pub(super) fn free(
        &self,
        params: &[f64],
        names: &[&str],
        free: &mut [f64],
    ) -> Result<(), UnconstrainedError> {
        let mut before = None;
        for link in &self.links {
            let (value, low) = (params[link.index], self.floor(link, before));
            free[link.index] =
                free_between(self.scale(), low, link.high, value).ok_or_else(|| {
                    let name = names[link.index].to_owned();
                    UnconstrainedError::Value { name, value, low, high: link.high }
                })?;
            before = Some(value);
        }
        Ok(())
    }

    /// Turns a gradient by parameters into one by free numbers, from the last parameter to the
    /// first: a parameter also moves the one behind it.
    pub(super) fn pull_back(&self, free: &[f64], params: &[f64], gradient: &mut [f64]) {
        let mut from_behind = 0.0;
        for (place, link) in self.links.iter().enumerate().rev() {
            let before = place.checked_sub(1).map(|place| params[self.links[place].index]);
            let floor = self.floor(link, before);
            let point = params[link.index];
            let (by_floor, by_free) =
                slopes(self.scale(), floor, link.high, free[link.index], point);
            let total = gradient[link.index] + from_behind;
            gradient[link.index] = total * by_free;
            let by_before = match self.scale() {
                Scale::Linear => 1.0,
                Scale::Logarithmic => distance(self.quantity),
            };
            let is_moved = floor > link.low;
            from_behind = if is_moved { total * by_floor * by_before } else { 0.0 };
        }
    }
}
