//! Work that is divided among threads.

/// A call for many signals, which can be divided.
pub(super) trait Work: Sized + Send {
    /// The number of signals.
    fn signals(&self) -> usize;

    /// The work for the first signals, and for the others.
    fn split(self, signals: usize) -> (Self, Self);
}

/// Runs the work in units of a number of signals, each unit with one of the scratch buffers. Their
/// number is the number of threads. What a unit contains does not depend on it, so the results do
/// not either.
pub(super) fn run_units<W: Work, B: Send>(
    work: W,
    unit: usize,
    buffers: &mut [B],
    run: &(impl Fn(W, &mut B) + Sync),
) {
    let units = work.signals().div_ceil(unit.max(1));
    #[cfg(feature = "rayon")]
    if buffers.len() > 1 && units > 1 {
        let (first, second) = buffers.split_at_mut(buffers.len() / 2);
        let share = units * first.len() / (first.len() + second.len());
        let (here, there) = work.split(share.max(1) * unit);
        rayon::join(|| run_units(here, unit, first, run), || run_units(there, unit, second, run));
        return;
    }
    let (mut rest, Some(buffer)) = (work, buffers.first_mut()) else { return };
    for _ in 0..units {
        let signals = rest.signals().min(unit);
        let (here, others) = rest.split(signals);
        run(here, buffer);
        rest = others;
    }
}

/// The number of threads for so many steps of a section: one for little work.
pub(super) fn threads(steps: usize) -> usize {
    #[cfg(feature = "rayon")]
    if steps >= SHORTEST {
        return rayon::current_num_threads();
    }
    let _ = steps;
    1
}

/// The number of samples times sections below which one thread does the work: about 50 µs of it, at
/// 0.4 ns each in a forward pass. To wake the threads of a pool takes a part of that.
#[cfg(feature = "rayon")]
const SHORTEST: usize = 1 << 17;
