//! Running filters whose parameters move: knobs, envelopes, sweeps.
//!
//! A [`Processor`] owns everything that a running equaliser or synthesiser filter needs: the
//! coefficients, the states of all channels, and the ramps on which parameters move. Build it
//! outside the audio callback; inside, nothing allocates, locks or panics.
//!
//! ```text
//! knob ─► band ─► processor ─► crossfade
//!         layout ──┘
//! ```
//!
//! | to | use |
//! |---|---|
//! | move a parameter smoothly | [`Processor::set`]; from another thread, [`Processor::remote`] |
//! | modulate a parameter sample by sample | [`Processor::process_modulated`] |
//! | switch the filter off and on | [`Processor::bypass`] |
//! | change to another specification | [`Crossfade`] |
//!
//! # What motion promises
//!
//! Sections are [state-variable filters](crate::section::SvfSection): no motion of their
//! coefficients can make the energy of their states grow. A parameter moves on its natural scale,
//! frequencies and widths on a logarithmic one. Every [`GRID`] samples the band is designed
//! exactly; between, `g`, `k` and the weights of the output move on straight lines, on which every
//! point is a stable filter. So the output of a moving band stays within twice the worst case of the
//! two filters at the ends of its ramp, and a ramp of the default length makes clicks below −80 dB.

mod band;
mod crossfade;
mod fade;
mod knob;
mod layout;
mod modulation;
mod prewarp;
mod processor;
mod remote;

pub use band::GRID;
pub use crossfade::{ChangeError, Crossfade};
pub use modulation::Modulation;
pub use processor::{Processor, SetError};
pub use remote::Remote;
