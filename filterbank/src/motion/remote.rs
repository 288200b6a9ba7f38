//! Knobs that another thread turns.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A handle by which any thread turns the knobs of a [`Processor`](crate::motion::Processor),
/// without a lock: the processor takes the latest values at the start of its next block.
///
/// ```
/// use filterbank::motion::Processor;
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let eq = TunableCascade::new(
///     [("body", Band::peak(Tune::from(250.0), Tune::from(1.0), Tune::within(0.0, -12.0..=12.0)))],
///     48_000.0,
/// )?;
/// let mut processor = Processor::<f32>::new(&eq, 2)?;
/// let remote = processor.remote();
/// std::thread::spawn(move || remote.set(0, -6.0)).join().expect("the thread sets a value");
///
/// let mut channels = [[0.0; 64], [0.0; 64]];
/// let [left, right] = &mut channels;
/// processor.process(&mut [left, right])?;
/// assert_eq!(processor.target(0), Some(-6.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Remote {
    shared: Arc<Shared>,
}

/// The processor's end. A copy of a processor has no remote yet.
#[derive(Debug, Default)]
pub(super) struct Receiver(Option<Remote>);

impl Clone for Receiver {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Receiver {
    /// The other end, made when it is first asked for.
    pub(super) fn remote(&mut self, knobs: usize) -> Remote {
        self.0.get_or_insert_with(|| Remote::new(knobs)).clone()
    }

    /// Calls `take` with each knob that has a new value.
    pub(super) fn take(&self, take: impl FnMut(usize, f64)) {
        if let Some(remote) = &self.0 {
            remote.take(take);
        }
    }
}

#[derive(Debug)]
struct Shared {
    /// The bits of the values that the processor has not yet taken; NaN where there is none.
    values: Vec<AtomicU64>,
    /// Whether there is one.
    changed: AtomicBool,
}

impl Remote {
    fn new(knobs: usize) -> Self {
        let values = (0..knobs).map(|_| AtomicU64::new(f64::NAN.to_bits())).collect();
        Self { shared: Arc::new(Shared { values, changed: AtomicBool::new(false) }) }
    }

    /// Sends a value to the processor. If it lies outside the parameter's bounds, it is moved to the
    /// nearest one; NaN changes nothing. Returns whether there is such a knob.
    pub fn set(&self, knob: usize, value: f64) -> bool {
        let Some(place) = self.shared.values.get(knob) else { return false };
        if !value.is_nan() {
            place.store(value.to_bits(), Ordering::Relaxed);
            self.shared.changed.store(true, Ordering::Release);
        }
        true
    }

    fn take(&self, mut take: impl FnMut(usize, f64)) {
        if !self.shared.changed.swap(false, Ordering::Acquire) {
            return;
        }
        for (knob, place) in self.shared.values.iter().enumerate() {
            let value = f64::from_bits(place.swap(f64::NAN.to_bits(), Ordering::Relaxed));
            if !value.is_nan() {
                take(knob, value);
            }
        }
    }
}
