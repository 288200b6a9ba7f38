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

#[derive(Debug)]
struct Shared {
    /// The bits of the values.
    values: Vec<AtomicU64>,
    /// Whether a value was set since the processor looked.
    changed: AtomicBool,
}

impl Remote {
    pub(super) fn new(values: impl Iterator<Item = f64>) -> Self {
        let values = values.map(|value| AtomicU64::new(value.to_bits())).collect();
        Self { shared: Arc::new(Shared { values, changed: AtomicBool::new(false) }) }
    }

    /// Sends a value to the processor. It is moved to the nearest bound of the parameter if it lies
    /// outside; NaN and an index beyond the last knob change nothing. Returns whether there is such a
    /// knob.
    pub fn set(&self, knob: usize, value: f64) -> bool {
        let Some(place) = self.shared.values.get(knob) else { return false };
        place.store(value.to_bits(), Ordering::Relaxed);
        self.shared.changed.store(true, Ordering::Release);
        true
    }

    /// Calls `take` with every knob and its value, if one of them has changed since the last call.
    pub(super) fn take(&self, mut take: impl FnMut(usize, f64)) {
        if self.shared.changed.swap(false, Ordering::Acquire) {
            for (knob, value) in self.shared.values.iter().enumerate() {
                take(knob, f64::from_bits(value.load(Ordering::Relaxed)));
            }
        }
    }
}
