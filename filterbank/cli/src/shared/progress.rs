//! A progress bar for long work.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// The bar appears after this time.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar on standard error, if that is a terminal. It is cleared when dropped.
pub struct Progress {
    start: Instant,
    total: u64,
    template: &'static str,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For `total` steps, with a template of indicatif.
    pub fn new(total: u64, template: &'static str) -> Self {
        Self { start: Instant::now(), total, template, bar: None }
    }

    /// Shows that `done` steps are done, with a message for the template.
    pub fn show(&mut self, done: u64, message: impl FnOnce() -> String) {
        if self.start.elapsed() > PATIENCE {
            let bar = self.bar.get_or_insert_with(|| new_bar(self.total, self.template));
            bar.set_message(message());
            bar.set_position(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(total: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
