//! The references: central differences, and the numbers of the `dual_num` crate.

use filterbank::Band;

/// The derivative of each value of `f` at `x`: central differences with shrinking steps,
/// extrapolated to step 0.
///
/// Source: C. J. F. Ridders, *Accurate computation of F'(x) and F'(x) F''(x)* (1982). The result is
/// the entry of the table with the least error, estimated from its neighbours and from rounding.
pub fn differences(f: impl Fn(f64) -> Vec<f64>, x: f64, first_step: f64) -> Vec<f64> {
    const STEPS: u8 = 12;
    const RATIO: f64 = 1.6;
    let rows: Vec<(f64, Vec<f64>, Vec<f64>)> = (0..STEPS)
        .map(|step| {
            let step = first_step / RATIO.powi(i32::from(step));
            let (above, below) = (x + step, x - step);
            (above - below, f(above), f(below))
        })
        .collect();
    let extrapolate = |index: usize| {
        let mut previous: Vec<f64> = Vec::new();
        let (mut best, mut least) = (f64::NAN, f64::INFINITY);
        for (distance, above, below) in &rows {
            let (above, below) = (above[index], below[index]);
            let noise = f64::EPSILON * above.abs().max(below.abs()) / distance;
            let mut row = vec![(above - below) / distance];
            let mut factor = 1.0;
            for (column, earlier) in previous.iter().enumerate() {
                factor *= RATIO * RATIO;
                let last = row[column];
                let better = (last * factor - earlier) / (factor - 1.0);
                let error = (better - last).abs().max((better - earlier).abs()) + noise;
                if error < least {
                    (best, least) = (better, error);
                }
                row.push(better);
            }
            previous = row;
        }
        best
    };
    (0..rows[0].1.len()).map(extrapolate).collect()
}

/// The band with a tangent for the parameter at `index`, on the numbers of the `dual_num` crate.
pub fn for_the_oracle(band: &Band<f64>, index: usize) -> Band<dual_num::Dual<f64>> {
    let mut indices = 0..;
    band.map(|_, value| {
        let tangent = if indices.next() == Some(index) { 1.0 } else { 0.0 };
        dual_num::Dual::new(value, tangent)
    })
}
