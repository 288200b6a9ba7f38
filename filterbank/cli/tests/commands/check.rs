//! `filterbank check`.

use crate::support::{Folder, assert_contains};

#[test]
fn every_derivative_agrees() {
    let folder = Folder::new("check_all");
    let output = folder.succeed(&["check"]);
    assert_contains(
        &output,
        &["elliptic", "bandwidth", "slope", "derivatives of 48 designs agree"],
    );
    assert!(!output.contains("WRONG") && !output.contains("untrusted"), "{output}");
}

#[test]
fn bands_and_orders_can_be_chosen() {
    let folder = Folder::new("check_some");
    let output = folder.succeed(&["check", "--band", "elliptic", "--order", "3"]);
    assert_contains(&output, &["elliptic(order = 3", "of 4 designs"]);
    assert!(!output.contains("butterworth"), "{output}");

    folder.fail(&["check", "--band", "nonsense"], 2, "no band's description contains `nonsense`");
    folder.fail(&["check", "--order", "25"], 2, "must be a whole number from 1 to 24");
}
