//! Where the bands of an analysis bank lie: on auditory scales, or in fractions of an octave.
//!
//! | bands | use |
//! |---|---|
//! | of equal width on the ERB, mel or Bark scale | [`Layout::divided`] |
//! | octaves and their fractions, as in sound level meters | [`Layout::octaves`] |
//! | with edges of your own | [`Layout::from_edges`] |

mod auditory;
mod octave;
mod plan;

pub use auditory::AuditoryScale;
pub use plan::{Layout, LayoutBand, LayoutError};
