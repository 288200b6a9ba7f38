//! Code shared by the test programs.

pub mod bands;
pub mod bits;
pub mod exact;
pub mod golden;
pub mod noise;
pub mod seeded;
pub mod steepest_slope;
pub mod wide;
pub mod worst;
