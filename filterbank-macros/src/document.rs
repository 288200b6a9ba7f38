//! The generated documentation of a filter: its bands in words, and what it does in numbers.

use filterbank_core::grammar::Arrangement;
use filterbank_core::{Cascade, DesignError, Scale, Section};
use syn::Attribute;

use crate::checked::{Checked, CheckedBand, Tuned};

/// Rows of the response table, in Hz.
const FREQUENCIES: [f64; 12] = [
    20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 3_000.0, 5_000.0, 8_000.0, 12_000.0,
    20_000.0,
];

/// Lines to be put behind the user's own documentation of the struct.
pub(crate) fn filter(checked: &Checked) -> Vec<String> {
    let bands = &checked.bands;
    let sections: usize = bands.iter().map(|band| band.band.section_count()).sum();
    let arrangement = match checked.arrangement {
        Arrangement::Cascade => "A cascade",
        Arrangement::Bank => "A bank",
    };
    let rate = match checked.sample_rate {
        Some(rate) => format!("at {rate} Hz"),
        None => "for any sample rate".to_owned(),
    };
    let mut lines = Vec::new();
    if is_documented(&checked.attributes) {
        lines.push(String::new());
    }
    lines.extend([
        format!(
            "{arrangement} of {}, {}, {rate}:",
            number_of(bands.len(), "band"),
            number_of(sections, "section"),
        ),
        String::new(),
        "| band | specification |".to_owned(),
        "|---|---|".to_owned(),
    ]);
    for checked in bands {
        lines.push(format!("| `{}` | `{}` |", checked.label(), checked.band));
    }
    lines.extend(exclusions(bands));
    if let Some(rate) = checked.sample_rate {
        lines.push(String::new());
        lines.extend(response(checked, rate));
    }
    lines.iter().map(|line| format!(" {line}")).collect()
}

/// Which values within their bounds exclude each other.
fn exclusions(bands: &[CheckedBand]) -> Vec<String> {
    let of_band = |band: &CheckedBand| {
        let label = band.label();
        let line = move |error: &DesignError| format!("- `{label}`: {error}.");
        band.exclusions.iter().map(line).collect::<Vec<_>>()
    };
    let examples: Vec<String> = bands.iter().flat_map(of_band).collect();
    if examples.is_empty() {
        return examples;
    }
    let heading = "Some values within their bounds cannot be designed together. For example:";
    [vec![String::new(), heading.to_owned(), String::new()], examples].concat()
}

/// Lines to be put behind the user's own documentation of a band.
pub(crate) fn accessor(checked: &CheckedBand) -> Vec<String> {
    let separator = is_documented(&checked.attributes).then(String::new);
    let line = format!(" Band `{}`: `{}`.", checked.label(), checked.band);
    separator.into_iter().chain([line]).collect()
}

/// Lines of documentation of a parameter's index.
pub(crate) fn index(band: &CheckedBand, tuned: &Tuned) -> Vec<String> {
    let Tuned { parameter, start, bounds } = tuned;
    let unit = parameter.quantity.unit();
    let with_unit =
        |value: f64| if unit.is_empty() { format!("{value}") } else { format!("{value} {unit}") };
    let bounds = match bounds {
        Some((low, high)) => format!("{} to {}", with_unit(*low), with_unit(*high)),
        None => "none".to_owned(),
    };
    let scale = match parameter.quantity.scale() {
        Scale::Linear => "linear",
        Scale::Logarithmic => "logarithmic",
    };
    vec![
        format!(" Index of the parameter `{}.{}`.", band.label(), parameter.name),
        String::new(),
        " | default | bounds | scale |".to_owned(),
        " |---|---|---|".to_owned(),
        format!(" | {} | {bounds} | {scale} |", with_unit(*start)),
    ]
}

fn number_of(count: usize, what: &str) -> String {
    if count == 1 { format!("one {what}") } else { format!("{count} {what}s") }
}

fn is_documented(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// A table of levels in dB: one column for a cascade, one for each band of a bank.
fn response(checked: &Checked, rate: f64) -> Vec<String> {
    let bands = &checked.bands;
    let columns: Vec<(String, Vec<Section<f64>>)> = match checked.arrangement {
        Arrangement::Cascade => {
            vec![("level".to_owned(), bands.iter().flat_map(CheckedBand::sections).collect())]
        }
        Arrangement::Bank => bands
            .iter()
            .map(|band| (format!("`{}`", band.label()), band.sections().collect()))
            .collect(),
    };
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut lines = vec![
        format!("| frequency | {} |", names.join(" | ")),
        format!("|---:|{}", "---:|".repeat(columns.len())),
    ];
    for frequency in FREQUENCIES.into_iter().filter(|frequency| *frequency < rate / 2.0) {
        let levels: Vec<String> = columns
            .iter()
            .map(|(_, sections)| {
                let cascade = Cascade::from_slice(sections, rate);
                // Rounded first, so that nothing is "-0.00".
                let level = cascade.map_or(f64::NAN, |cascade| cascade.magnitude_db(frequency));
                let level = (level * 100.0).round() / 100.0 + 0.0;
                format!("{level:.2} dB")
            })
            .collect();
        lines.push(format!("| {frequency} Hz | {} |", levels.join(" | ")));
    }
    lines
}
