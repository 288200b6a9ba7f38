//! `jacobian`, `gradient` and `jacobian_vector`.

use filterbank::ad::{Jacobian, Number, jacobian_vector};
use filterbank::number::Complex;
use filterbank::run::Sample;
use filterbank::{Band, Cascade, DesignError, Dual, Method, Scalar, gradient, jacobian};

const RATE: f64 = 48_000.0;

/// Three outputs, each a different function of every parameter.
fn mixed<S: Scalar>(params: &[S]) -> [S; 3] {
    let mut outputs = [S::one(), S::zero(), S::from_f64(2.0)];
    for (index, &x) in params.iter().enumerate() {
        let weight = 1.0 + index as f64;
        outputs[0] *= x.scale(0.1 * weight).sin() + S::from_f64(1.5);
        outputs[1] += (x * x).scale(weight) - x.exp().recip();
        outputs[2] = (outputs[2] * x.hypot(outputs[0])).ln_1p();
    }
    outputs
}

fn numbered(count: usize) -> Vec<f64> {
    (0..count).map(|index| 0.3 + 0.17 * index as f64).collect()
}

/// The derivatives by 32 parameters at once, without chunks.
fn unchunked(params: &[f64]) -> Vec<Vec<f64>> {
    let numbers: Vec<Dual<f64, 32>> =
        params.iter().enumerate().map(|(index, &value)| Dual::variable(value, index)).collect();
    mixed(&numbers).iter().map(|y| y.tangent()[..params.len()].to_vec()).collect()
}

#[test]
fn any_number_of_parameters_is_differentiated_in_chunks() {
    for count in [0, 1, 7, 8, 9, 16, 17, 26] {
        let params = numbered(count);
        let mut runs = 0;
        let Ok((values, derivatives)) = jacobian(&params, |p| {
            runs += 1;
            mixed(p)
        });
        assert_eq!(runs, count.div_ceil(8).max(1), "{count}");
        assert_eq!(values, mixed(&params), "{count}");
        assert_eq!((derivatives.rows(), derivatives.columns()), (3, count));
        for (index, row) in unchunked(&params).iter().enumerate() {
            assert_eq!(derivatives.row(index), row, "{count}");
        }
    }
}

#[test]
fn the_derivatives_are_those_of_calculus() {
    let Ok((values, derivatives)) =
        jacobian(&[2.0, 3.0], |[x, y]| [*x * *y, *x * *x, y.recip(), Number::constant(5.0)]);
    assert_eq!(values, [6.0, 4.0, 1.0 / 3.0, 5.0]);
    assert_eq!(derivatives.as_slice(), [3.0, 2.0, 4.0, 0.0, 0.0, -1.0 / 9.0, 0.0, 0.0]);
}

#[test]
fn arrays_slices_and_vectors_are_parameters() {
    let array = [0.5, 1.5, 2.5];
    let Ok(from_array) = jacobian(&array, |p: &[Number; 3]| mixed(p));
    let Ok(from_slice) = jacobian(&array[..], |p: &[Number]| mixed(p));
    let Ok(from_vec) = jacobian(&array.to_vec(), |p: &[Number]| mixed(p));
    assert_eq!(from_array, from_slice);
    assert_eq!(from_array, from_vec);
    assert_eq!(from_array.0, mixed(&array));
}

#[test]
fn outputs_are_numbers_lists_and_complex_and_nest() {
    let params = [0.5, 0.25];
    let expected = |rows: &[[f64; 2]], found: (Vec<f64>, Jacobian), values: &[f64]| {
        assert_eq!(found.0, values);
        assert_eq!(found.1.as_slice(), rows.as_flattened());
    };
    let Ok(number) = jacobian(&params, |[x, y]| *x * *y);
    expected(&[[0.25, 0.5]], number, &[0.125]);
    let Ok(array) = jacobian(&params, |[x, y]| [*x, *x + *y]);
    expected(&[[1.0, 0.0], [1.0, 1.0]], array, &[0.5, 0.75]);
    let Ok(vec) = jacobian(&params, |[x, y]| if x.primal() > 0.0 { vec![*y, *y] } else { vec![] });
    expected(&[[0.0, 1.0]; 2], vec, &[0.25; 2]);
    let Ok(complex) = jacobian(&params, |[x, y]| Complex::new(*x, -*y));
    expected(&[[1.0, 0.0], [0.0, -1.0]], complex, &[0.5, -0.25]);
    let Ok(nested) = jacobian(&params, |[x, y]| {
        vec![[Complex::new(*x, *y)], [Complex::new(*y, Number::constant(0.0))]]
    });
    let rows = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
    expected(&rows, nested, &[0.5, 0.25, 0.25, 0.0]);
    let result = jacobian(&params, |[x, y]| Ok::<_, String>([vec![*x], vec![*y]]));
    expected(&[[1.0, 0.0], [0.0, 1.0]], result.expect("no failure"), &[0.5, 0.25]);
    let results = jacobian(&params, |[x, y]| vec![Ok::<_, String>(*x), Ok(*y)]);
    expected(&[[1.0, 0.0], [0.0, 1.0]], results.expect("no failure"), &[0.5, 0.25]);
    let Ok(nothing) = jacobian(&params, |_| Vec::<Number>::new());
    expected(&[], nothing, &[]);
}

#[test]
fn the_errors_of_a_closure_come_through() {
    let too_high = |p: &[Number; 2]| {
        Band::peak(p[0], p[1], Number::constant(3.0)).design(RATE).map(|eq| eq.magnitude_db(1e3))
    };
    let error = Band::peak(30e3, 1.0, 3.0).design(RATE).expect_err("beyond Nyquist");
    assert_eq!(jacobian(&[30e3, 1.0], too_high), Err(error));
    assert_eq!(gradient(&[30e3, 1.0], too_high), Err(error));
    assert_eq!(jacobian_vector(&[30e3, 1.0], &[1.0, 0.0], too_high), Err(error));

    // One error among many outputs, and an error in the second chunk only.
    let elements = jacobian(&[1.0], |[x]| vec![Ok(*x), Err("bad"), Err("worse")]);
    assert_eq!(elements, Err("bad"));
    let mut runs = 0;
    let second = jacobian(&numbered(9), |p| {
        runs += 1;
        if runs == 2 { Err("second") } else { Ok(p[0]) }
    });
    assert_eq!(second, Err("second"));
}

/// Which output is which cannot be told in a run with another number of outputs.
#[test]
fn a_run_with_another_number_of_outputs_has_no_derivatives() {
    for (first, second) in [(3, 1), (1, 3), (2, 0), (0, 2)] {
        let mut runs = 0;
        let Ok((values, derivatives)) = jacobian(&numbered(17), |p| {
            runs += 1;
            let count = if runs == 2 { second } else { first };
            (0..count).map(|index| p[index] + p[8] + p[16]).collect::<Vec<_>>()
        });
        assert_eq!((values.len(), derivatives.rows()), (first, first));
        for row in (0..first).map(|output| derivatives.row(output)) {
            assert_eq!(row[..8].iter().sum::<f64>(), 1.0, "{first} and {second}: {row:?}");
            assert!(row[8..16].iter().all(|x| x.is_nan()), "{first} and {second}: {row:?}");
            assert_eq!(row[16..], [1.0]);
        }
    }
}

/// A band of every kind in series, and its level and response at some frequencies.
fn levels<S: Sample>(p: &[S]) -> Result<Vec<S>, DesignError> {
    let method = Method::Elliptic { order: 5, ripple_db: p[0], stop_db: p[1] };
    let bands = [
        Band::lowpass(method, p[2]),
        Band::bandstop(Method::Chebyshev2 { order: 3, stop_db: p[3] }, p[4], p[5]),
        Band::peak(p[6], p[7], p[8]),
        Band::low_shelf(p[9], p[10], p[11]),
    ];
    let cascade = Cascade::from_bands(&bands, RATE)?;
    let mut outputs = Vec::new();
    for frequency in [40.0, 333.0, 1_000.0, 4_000.0, 12_345.0] {
        let response = cascade.response(frequency);
        outputs.extend([response.re, response.im, cascade.magnitude_db(frequency)]);
        outputs.extend([cascade.phase(frequency), cascade.group_delay(frequency)]);
    }
    outputs.extend(cascade.impulse_response(50));
    Ok(outputs)
}

const LEVELS: [f64; 12] =
    [0.3, 57.0, 9_000.0, 41.0, 600.0, 1_700.0, 2_500.0, 1.3, -7.0, 120.0, 0.8, 5.0];

#[test]
fn values_are_those_of_plain_numbers_bit_for_bit() {
    let plain = levels(&LEVELS).expect("a design");
    let (values, _) = jacobian(&LEVELS, |p| levels(p)).expect("a design");
    let (along, _) = jacobian_vector(&LEVELS, &[1.0; 12], |p| levels(p)).expect("a design");
    let bits = |list: &[f64]| list.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(plain.len(), 75);
    assert_eq!(bits(&values), bits(&plain));
    assert_eq!(bits(&along), bits(&plain));
}

#[test]
fn a_column_is_the_derivative_along_its_parameter() {
    let (values, derivatives) = jacobian(&LEVELS, |p| levels(p)).expect("a design");
    for column in 0..LEVELS.len() {
        let mut direction = [0.0; LEVELS.len()];
        direction[column] = 1.0;
        let (same, slopes) = jacobian_vector(&LEVELS, &direction, |p| levels(p)).expect("a design");
        assert_eq!(same, values);
        let expected: Vec<f64> =
            (0..derivatives.rows()).map(|row| derivatives[(row, column)]).collect();
        assert_eq!(slopes, expected, "column {column}");
        assert!(slopes.iter().any(|slope| *slope != 0.0), "column {column}");
    }
}

#[test]
fn a_direction_that_is_too_short_is_filled_with_zeros() {
    let Ok((_, slope)) = jacobian_vector(&[2.0, 3.0, 5.0], &[1.0, 2.0], |[x, y, z]| *x * *y * *z);
    assert_eq!(slope, [15.0 + 2.0 * 10.0]);
    let Ok((_, still)) = jacobian_vector(&[2.0, 3.0], &[], |[x, y]| *x * *y);
    assert_eq!(still, [0.0]);
}

#[test]
fn entries_rows_and_the_matrix_agree() {
    let Ok((_, derivatives)) = jacobian(&numbered(9), mixed);
    let matrix = derivatives.to_matrix();
    assert_eq!(matrix.shape(), (3, 9));
    for row in 0..3 {
        for column in 0..9 {
            let entry = derivatives[(row, column)];
            assert_eq!(derivatives.get(row, column), Some(entry));
            assert_eq!(derivatives.row(row)[column], entry);
            assert_eq!(derivatives.as_slice()[row * 9 + column], entry);
            assert_eq!(matrix[(row, column)], entry);
        }
    }
    assert_eq!(derivatives.get(0, 9), None);
    assert_eq!(derivatives.get(3, 0), None);
    assert_eq!(derivatives.get(usize::MAX, 0), None);
    assert!(derivatives.row(3).is_empty());
}

#[test]
#[should_panic(expected = "parameter 9 of 9")]
fn a_column_out_of_range_panics() {
    let Ok((_, derivatives)) = jacobian(&numbered(9), mixed);
    let _ = derivatives[(0, 9)];
}

#[test]
fn a_gradient_is_the_row_of_one_output() {
    let objective = |p: &[Number]| {
        let [a, b, c] = mixed(p);
        a * b - c
    };
    let params = numbered(10);
    let Ok((value, slopes)) = gradient(&params, objective);
    let Ok((values, derivatives)) = jacobian(&params, objective);
    assert_eq!((vec![value], &slopes[..]), (values, derivatives.row(0)));
    assert_eq!(slopes.len(), 10);
    let Ok((constant, none)) = gradient(&[0.0; 0], |_| Number::constant(7.0));
    assert_eq!((constant, none), (7.0, Vec::new()));
    let failed = gradient(&[1.0], |_| Err::<Number, _>("no number"));
    assert_eq!(failed, Err("no number"));
}

/// The outputs of a cascade are linear in its initial state and its input: the derivatives are
/// responses to a unit of state and of input.
#[test]
fn the_derivatives_by_state_and_input_are_responses() {
    const LENGTH: usize = 100;
    let bands =
        [Band::lowpass(Method::Butterworth { order: 3 }, 5_000.0), Band::peak(800.0, 3.0, 9.0)];
    let plain = Cascade::from_bands(&bands, RATE).expect("a design");
    // Sample by sample, as in blocks of dual numbers.
    let run = |state: [f64; 6], input: &[f64]| -> Vec<f64> {
        let mut memory = plain.state();
        for (section, values) in memory.sections_mut().iter_mut().zip(state.chunks_exact(2)) {
            (section.s1, section.s2) = (values[0], values[1]);
        }
        input.iter().map(|&x| plain.tick(&mut memory, x)).collect()
    };
    let start = [0.1, -0.2, 0.05, 0.3, -0.15, 0.25];
    let input: Vec<f64> = (0..LENGTH).map(|n| (0.3 * n as f64).sin()).collect();
    let mut all = start.to_vec();
    all.extend(&input);
    let (values, derivatives) = jacobian(&all, |p| {
        let eq: Cascade<Number> = plain.cast();
        let (state, input) = p.split_at(6);
        let mut memory = eq.state();
        for (section, values) in memory.sections_mut().iter_mut().zip(state.chunks_exact(2)) {
            (section.s1, section.s2) = (values[0], values[1]);
        }
        let mut block = input.to_vec();
        eq.process(&mut memory, &mut block);
        Ok::<_, DesignError>(block)
    })
    .expect("no failure");

    assert_eq!(values, run(start, &input));
    for column in 0..6 {
        let mut unit = [0.0; 6];
        unit[column] = 1.0;
        let response = run(unit, &[0.0; LENGTH]);
        assert!(response[column / 2..].iter().any(|y| y.abs() > 1e-3));
        for (row, expected) in response.iter().enumerate() {
            assert_eq!(derivatives[(row, column)], *expected, "{row} {column}");
        }
    }
    let mut impulse = [0.0; LENGTH];
    impulse[0] = 1.0;
    let impulse = run([0.0; 6], &impulse);
    for at in 0..LENGTH {
        for row in 0..LENGTH {
            let expected = if row < at { 0.0 } else { impulse[row - at] };
            assert_eq!(derivatives[(row, 6 + at)], expected, "{row} {at}");
        }
    }
}
