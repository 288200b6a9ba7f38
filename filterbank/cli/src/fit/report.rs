//! The report of a fit.

use std::fmt;

use super::job::{Distance, Job, Problem};
use super::rounded::Rounded;
use super::search::Found;
use super::values::{Values, kind};
use crate::shared::format::hertz;
use crate::shared::input::is_standard;

/// The error, in dB RMS, above which the EQ does not follow the curve.
const FAR: f64 = 1.0;

/// Summary of an EQ.
pub struct Report<'a> {
    pub job: &'a Job,
    pub problem: &'a Problem,
    pub found: &'a Found,
    pub eq: &'a Rounded,
    pub distance: &'a Distance,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, problem, found, eq, distance } = self;
        let given = &problem.given;
        let (low, high) = given.span();
        let name = &given.name;
        let (points, low, high) = (given.points.len(), hertz(low), hertz(high));
        writeln!(f, "{name}: {points} points from {low} to {high}\n")?;

        writeln!(f, "band               Hz        Q       dB")?;
        for band in &found.bands {
            let [kind, ..] = kind(band);
            let Values { frequency, q, gain_db } = Values::of(band);
            writeln!(f, "{kind:<10} {frequency:>10.1} {q:>8.3} {:>+8.2}", gain_db + 0.0)?;
        }

        write!(f, "\nerror    {:.3} dB RMS", found.rms_db)?;
        if let Some((frequency, error)) = found.errors.worst {
            write!(f, ", at most {:.2} dB, at {}", error.abs(), hertz(frequency))?;
        }
        if let Some(mean) = found.errors.mean_db {
            let above = hertz(job.mean_above);
            // Adding 0 turns −0 into 0.
            let mean = (100.0 * mean).round() / 100.0 + 0.0;
            write!(f, "; from {above} up {mean:+.2} dB on average")?;
        }
        let (before, after) = (distance.before.rms_db, distance.after.rms_db);
        write!(
            f,
            "\ndistance {before:.2} dB RMS from the target before the EQ, {after:.2} dB after"
        )?;
        writeln!(f, "\nbands    spend at most {:.1} dB against each other", found.opposition_db)?;
        if found.left_out > 0 {
            let (found, asked) = (found.bands.len(), found.bands.len() + found.left_out);
            writeln!(f, "         {found} of {asked}: more would hardly help (`--restraint`)")?;
        }
        writeln!(f, "preamp   {:.1} dB", eq.preamp_db)?;
        writeln!(f, "time     {:.3} s", found.elapsed.as_secs_f64())?;
        for path in job.written() {
            if is_standard(path) {
                write!(f, "written  to standard output")?;
            } else {
                write!(f, "written  {}", path.display())?;
            }
            if job.out.as_deref() == Some(path) {
                write!(f, " (after rounding, {:.3} dB RMS)", distance.rounded.rms_db)?;
            }
            writeln!(f)?;
        }
        if found.rms_db > FAR {
            let advice = "more `--peaks` or wider ranges may help (--help)";
            writeln!(f, "note: the EQ does not follow the curve; {advice}")?;
        }
        Ok(())
    }
}
