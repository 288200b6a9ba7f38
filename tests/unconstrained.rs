//! Parameters from free numbers: any numbers give a filter, derivatives are exact, and edges stay in
//! order.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::bands::{ORDINARY, every_band};
use common::noise::{noise, normal};
use common::worst::Worst;
use filterbank::fit::Adam;
use filterbank::spec::{Parameter, Quantity};
use filterbank::tune::{Param, StableCascade, Unconstrained, UnconstrainedError};
use filterbank::{
    Band, DesignError, Dual, Method, Scalar, Section, Sensitivities, Tunable, TunableBank,
    TunableCascade, Tune,
};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Every band of the catalogue with every number a parameter, without bounds but for the levels of
/// methods.
fn catalogue() -> Vec<Unconstrained<TunableCascade>> {
    let bands = every_band(&ORDINARY).into_iter();
    bands
        .map(|band| {
            let free = band.map(|parameter, value| match parameter {
                Parameter::RIPPLE_DB => Tune::within(value, 0.01..=6.0),
                Parameter::STOP_DB => Tune::within(value, 10.0..=120.0),
                _ => Tune::free(value),
            });
            let cascade = TunableCascade::new([("band", free)], 48_000.0).expect("designable");
            Unconstrained::new(cascade).expect("inside its intervals")
        })
        .collect()
}

/// A crossover with all four edges in order, and gains with bounds.
fn crossover() -> Result<Unconstrained<TunableBank>, Box<dyn std::error::Error>> {
    let method = Method::Elliptic { order: 3, ripple_db: 0.5, stop_db: 40.0 };
    let method = || Band::lowpass(method, 0.0).map(|_, value| Tune::from(value));
    let Band::Lowpass { method, .. } = method() else { return Err("no lowpass".into()) };
    let edges = [
        Tune::within(200.0, 50.0..=4_000.0),
        Tune::within(300.0, 100.0..=6_000.0),
        Tune::free(2e3),
    ];
    let bank = TunableBank::new(
        [
            ("low", Band::lowpass(method, edges[0])),
            ("mid", Band::bandpass(method, edges[1], edges[2])),
            ("high", Band::highpass(method, Tune::within(3_000.0, 150.0..=12_000.0))),
        ],
        48_000.0,
    )?;
    let edges = ["low.cutoff", "mid.low", "mid.high", "high.cutoff"];
    Ok(Unconstrained::new(bank)?.ordered(&edges)?)
}

/// Free numbers of any size, most of them ordinary.
fn any_numbers(random: &mut StdRng, count: usize) -> Vec<f64> {
    let number = |random: &mut StdRng| match random.random_range(0..6) {
        0 => *[-1e308, -1e3, -745.0, -40.0, 40.0, 745.0, 1e3, 1e308].choose(random).expect("some"),
        1 => random.random_range(-30.0..30.0),
        _ => random.random_range(-4.0..4.0),
    };
    (0..count).map(|_| number(random)).collect()
}

#[test]
fn any_numbers_give_a_stable_filter() -> Outcome {
    let mut random = StdRng::seed_from_u64(1);
    for filter in catalogue() {
        let name = filter.filter().tunes()[0].to_string();
        for _ in 0..300 {
            let free = any_numbers(&mut random, filter.start().len());
            let params = filter.to_params(&free)?;
            let designed = filter.tuned(&free).map_err(|e| format!("{name} {params:?}: {e}"))?;
            assert!(designed.is_stable(), "{name} {params:?}");
            let duals: Vec<Dual<f64, 1>> = free.iter().map(|x| Dual::variable(*x, 0)).collect();
            let finite = filter.to_params(&duals)?.iter().all(|param| param.is_finite());
            assert!(finite, "{name} {free:?}");
        }
    }
    Ok(())
}

#[test]
fn the_ends_are_reached_and_no_tangent_is_lost_on_the_way() -> Outcome {
    let band = Band::peak(
        Tune::within(500.0, 50.0..=5_000.0),
        Tune::within(1.0, 0.3..=10.1),
        Tune::within(0.0, -12.3..=12.3),
    );
    let eq = Unconstrained::new(TunableCascade::new([("band", band)], 48_000.0)?)?;
    assert_eq!(eq.to_params(&[-1e3; 3])?, [50.0, 0.3, -12.3]);
    assert_eq!(eq.to_params(&[1e3; 3])?, [5_000.0, 10.1, 12.3]);
    assert_eq!(eq.to_params(&[1e3_f32; 3])?, [5_000.0, 10.1, 12.3]);
    for x in (-30..=30).map(f64::from) {
        for param in eq.to_params(&Dual::<f64, 3>::seed([x; 3]))? {
            let slope = param.tangent().iter().sum::<f64>();
            assert!(slope > 1e-15 && slope < 1e4, "{x}: {param:?}");
        }
    }
    Ok(())
}

#[test]
fn free_numbers_and_parameters_are_each_others_inverse() -> Outcome {
    let mut random = StdRng::seed_from_u64(2);
    let (mut params_again, mut free_again) = (Worst::default(), Worst::default());
    let crossover = crossover()?;
    for _ in 0..2_000 {
        let free: Vec<f64> = (0..4).map(|_| random.random_range(-3.0..3.0)).collect();
        let params = crossover.to_params(&free)?;
        let again = crossover.to_free(&params)?;
        for (one, other) in crossover.to_params(&again)?.iter().zip(&params) {
            params_again.see((one / other - 1.0).abs(), || format!("{params:?}"));
        }
        // Near an end, a rounding of the parameter moves the number by exp |x|; each number does the
        // same to the room of those behind it.
        let stretched: f64 = free.iter().map(|x| x.abs().exp()).product();
        for (one, other) in again.iter().zip(&free) {
            free_again.see((one - other).abs() / stretched, || format!("{free:?}"));
        }
    }
    params_again.assert_at_most(4e-15, "parameters");
    free_again.assert_at_most(2e-15, "free numbers");
    for filter in catalogue() {
        let values: Vec<f64> = filter.filter().params().map(|param| param.value).collect();
        for (one, other) in filter.to_params(&filter.start())?.iter().zip(&values) {
            assert!((one / other - 1.0).abs() < 2e-14, "{one} {other}");
        }
    }
    Ok(())
}

#[test]
fn the_chain_rule_gives_the_tangents_of_dual_numbers() -> Outcome {
    let mut random = StdRng::seed_from_u64(3);
    let crossover = crossover()?;
    let mut errors = Worst::default();
    for _ in 0..2_000 {
        let reach = *[3.0, 30.0].choose(&mut random).expect("some");
        let free: [f64; 4] = std::array::from_fn(|_| random.random_range(-reach..reach));
        let weights: [f64; 4] = std::array::from_fn(|_| random.random_range(-1.0..1.0));
        let found = crossover.gradient(&free, &weights)?;
        let duals = crossover.to_params(&Dual::<f64, 4>::seed(free))?;
        for (index, found) in found.iter().enumerate() {
            let each = duals.iter().zip(weights).map(|(p, weight)| p.tangent()[index] * weight);
            let (exact, size) = each.fold((0.0, 0.0), |(sum, size), x| (sum + x, size + x.abs()));
            let error = (found - exact).abs() / (size + f64::MIN_POSITIVE);
            errors.see(error, || format!("{free:?}: {found} {exact}"));
        }
    }
    errors.assert_at_most(2e-12, "gradients");
    Ok(())
}

#[test]
fn edges_stay_in_order_and_apart() -> Outcome {
    let mut random = StdRng::seed_from_u64(4);
    let crossover = crossover()?;
    let bounds: Vec<_> = crossover.filter().params().map(|param| param.bounds).collect();
    for _ in 0..5_000 {
        let free = any_numbers(&mut random, 4);
        let params = crossover.to_params(&free)?;
        for pair in params.windows(2) {
            assert!(pair[1] >= pair[0] * (1.001 - 1e-12), "{params:?}");
        }
        for (param, (low, high)) in params.iter().zip(&bounds) {
            assert!((*low..=*high).contains(param), "{params:?}");
        }
        crossover.tuned(&free)?;
    }
    Ok(())
}

#[test]
fn one_bound_or_none_is_enough_for_other_quantities() -> Outcome {
    struct Gains;
    impl Tunable for Gains {
        type Filter<S: Scalar> = [Section<S>; 3];
        fn sample_rate(&self) -> f64 {
            1.0
        }
        fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
            let param = |name, bounds| Param { bounds, ..Param::free(name, 0.5) };
            [
                param("any", (f64::NEG_INFINITY, f64::INFINITY)),
                param("above", (-1.0, f64::INFINITY)),
                param("below", (f64::NEG_INFINITY, 2.0)),
            ]
            .into_iter()
        }
        fn tuned<S: Scalar>(&self, params: &[S]) -> Result<[Section<S>; 3], DesignError> {
            Ok([0, 1, 2].map(|index| Section::identity().with_gain(params[index])))
        }
    }
    let gains = Unconstrained::new(Gains)?;
    for (one, other) in gains.to_params(&gains.start())?.iter().zip([0.5; 3]) {
        assert!((one - other).abs() < 1e-15);
    }
    assert_eq!(gains.to_params(&[-1e3; 3])?, [-1e3, -1.0, 2.0]);
    assert_eq!(gains.to_params(&[1e3; 3])?, [1e3, 999.0, -998.0]);
    assert!(gains.params().all(|param| param.quantity == Quantity::Free));
    for x in [-30.0, -1.0, 0.0, 2.0, 30.0, 800.0] {
        let duals = gains.to_params(&Dual::<f64, 3>::seed([x; 3]))?;
        let found = gains.gradient(&[x; 3], &[1.0; 3])?;
        for (index, found) in found.iter().enumerate() {
            assert!((found / duals[index].tangent()[index] - 1.0).abs() < 1e-15);
        }
    }
    Ok(())
}

#[test]
fn raw_coefficients_are_stable_and_start_where_they_should() -> Outcome {
    let band = Band::bandpass(Method::Butterworth { order: 3 }, 500.0, 900.0).design(8_000.0)?;
    let filter = StableCascade::new(&band)?;
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    let found = filter.tuned(&start)?;
    for (one, other) in found.sos().as_flattened().iter().zip(band.sos().as_flattened()) {
        assert!((one - other).abs() < 1e-14);
    }
    let mut random = StdRng::seed_from_u64(5);
    for _ in 0..1_000 {
        assert!(filter.tuned(&any_numbers(&mut random, start.len()))?.is_stable());
    }
    assert!(filter.tuned(&start[1..]).is_err());
    let unstable = filterbank::Cascade::from_sos(&[[1.0, 0.0, 0.0, 1.0, -2.5, 1.0]], 8_000.0)?;
    let error = StableCascade::new(&unstable).expect_err("unstable").to_string();
    assert!(error.starts_with("band 0: `a2` = 1 must"), "{error}");
    Ok(())
}

/// What no filter in bounds could do with plain gradient steps: the edges start at the wrong end.
#[test]
fn a_band_is_trained_through_its_sensitivities() -> Outcome {
    let method = Method::Butterworth { order: 2 };
    let edges = |low, high| Band::bandpass(method, low, high).map(|_, edge| edge);
    let wanted = edges(2_000.0, 4_000.0).design(48_000.0)?;
    let free = edges(0.0, 0.0);
    let starts = [Tune::within(300.0, 100.0..=8_000.0), Tune::within(9_000.0, 100.0..=12_000.0)];
    let mut start = starts.into_iter();
    let free = free.map(|_, _| start.next().expect("two edges"));
    let filter = Unconstrained::new(TunableCascade::new([("band", free)], 48_000.0)?)?;

    let input: Vec<f64> = normal(6).take(2_048).collect();
    let mut target = input.clone();
    wanted.process(&mut wanted.state(), &mut target);
    let (mut free, mut adam) = (filter.start(), Adam::new(0.05));
    let mut output = vec![0.0; input.len()];
    for _ in 0..400 {
        let mut gradient = [0.0; 2];
        let mut trained = Sensitivities::of_params(&filter, &free)?;
        let slope = |_, time: usize, y: f64| y - target[time];
        trained.add_gradient(&input, &mut output, slope, &mut gradient)?;
        adam.step(&mut free, &gradient)?;
    }
    let edges = filter.to_params(&free)?;
    assert!((edges[0] / 2_000.0 - 1.0).abs() < 1e-3, "{edges:?}");
    assert!((edges[1] / 4_000.0 - 1.0).abs() < 1e-3, "{edges:?}");
    Ok(())
}

#[test]
fn what_cannot_be_parametrised_is_refused() -> Outcome {
    let peak = |center, gain| Band::peak(center, Tune::from(1.0), gain);
    let of = |bands: Vec<(&'static str, Band<Tune>)>| TunableCascade::new(bands, 48_000.0);
    let error = |result: Result<Unconstrained<TunableCascade>, UnconstrainedError>| {
        result.expect_err("refused").to_string()
    };

    let at_bound = of(vec![("a", peak(Tune::free(100.0), Tune::within(12.0, -12.0..=12.0)))])?;
    assert_eq!(
        error(Unconstrained::new(at_bound)),
        "`a.gain_db` = 12 must lie strictly between -12 and 12"
    );

    let two = of(vec![
        ("a", peak(Tune::within(100.0, 50.0..=200.0), Tune::free(1.0))),
        ("b", peak(Tune::within(1_000.0, 500.0..=2_000.0), Tune::free(1.0))),
    ])?;
    let two = Unconstrained::new(two)?;
    assert_eq!(
        error(two.clone().ordered(&["b.center", "a.center"])),
        "`b.center` has no possible value: it would have to be at least 500 and at most \
         199.80019980019983"
    );
    assert_eq!(error(two.clone().ordered(&["a.centre"])), "no parameter is called `a.centre`");
    let starts = "`a.gain_db` cannot be ordered: ";
    assert!(error(two.clone().ordered(&["a.center", "a.gain_db"])).starts_with(starts));
    let starts = "`a.center` cannot be ordered: ";
    assert!(error(two.clone().ordered(&["a.center", "a.center"])).starts_with(starts));

    let wrong_order = of(vec![
        ("a", peak(Tune::free(100.0), Tune::free(1.0))),
        ("b", peak(Tune::free(50.0), Tune::free(1.0))),
    ])?;
    let found = error(Unconstrained::new(wrong_order)?.ordered(&["a.center", "b.center"]));
    assert!(found.starts_with("`b.center` = 50 must lie strictly between 100.1 and "), "{found}");

    assert!(two.to_free(&[100.0]).is_err());
    assert!(two.to_free(&[f64::NAN, 1.0, 1_000.0, 1.0]).is_err());
    assert!(two.to_params(&[0.0; 3]).is_err() && two.tuned(&[0.0; 5]).is_err());
    assert!(two.gradient(&[0.0; 4], &[0.0; 3]).is_err());
    assert!(two.tuned(&[f64::NAN, 0.0, 0.0, 0.0]).is_err());
    Ok(())
}

#[test]
fn only_the_edges_of_one_band_are_ordered() -> Outcome {
    // Two bands of one name, and levels between the edges of others.
    let method =
        Method::Elliptic { order: 2, ripple_db: Tune::free(1.0), stop_db: Tune::free(40.0) };
    let band = |low, high| Band::bandpass(method, Tune::free(low), Tune::free(high));
    let bands = [("a", band(1_000.0, 2_000.0)), ("a", band(300.0, 600.0))];
    let filter = Unconstrained::new(TunableCascade::new(bands, 48_000.0)?)?;
    let params = filter.to_params(&[3.0, -9.0, 2.0, -9.0, 0.0, 0.0, -2.0, -9.0])?;
    let pairs = [(params[0], params[1]), (params[2], params[3]), (params[6], params[7])];
    assert!(pairs.iter().all(|(lower, upper)| lower < upper), "{params:?}");
    assert!(params[6] < params[2], "{params:?}");
    Ok(())
}

#[test]
fn a_range_without_room_is_a_constant() -> Outcome {
    let edge = Tune::within(20_000.0, 18_000.0..=22_000.0);
    let eq = TunableCascade::clipped([("a", Band::notch(edge, Tune::free(2.0)))], 32_000.0)?;
    let eq = Unconstrained::new(eq)?;
    let free: Vec<f64> = noise(2, 7);
    assert_eq!(eq.to_params(&free)?[0], 15_680.0);
    assert_eq!(eq.gradient(&free, &[1.0, 0.0])?, [0.0, 0.0]);
    Ok(())
}
