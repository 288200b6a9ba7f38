//! Fitting a filter to running signals.
//!
//! ```text
//! information ─► tracker ─► search ─► OnlineFit ◄─ level
//! ```

mod information;
mod level;
mod search;
mod tracker;

use filterbank_core::{DesignError, Parameter, Quantity, Requirement};

use crate::fit::error::FitError;
use crate::fit::model::Model;
use crate::fit::online::level::Levels;
use crate::fit::online::search::Search;
use crate::fit::online::tracker::{Block, Tracker};
use crate::tune::SingleOutput;

/// The number of samples between two steps of the parameters.
const BLOCK: usize = 32;
/// In samples. A longer memory forgets nothing, because of rounding.
const LONGEST_MEMORY: f64 = 1e15;
/// In samples.
const MEMORY: Parameter = Parameter::new("memory", Quantity::Free);

/// A filter whose parameters track a system: from the same input it learns to produce the output
/// of the system, sample by sample.
///
/// Every 32 samples the parameters take a Gauss-Newton step with the exact derivatives of the
/// output. Older samples count with an exponentially decaying weight. Each step redesigns the
/// filter from parameters within their bounds, so it is always stable. With structs of
/// [`filterbank!`](crate::filterbank!) nothing is allocated after [`new`](OnlineFit::new).
///
/// # What the signals do not excite
///
/// Older samples are forgotten only where new samples bring information about the same parameters.
/// With a constant input, a tone or silence, the parameters that cannot be determined keep their
/// values. After a pause, learning continues where it was. A signal 30 dB below the usual level
/// forgets half as fast as usual, one 60 dB below a thousand times slower.
///
/// # Trust
///
/// [`error_db`](OnlineFit::error_db) is the level of the prediction error, and
/// [`standard_errors`](OnlineFit::standard_errors) tells how well the parameters are known.
///
/// If the system jumps, Gauss-Newton may end in a local minimum. The fit measures its error in
/// windows of one memory, but at least 512 samples; pauses do not count. A window is bad if its
/// error is more than 10 dB above the usual error, both in itself and relative to the output. The
/// usual error is a mean of the windows that are not bad, and at least −40 dB. After two bad
/// windows in a row, the second without an improvement of 3 dB, the fit
/// [is lost](OnlineFit::is_lost): at the latest three windows after a jump.
///
/// A lost fit searches: a second filter learns beside the first, in up to 128 trials. A trial lasts
/// one window, but at least 2,048 samples, and starts with other values of the parameters of one
/// band, drawn between their bounds. If its error in the second half is 1 dB smaller, the second
/// filter replaces the first. While a search runs, a sample costs twice as much. The search ends
/// with the first window that is not bad. After 128 trials without one, the fit stays lost.
///
/// Sources: L. Ljung and T. Söderström, *Theory and Practice of Recursive Identification* (1983),
/// chapter 3 (recursive prediction error method, with a forgetting factor); R. Kulhavý, *Restricted
/// exponential forgetting in real-time identification*, Automatica 23 (1987) (forgetting only what
/// new samples excite). Levels and search: this library.
///
/// ```
/// use filterbank::fit::OnlineFit;
/// use filterbank::{Band, filterbank};
///
/// filterbank! {
///     struct Model: cascade(sample_rate = 16_000.0) {
///         mode: peak(center = tune(900.0 in 200.0..=4e3), q = tune(1.0 in 0.3..=9.0), gain_db = tune(0.0)),
///     }
/// }
/// static MODEL: Model = Model::new();
///
/// let system = Band::peak(1_200.0, 2.0, 6.0).design(16_000.0)?;
/// let mut state = system.state();
/// let mut fit = OnlineFit::new(&MODEL, 4_000.0)?;
/// let mut random = 1_u64;
/// for _ in 0..40_000 {
///     random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
///     let x = (random >> 40) as f64 / f64::from(1_u32 << 24) - 0.5;
///     fit.tick(x, system.tick(&mut state, x));
/// }
/// assert!((fit.params()[0] - 1_200.0).abs() < 1.0, "{:?}", fit.params());
/// assert!(!fit.is_lost() && fit.error_db().is_some_and(|level| level < -40.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OnlineFit<'a, T> {
    model: Model<'a, T>,
    limits: Vec<(f64, f64)>,
    block: Block,
    /// The filter whose output and parameters are returned.
    leader: Tracker,
    levels: Levels,
    search: Search,
}

impl<'a, T: SingleOutput> OnlineFit<'a, T> {
    /// Starts from the values of the specification. `memory` is the number of samples over which
    /// the weight of the past decays to 1/e; a short memory tracks faster, a long one is less
    /// noisy. A memory below 32 samples, the length of one step, counts as 32.
    ///
    /// # Errors
    ///
    /// If the filter cannot be designed as specified, or `memory` is not finite and above 0.
    pub fn new(filter: &'a T, memory: f64) -> Result<Self, FitError<DesignError>> {
        if !(memory.is_finite() && memory > 0.0) {
            let error = DesignError::new(MEMORY, memory, Requirement::Positive);
            return Err(FitError::Evaluation(error));
        }
        let memory = memory.clamp(BLOCK as f64, LONGEST_MEMORY);
        let forgotten = -(-(BLOCK as f64) / memory).exp_m1();
        let model = Model::new(filter)?;
        let variables = model.start()?;
        let tracker =
            || Tracker::new(&model, variables.clone(), forgotten).map_err(FitError::Evaluation);
        let levels = Levels::new(memory);
        Ok(Self {
            limits: model.limits(),
            block: Block::EMPTY,
            leader: tracker()?,
            search: Search::new(&model, tracker()?, levels.window()),
            levels,
            model,
        })
    }

    /// The current parameters, in the order of [`Tunable::params`](crate::Tunable::params).
    pub fn params(&self) -> &[f64] {
        self.leader.params()
    }

    /// The level of the error, in dB relative to the output of the system: the mean squares over
    /// the memory, without pauses of more than 40 dB. `None` before the first block of 32 samples
    /// with a signal.
    pub fn error_db(&self) -> Option<f64> {
        self.levels.error_db()
    }

    /// The standard error of each parameter, in the parameter's unit. The errors hold if the error
    /// of the output is white noise that does not depend on the input, and the system has been
    /// constant for a few memories. Bounds are ignored. Allocates.
    ///
    /// An error is `None` if the signals do not determine the parameter, because its effect on the
    /// output was never excited, or is the same as the effect of other parameters. All are `None`
    /// if the fit [is lost](OnlineFit::is_lost).
    ///
    /// With the weights `w` of the samples, the covariance is `σ² R⁻¹ (Σ w² φφ') R⁻¹` for the
    /// information `R = Σ w φφ'`. The sum is taken as `R Σw²/Σw`, its mean for a steady input.
    pub fn standard_errors(&self) -> Vec<Option<f64>> {
        let variance = self.levels.unit_variance().filter(|_| !self.is_lost());
        let error =
            |(inverse, slope): (Option<f64>, f64)| Some((variance? * inverse?).sqrt() * slope);
        let inverse = self.leader.inverse_information(self.levels.signals());
        inverse.into_iter().zip(self.model.slopes(self.params())).map(error).collect()
    }

    /// Whether the parameters may be far from those of the system: the error is more than 10 dB
    /// above its usual level, and steps do not lower it. (See the type for the exact rule.)
    ///
    /// More noise at the output of the system looks the same. A system that the filter has never
    /// followed is not noticed: there is no usual level then.
    pub fn is_lost(&self) -> bool {
        self.levels.is_lost()
    }

    /// Starts a search for better parameters, as a fit does that [is lost](OnlineFit::is_lost): for
    /// start values far from those of the system, or if 128 trials were not enough.
    pub fn search(&mut self) {
        self.search.begin(&self.model, &self.limits, &self.leader);
    }

    /// Filters `x` and learns from `wanted`, the output of the system for it. If a sample is not
    /// finite, it counts as 0 and the parameters do not learn from it.
    pub fn tick(&mut self, x: f64, wanted: f64) -> f64 {
        let known = x.is_finite() && wanted.is_finite();
        let x = if known { x } else { 0.0 };
        let place = self.block.length;
        self.block.input[place] = x;
        self.block.wanted[place] = if known { wanted } else { 0.0 };
        self.block.known[place] = known;
        let wanted = known.then_some(wanted);
        let y = self.leader.tick(place, x, wanted);
        self.search.tick(place, x, wanted);
        self.block.length += 1;
        if self.block.length == BLOCK {
            self.block.length = 0;
            self.step();
        }
        y
    }

    fn step(&mut self) {
        let Self { model, limits, block, leader, levels, search } = self;
        let was_lost = levels.is_lost();
        let share = levels.add(leader.energies(block));
        leader.step(model, limits, block, share);
        search.step(model, limits, block, share, leader);
        match (was_lost, levels.is_lost()) {
            (false, true) => search.begin(model, limits, leader),
            (true, false) => search.stop(),
            _ => {}
        }
    }
}
