//! One channel through sections in series, with the derivatives of every output sample by the
//! coefficients or by the design's parameters.

use std::error::Error;
use std::hint::black_box;

use filterbank_benches::derivatives::{Duals, Engine, Fluxion, Gradient, NumDuals, Problem, Rows};
use filterbank_benches::filters::{BLOCK, noise};
use filterbank_benches::report::{Contender, Report, Work, assert_close};

/// An engine, and its tolerance relative to the first.
type Entry = (&'static str, Box<dyn Engine>, f64);

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new("derivatives");
    for (sections, by) in
        [(4, "coefficients"), (10, "coefficients"), (4, "parameters"), (10, "parameters")]
    {
        let problem = Problem::new(sections, by)?;
        let count = problem.numbers().len();
        let mut engines = match count {
            12 => engines::<12>(&problem)?,
            20 => engines::<20>(&problem)?,
            30 => engines::<30>(&problem)?,
            _ => engines::<50>(&problem)?,
        };
        if let Problem::Coefficients(cascade) = &problem {
            let fluxion = Fluxion::new(cascade, &weights());
            engines.push(("fluxion gradient f32", Box::new(fluxion), 1e-2));
        }
        let name = format!("{sections} sections, {count} {by}");
        compare(&mut report, Work { name, elements: BLOCK, sections: 0 }, engines);
    }
    report.finish("ns per sample, for the value and all derivatives");
    Ok(())
}

/// All engines but fluxion; `ALL` is the number of variables.
fn engines<const ALL: usize>(problem: &Problem) -> Result<Vec<Entry>, Box<dyn Error>> {
    Ok(vec![
        ("filterbank", Box::new(Rows::new(problem)?), 1e-9),
        ("filterbank gradient", Box::new(Gradient::new(problem, weights())?), 1e-9),
        ("filterbank duals by 8", Box::new(Duals::<8>::new(problem)?), 1e-9),
        ("filterbank duals at once", Box::new(Duals::<ALL>::new(problem)?), 1e-9),
        ("num-dual at once", Box::new(NumDuals::<ALL>::new(problem)?), 1e-9),
    ])
}

fn weights() -> Vec<f64> {
    noise(2 * BLOCK).split_off(BLOCK)
}

/// Checks that all engines have the same derivatives, then measures them.
fn compare(report: &mut Report, work: Work, mut engines: Vec<Entry>) {
    let (input, weights) = (noise::<f64>(BLOCK), weights());
    let mut expected = Vec::new();
    for (name, engine, tolerance) in &mut engines {
        engine.run(&input);
        let gradient = engine.gradient(&weights);
        if expected.is_empty() {
            expected.clone_from(&gradient);
        }
        // Parameters differ in their units, so each derivative is compared on its own.
        for (found, expected) in gradient.iter().zip(&expected) {
            assert_close(name, &[*found], &[*expected], *tolerance);
        }
        assert_eq!(gradient.len(), expected.len(), "{name}");
    }
    let contenders = engines
        .iter_mut()
        .map(|(name, engine, _)| Contender::new(name, || engine.run(black_box(&input))));
    report.compare(work, contenders.collect());
}
