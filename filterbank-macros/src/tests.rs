#[test]
fn look() {
    let tokens: proc_macro2::TokenStream = r#"(::filterbank)
    /// Vocal channel EQ.
    pub struct VocalEq: cascade(sample_rate = 48_000.0) {
        /// Takes out the rumble.
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
    }"#
    .parse()
    .unwrap();
    let out = super::generate(tokens);
    println!("{}", prettyplease::unparse(&syn::parse2(out).unwrap()));
    let tokens: proc_macro2::TokenStream = r#"(::filterbank)
    struct Crossover: bank {
        low: lowpass(butterworth(order = 2), cutoff = tune(200)),
        mid: bandpass(bessel(order = 2, norm= delay), low = 200, high = 2000),
    }"#
    .parse()
    .unwrap();
    let out = super::generate(tokens);
    println!("{}", prettyplease::unparse(&syn::parse2(out).unwrap()));
}
