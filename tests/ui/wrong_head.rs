//! A head without its colon, bands without their braces, names that cannot be.

filterbank::filterbank! {
    struct NoColon cascade(sample_rate = 48_000.0) {
        only: notch(center = 50.0, q = 30.0),
    }
}

filterbank::filterbank! {
    struct NoBraces: cascade(sample_rate = 48_000.0)
}

filterbank::filterbank! {
    struct Names: cascade {
        loop: notch(center = 50.0, q = 30.0),
        tick: notch(center = 50.0, q = 30.0),
        hum: notch(center = 50.0, q = 30.0),
        hum: notch(center = 100.0, q = 30.0),
    }
}

filterbank::filterbank! {}

fn main() {
    println!("{}", NoColon::new().only().is_stable());
    println!("{}", NoBraces::new().is_stable());
    println!("{}", Names::new(48_000.0).is_ok_and(|names| names.hum().is_stable()));
}
