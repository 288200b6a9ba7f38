//! The errors of an EQ as a problem of least squares: the errors of the curve, and the penalties.
//!
//! Bands of opposite sign at one frequency spend gain against each other: that is their
//! [opposition](super::opposition), a residual at every point. So of two EQs with nearly the same
//! error, the one whose bands add up wins. A residual for each gain keeps bands small that the curve
//! hardly needs.

use filterbank_core::DesignError;
use nalgebra::{DMatrix, DVector};

use crate::fit::curve::{Curve, points};
use crate::fit::error::FitError;
use crate::fit::least_squares::Residuals;
use crate::fit::levenberg_marquardt::Objective;
use crate::fit::model::Model;
use crate::fit::normal_equations::NormalEquations;
use crate::fit::parametric::Penalties;
use crate::fit::parametric::layout::Layout;
use crate::fit::parametric::levels::{Peak, Point};
use crate::fit::parametric::opposition::Opposition;

/// The errors of a layout's bands as a function of the variables of its model.
pub(super) struct Problem<'a, 'b> {
    layout: &'a Layout<'b>,
    model: &'a Model<'a, Layout<'b>>,
    curve: &'a Curve<1>,
    points: Vec<Point>,
    opposition: Opposition,
    /// Positions of the penalized gains, and the residual of 1 dB.
    gains: Vec<usize>,
    gain: f64,
    /// The variables last evaluated, if there was such an EQ, and their parameters.
    variables: Option<Vec<f64>>,
    params: Vec<f64>,
    /// The levels of each band, `[bands, points]`, and their sum less the curve.
    levels: Vec<f64>,
    errors: Vec<f64>,
    /// The derivatives of the levels of its band by each variable, `[variables, points]`.
    slopes: Vec<f64>,
    /// `[residuals]`, and their derivatives, `[variables, residuals]`.
    residuals: Vec<f64>,
    columns: Vec<f64>,
}

impl<'a, 'b> Problem<'a, 'b> {
    /// # Errors
    ///
    /// If a point of the curve lies above the Nyquist frequency.
    pub(super) fn new(
        layout: &'a Layout<'b>,
        model: &'a Model<'a, Layout<'b>>,
        curve: &'a Curve<1>,
        penalties: Penalties,
    ) -> Result<Self, FitError<DesignError>> {
        let eq = layout.eq();
        points(curve.frequencies(), eq.sample_rate).map_err(FitError::Evaluation)?;
        let at = |frequency: &f64| Point::at(*frequency, eq.sample_rate);
        let points: Vec<Point> = curve.frequencies().iter().map(at).collect();
        let opposition = Opposition::new(penalties.opposition, curve);
        let gains = if penalties.gain > 0.0 { model.gains() } else { Vec::new() };
        let (count, variables) = (points.len(), model.count());
        let rows = curve.residual_count() + opposition.roots.len() + gains.len();
        Ok(Self {
            layout,
            model,
            curve,
            opposition,
            gain: penalties.gain * curve.total_weight().sqrt(),
            gains,
            variables: None,
            params: Vec::new(),
            levels: vec![0.0; layout.band_count() * count],
            errors: vec![0.0; count],
            slopes: vec![0.0; variables * count],
            residuals: vec![0.0; rows],
            columns: vec![0.0; variables * rows],
            points,
        })
    }

    /// Computes the residuals; with `slopes`, their derivatives too. Returns whether there is such an
    /// EQ: all peaks lie below the Nyquist frequency.
    fn evaluate(&mut self, variables: &[f64], slopes: bool) -> bool {
        // A step that is accepted is evaluated twice: the second time, only slopes are new.
        if self.variables.as_deref() != Some(variables) {
            self.variables = None;
            self.params = self.model.params(variables);
            if !self.fill_levels() {
                return false;
            }
            self.variables = Some(variables.to_vec());
            self.fill_residuals();
        }
        if slopes {
            self.fill_slopes();
            self.fill_columns();
        }
        true
    }

    fn fill_residuals(&mut self) {
        let points = self.points.len().max(1);
        self.errors.copy_from_slice(self.curve.wanted());
        self.errors.iter_mut().for_each(|error| *error = -*error);
        for levels in self.levels.chunks_exact(points) {
            self.errors.iter_mut().zip(levels).for_each(|(error, level)| *error += level);
        }
        let (own, opposed) = (self.curve.residual_count(), self.opposition.roots.len());
        let (errors, penalties) = self.residuals.split_at_mut(own);
        let (oppositions, gains) = penalties.split_at_mut(opposed);
        self.curve.reduce(&self.errors, errors);
        self.opposition.evaluate(&self.levels, oppositions);
        for (residual, &gain) in gains.iter_mut().zip(&self.gains) {
            *residual = self.gain * self.params[gain];
        }
    }

    /// The derivatives of the residuals by each variable.
    fn fill_columns(&mut self) {
        let (points, rows) = (self.points.len().max(1), self.residuals.len().max(1));
        let (own, opposed) = (self.curve.residual_count(), self.opposition.roots.len());
        let mut band = None;
        for (variable, (column, slopes)) in
            self.columns.chunks_exact_mut(rows).zip(self.slopes.chunks_exact(points)).enumerate()
        {
            let (errors, penalties) = column.split_at_mut(own);
            let (oppositions, gains) = penalties.split_at_mut(opposed);
            self.curve.reduce(slopes, errors);
            let own_band = self.layout.band_of(variable);
            if band.replace(own_band) != Some(own_band) {
                self.opposition.linearize(&self.levels[own_band * points..][..points]);
            }
            for ((entry, by_level), slope) in
                oppositions.iter_mut().zip(&self.opposition.by_level).zip(slopes)
            {
                *entry = by_level * slope;
            }
            for (entry, &gain) in gains.iter_mut().zip(&self.gains) {
                *entry = if gain == variable { self.gain } else { 0.0 };
            }
        }
    }

    /// The error of the curve, without penalties.
    pub(super) fn rms_db(&mut self, variables: &[f64]) -> f64 {
        self.evaluate(variables, false);
        self.curve.rms(&DVector::from_column_slice(&self.residuals))
    }

    /// The levels of all bands. Returns whether all peaks lie below the Nyquist frequency.
    fn fill_levels(&mut self) -> bool {
        let rate = self.layout.eq().sample_rate;
        let (shelves, peaks) = self.layout.cookbook(&self.params);
        let mut rows = self.levels.chunks_exact_mut(self.points.len().max(1));
        for (shelf, row) in shelves.zip(&mut rows) {
            fill(row, &self.points, |point| shelf.level(point));
        }
        for (params, row) in peaks.iter().zip(rows) {
            if 2.0 * params[0] >= rate {
                return false;
            }
            let peak = Peak::new(*params, rate);
            fill(row, &self.points, |point| peak.level(point));
        }
        true
    }

    /// The derivatives of the level of its band by each variable.
    fn fill_slopes(&mut self) {
        let rate = self.layout.eq().sample_rate;
        let (shelves, peaks) = self.layout.cookbook(&self.params);
        let mut rows = self.slopes.chunks_exact_mut(self.points.len().max(1));
        for (shelf, row) in shelves.zip(&mut rows) {
            fill(row, &self.points, |point| shelf.slope(point));
        }
        for params in peaks {
            let peak = Peak::new(*params, rate);
            if let [Some(by_center), Some(by_q), Some(by_gain)] = [(); 3].map(|()| rows.next()) {
                let each = by_center.iter_mut().zip(by_q).zip(by_gain);
                for (((center, q), gain), point) in each.zip(&self.points) {
                    [*center, *q, *gain] = peak.slopes(*point);
                }
            }
        }
    }
}

fn fill(row: &mut [f64], points: &[Point], level: impl Fn(Point) -> f64) {
    for (entry, point) in row.iter_mut().zip(points) {
        *entry = level(*point);
    }
}

/// For the search: sums only.
impl Objective for Problem<'_, '_> {
    type Error = DesignError;

    fn cost(&mut self, variables: &[f64]) -> Result<f64, DesignError> {
        let valid = self.evaluate(variables, false);
        let squares = self.residuals.iter().map(|residual| residual * residual).sum::<f64>();
        Ok(if valid { 0.5 * squares } else { f64::INFINITY })
    }

    fn normal_equations(&mut self, variables: &[f64]) -> Result<NormalEquations, DesignError> {
        if !self.evaluate(variables, true) {
            return Ok(NormalEquations::not_finite(variables.len()));
        }
        let mut sums = NormalEquations::zeros(variables.len());
        let added = sums.add(&self.residuals, &self.columns);
        debug_assert!(added.is_ok(), "the shapes are those of one problem");
        Ok(sums)
    }
}

/// For the final fit.
impl Residuals for Problem<'_, '_> {
    type Error = DesignError;

    fn residuals(&mut self, variables: &[f64]) -> Result<DVector<f64>, DesignError> {
        let valid = self.evaluate(variables, false);
        let residuals = DVector::from_column_slice(&self.residuals);
        Ok(if valid { residuals } else { residuals.map(|_| f64::INFINITY) })
    }

    fn linearize(
        &mut self,
        variables: &[f64],
    ) -> Result<(DVector<f64>, DMatrix<f64>), DesignError> {
        self.layout.with_params(self.model.params(variables)).check()?;
        self.evaluate(variables, true);
        let (rows, count) = (self.residuals.len(), variables.len());
        let jacobian = DMatrix::from_column_slice(rows, count, &self.columns);
        Ok((DVector::from_column_slice(&self.residuals), jacobian))
    }
}
