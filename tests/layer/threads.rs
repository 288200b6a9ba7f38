//! Results do not depend on the number of threads, bit for bit.

use filterbank::layer::Workspace;
use rayon::ThreadPoolBuilder;

use crate::batch::{Batch, Passed, Slopes, shape};

/// Both passes in a pool of so many threads.
fn passes(batch: &Batch, threads: usize) -> (Passed<f32>, Slopes) {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| {
        let mut workspace = Workspace::new();
        let passed = batch.forward::<f32>(&mut workspace).expect("valid");
        let slopes = batch.backward::<f32>(&passed.checkpoints, &mut workspace).expect("valid");
        (passed, slopes)
    })
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for batch in [
        Batch::cascades(shape(7, 5, 1_500), 1, 10, 1),
        Batch::cascades(shape(20, 1, 1_500), 20, 10, 2),
        Batch::banks(shape(9, 2, 900), 1, 12, 3),
        Batch::banks(shape(13, 1, 4_000), 13, 3, 4),
    ] {
        // Above the size from which on there is more than one thread.
        let steps = batch.shape.samples() * batch.sections.len() / batch.filters;
        assert!(steps > 1 << 18);
        let alone = passes(&batch, 1);
        for threads in [2, 3, 8, 64] {
            assert_eq!(passes(&batch, threads), alone, "{threads} threads");
        }
    }
}
