//! Measures contenders in turns and prints one table.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;

use crate::peers::{Filter, Peer};
use crate::table::{self, median};

/// The number of rounds. A brief disturbance of the machine affects one round of some contenders,
/// and the median over the rounds ignores it.
const ROUNDS: u32 = 3;
const WARM_UP: Duration = Duration::from_millis(60);
const MEASUREMENT: Duration = Duration::from_millis(200);

/// The task of all contenders in a row of the table.
pub struct Work {
    /// Its name, without slashes and colons: criterion makes a directory of it.
    pub name: String,
    /// The number of elements (samples, designs, …) in a call: times are divided by it.
    pub elements: usize,
    /// The number of sections for each sample; 0 if the column is left out.
    pub sections: usize,
}

/// An implementation of the task.
pub struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    /// This library's names begin with `filterbank`. The first contender is compared with the
    /// fastest other library.
    pub fn new<R>(name: &'static str, mut run: impl FnMut() -> R + 'a) -> Self {
        Self { name, run: Box::new(move || drop(black_box(run()))) }
    }
}

/// A run of one benchmark target.
pub struct Report {
    title: &'static str,
    criterion: Criterion,
    started: SystemTime,
    rows: Vec<Row>,
}

/// The time of each contender, in nanoseconds per element.
struct Row {
    work: Work,
    times: Vec<(&'static str, f64)>,
}

impl Report {
    /// Starts a run. criterion reads the arguments of the command line.
    pub fn new(title: &'static str) -> Self {
        let criterion = Criterion::default()
            .sample_size(10)
            .warm_up_time(WARM_UP)
            .measurement_time(MEASUREMENT)
            .nresamples(1_001)
            .configure_from_args();
        Self { title, criterion, started: SystemTime::now(), rows: Vec::new() }
    }

    /// Measures all contenders, in turns.
    pub fn compare(&mut self, work: Work, mut contenders: Vec<Contender<'_>>) {
        let group_name = format!("{} {}", self.title, work.name);
        let mut group = self.criterion.benchmark_group(&group_name);
        group.throughput(Throughput::Elements(work.elements as u64));
        for round in 1..=ROUNDS {
            for Contender { name, run } in &mut contenders {
                let id = BenchmarkId::new(*name, round);
                group.bench_function(id, |bencher| bencher.iter(&mut *run));
            }
        }
        group.finish();
        let time = |contender: &Contender<'_>| {
            let name = contender.name;
            let rounds = (1..=ROUNDS).filter_map(|round| self.median(&group_name, name, round));
            Some((name, median(rounds.collect())? / work.elements as f64))
        };
        let times: Vec<_> = contenders.iter().filter_map(time).collect();
        if !times.is_empty() {
            self.rows.push(Row { work, times });
        }
    }

    /// Criterion's last median, read from its file. There is no file, or an old one, if the command
    /// line selected other benchmarks.
    fn median(&self, group: &str, contender: &str, round: u32) -> Option<f64> {
        let home = env::var_os("CRITERION_HOME").map(PathBuf::from).or_else(|| {
            // The benchmark is in `target/release/deps`.
            Some(env::current_exe().ok()?.ancestors().nth(3)?.join("criterion"))
        })?;
        let file = home.join(group).join(contender).join(round.to_string());
        let file = file.join("new").join("estimates.json");
        let written = file.metadata().ok()?.modified().ok()?;
        let estimates: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        estimates["median"]["point_estimate"].as_f64().filter(|_| written >= self.started)
    }

    /// Prints the table; `unit` is the unit of its times.
    pub fn finish(self, unit: &str) {
        if self.rows.is_empty() {
            return;
        }
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.rows.iter().flat_map(|row| &row.times) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        let any_other = self.rows.iter().any(|row| row.fastest_other().is_some());
        let any_sections = self.rows.iter().any(|row| row.work.sections > 0);

        let mut head = vec![self.title];
        head.extend(&names);
        head.extend(["fastest other", "its time / ours"].iter().filter(|_| any_other));
        head.extend(["ours per section"].iter().filter(|_| any_sections));
        let mut table = vec![head.into_iter().map(String::from).collect()];
        for row in &self.rows {
            let mut cells = vec![Some(row.work.name.clone())];
            cells.extend(names.iter().map(|name| row.time(name).map(table::figure)));
            if any_other {
                let ratio = row.fastest_other().zip(row.ours()).map(|((_, other), us)| other / us);
                cells.push(row.fastest_other().map(|(name, _)| name.into()));
                cells.push(ratio.map(|ratio| format!("{ratio:.2}")));
            }
            if any_sections {
                let part = row.ours().map(|ns| ns / row.work.sections as f64);
                cells.push(part.map(|ns| format!("{ns:.3}")));
            }
            table.push(cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".into())).collect());
        }
        println!("\n{}: {unit}\n", self.title);
        table::print(&table);
    }
}

impl Row {
    fn time(&self, name: &str) -> Option<f64> {
        self.times.iter().find(|(found, _)| *found == name).map(|(_, ns)| *ns)
    }

    fn ours(&self) -> Option<f64> {
        self.times.iter().find(|(name, _)| is_ours(name)).map(|(_, ns)| *ns)
    }

    fn fastest_other(&self) -> Option<(&'static str, f64)> {
        let others = self.times.iter().filter(|(name, _)| !is_ours(name));
        others.min_by(|a, b| a.1.total_cmp(&b.1)).copied()
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("filterbank")
}

/// Filters as contenders, on blocks of `input`, with `outputs` samples each time. Each is first
/// checked against the first filter, which is this library's.
pub fn filters<'a, S: Peer>(
    input: &'a [S],
    outputs: usize,
    mut filters: Vec<(&'static str, Filter<S>)>,
) -> Vec<Contender<'a>> {
    let mut expected = vec![S::zero(); outputs];
    let mut output = expected.clone();
    if let Some(((_, first), others)) = filters.split_first_mut() {
        for _ in 0..3 {
            first(input, &mut expected);
            for (name, filter) in &mut *others {
                filter(input, &mut output);
                assert_close(name, &output, &expected, S::TOLERANCE);
            }
        }
    }
    let contender = |(name, mut filter): (&'static str, Filter<S>)| {
        let mut output = output.clone();
        Contender::new(name, move || {
            filter(black_box(input), &mut output);
            black_box(&output);
        })
    };
    filters.into_iter().map(contender).collect()
}

/// Checks the results of a contender.
pub fn assert_close<S: filterbank::Scalar>(
    name: &str,
    output: &[S],
    expected: &[S],
    tolerance: f64,
) {
    let largest = expected.iter().fold(0.0, |largest: f64, y| largest.max(y.primal().abs()));
    let difference = |(a, b): (&S, &S)| (a.primal() - b.primal()).abs();
    // NaN is the worst of all.
    let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
    let worst = output.iter().zip(expected).map(difference).fold(0.0, larger);
    assert!(
        output.len() == expected.len() && worst <= tolerance * largest,
        "{name} differs by {worst:e}, where outputs reach {largest:e}"
    );
}
