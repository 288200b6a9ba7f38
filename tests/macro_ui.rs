//! Compiler errors of the macro: their spans, and that one mistake in a specification gives one
//! error, however the struct is used. (The catalogue of mistakes is a snapshot in
//! `filterbank-macros`.)

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/wrong_*.rs");
    cases.pass("tests/ui/right_*.rs");
}
