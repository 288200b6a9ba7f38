//! Running filters whose parameters move: knobs, envelopes, sweeps.
//!
//! A [`Processor`] owns everything that a running equaliser or synthesiser filter needs: the
//! coefficients, the states of all channels, and the ramps on which parameters move. Build it
//! outside the audio callback; inside, nothing allocates, locks or panics.
//!
//! ```text
//! knob ─► modulation ─┐
//!                path ┴► band ─┐
//! layout, fade, remote ────────┴► processor ─► crossfade
//! ```
//!
//! | to | use |
//! |---|---|
//! | move a parameter smoothly | [`Processor::set`] |
//! | move it from another thread | [`Processor::remote`] |
//! | modulate it sample by sample | [`Processor::process_modulated`] |
//! | switch the filter off and on | [`Processor::bypass`] |
//! | change to another specification | [`Crossfade`] |
//! | keep coefficients and states yourself | [`SvfCascade`](crate::section::SvfCascade) |
//!
//! # How a parameter moves
//!
//! On its natural scale, logarithmic for frequencies and widths, on a cubic that ends at the target
//! with slope 0. Every [`GRID`] samples the band is designed exactly, whatever it is, and its
//! coefficients move from design to design on a spline. The state-variable form has two properties
//! that make this safe: every point between stable designs is a stable filter, and no motion of the
//! coefficients makes the energy of the state grow. A modulation by a signal designs the band for
//! each sample.
//!
//! # What motion promises
//!
//! The output of a band that moves stays within twice the worst case of the two filters at the ends
//! of the way, and with ramps of the default length it has no clicks above −80 dB beyond 5 kHz. The
//! tests measure both on random jumps, sweeps and oscillators of every band:
//!
//! ```text
//! cargo test --release --test motion -- --nocapture
//! ```
//!
//! Steep edges that sweep over a tone quickly would break the second promise. So bands with a
//! [`Method`](crate::Method) take longer for long ways: a ramp's time for each 2 octaves (lowpass,
//! highpass) or half an octave (bandpass, bandstop), and for each 10 dB of ripple or attenuation; all
//! their parameters move together.

mod band;
mod crossfade;
mod fade;
mod knob;
mod layout;
mod modulation;
mod path;
mod prewarp;
mod processor;
#[cfg(target_has_atomic = "64")]
mod remote;
#[cfg(not(target_has_atomic = "64"))]
#[path = "no_remote.rs"]
mod remote;

pub use crossfade::{ChangeError, Crossfade};
pub use modulation::Modulation;
pub use path::GRID;
pub use processor::{Processor, SetError};
#[cfg(target_has_atomic = "64")]
pub use remote::Remote;
