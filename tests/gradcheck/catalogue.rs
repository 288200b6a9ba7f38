//! Functions and what a check should say of each. `tests/golden/gradcheck_peers.py` has the same
//! catalogue, under the same names, for the checks of other libraries.

use filterbank::ad::{Number, Verdict};
use filterbank::{Band, Cascade, DesignError, Method, Scalar};

/// A function, where it is checked, and the right answer.
pub struct Case {
    pub name: &'static str,
    pub params: Vec<f64>,
    pub function: Function,
    pub verdict: Verdict,
}

pub type Function = fn(&[Number]) -> Result<Vec<Number>, DesignError>;

const RATE: f64 = 48_000.0;

/// The same number with its tangents changed: what a wrong derivative rule does.
fn skew(x: Number, factor: f64) -> Number {
    Number::new(x.value(), x.tangent().map(|t| t * factor))
}

/// A derivative that is wrong by one part in a million.
fn slightly(x: Number) -> Number {
    skew(x, 1.0 + 1e-6)
}

fn constant(value: f64) -> Number {
    Number::constant(value)
}

fn rosenbrock(x: Number, y: Number) -> Number {
    let inner = y - x * x;
    100.0 * inner * inner + (1.0 - x) * (1.0 - x)
}

fn powell_singular(x: &[Number]) -> Number {
    (x[0] + 10.0 * x[1]).powi(2)
        + 5.0 * (x[2] - x[3]).powi(2)
        + (x[1] - 2.0 * x[2]).powi(4)
        + 10.0 * (x[0] - x[3]).powi(4)
}

fn wood(x: &[Number]) -> Number {
    100.0 * (x[1] - x[0] * x[0]).powi(2)
        + (1.0 - x[0]).powi(2)
        + 90.0 * (x[3] - x[2] * x[2]).powi(2)
        + (1.0 - x[2]).powi(2)
        + 10.1 * ((x[1] - 1.0).powi(2) + (x[3] - 1.0).powi(2))
        + 19.8 * (x[1] - 1.0) * (x[3] - 1.0)
}

fn beale(x: Number, y: Number) -> Number {
    let term = |constant: f64, power| (constant - x * (1.0 - y.powi(power))).powi(2);
    term(1.5, 1) + term(2.25, 2) + term(2.625, 3)
}

fn logistic(x: Number) -> Number {
    1.0 / (1.0 + (-x).exp())
}

fn product(x: &[Number]) -> Number {
    x.iter().fold(constant(1.0), |product, x| product * *x)
}

/// Looks like chance, and is the same each time.
fn noise(x: Number) -> f64 {
    let wild = (x.value() * 1.29898e8).sin() * 43758.5453;
    wild - wild.floor()
}

/// Real and imaginary parts at three frequencies.
fn parts(eq: &Cascade<Number>) -> Vec<Number> {
    let at = |f| [eq.response(f).re, eq.response(f).im];
    [400.0, 1_100.0, 6_000.0].map(at).concat()
}

fn peak_levels(p: &[Number]) -> Result<Vec<Number>, DesignError> {
    let eq = Band::peak(p[0], p[1], p[2]).design(RATE)?;
    Ok([100.0, 900.0, 1_000.0, 5_000.0].map(|f| eq.magnitude_db(f)).to_vec())
}

fn notch_level(p: &[Number], frequency: f64) -> Result<Vec<Number>, DesignError> {
    Ok(vec![Band::notch(p[0], p[1]).design(RATE)?.magnitude_db(frequency)])
}

fn ringing(p: &[Number]) -> Result<Vec<Number>, DesignError> {
    Ok(Band::bandpass_constant_peak(p[0], p[1]).design(RATE)?.impulse_response(200))
}

fn lowpass(order: usize, cutoff: Number) -> Result<Cascade<Number>, DesignError> {
    Band::lowpass(Method::Butterworth { order }, cutoff).design(RATE)
}

const TARGET: [f64; 9] = [120.0, 0.8, 4.0, 1_000.0, 2.0, -6.0, 6_000.0, 1.2, 3.0];

/// The squared distance in dB of an equalizer of three peaks to another one.
fn equalizer_cost(p: &[Number]) -> Result<Number, DesignError> {
    let level = |p: &[Number]| {
        let bands = [0, 3, 6].map(|i| Band::peak(p[i], p[i + 1], p[i + 2]));
        let eq = Cascade::from_bands(&bands, RATE)?;
        let at = |i| eq.magnitude_db(50.0 * 1.3_f64.powi(i));
        Ok::<_, DesignError>((0..20).map(at).collect::<Vec<_>>())
    };
    let target = level(&TARGET.map(Number::constant))?;
    Ok(level(p)?.iter().zip(target).map(|(y, t)| (*y - t).powi(2)).sum())
}

/// What a check must say.
///
/// # Agrees
///
/// The derivative is right. A check that says otherwise cries wolf.
///
/// # Differs
///
/// The derivative is wrong by at least one part in a million, and values are accurate enough to
/// show it.
///
/// # Untrusted
///
/// There is no derivative (kinks, jumps, vertical tangents), values do not show it (noise, no
/// outputs, one point only), or rounding hides it.
pub fn catalogue() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut group = |verdict, group: fn(&mut Add)| {
        group(&mut |name, params, function| {
            cases.push(Case { name, params: params.to_vec(), function, verdict });
        });
    };
    group(Verdict::Agrees, zeros_and_minima);
    group(Verdict::Agrees, scales);
    group(Verdict::Agrees, sizes_and_oscillation);
    group(Verdict::Agrees, elementary);
    group(Verdict::Agrees, filters);
    group(Verdict::Differs, wrong_signs_and_factors);
    group(Verdict::Differs, wrong_formulas);
    group(Verdict::Untrusted, undecided);
    cases
}

/// Adds a function: its name, where it is checked, and itself.
type Add<'a> = dyn FnMut(&'static str, &[f64], Function) + 'a;

fn zeros_and_minima(right: &mut Add) {
    // Nothing to see: no derivative is a derivative of 0.
    right("constant", &[2.0], |_| Ok(vec![constant(5.0)]));
    right("constant 0", &[2.0], |_| Ok(vec![constant(0.0)]));
    right("unused parameter", &[1.5, 2.5], |x| Ok(vec![x[0].exp()]));
    right("linear", &[3.0, -2.0], |x| Ok(vec![2.0 * x[0] - 7.0 * x[1]]));
    right("linear at 0", &[0.0], |x| Ok(vec![3.0 * x[0]]));
    // Minima: derivatives of 0 that values of 0 surround.
    right("square at 0", &[0.0], |x| Ok(vec![x[0] * x[0]]));
    right("fourth power at 0", &[0.0], |x| Ok(vec![x[0].powi(4)]));
    right("square near its minimum", &[1.0 + 1e-9], |x| Ok(vec![(x[0] - 1.0).powi(2)]));
    right("minimum above 0", &[0.0], |x| Ok(vec![(x[0] - 1.0).powi(2) + (x[0] + 1.0).powi(2)]));
    right("rosenbrock at its minimum", &[1.0, 1.0], |x| Ok(vec![rosenbrock(x[0], x[1])]));
    right("rosenbrock", &[-1.2, 1.0], |x| Ok(vec![rosenbrock(x[0], x[1])]));
    right("powell singular at 0", &[0.0; 4], |x| Ok(vec![powell_singular(x)]));
    right("powell singular", &[3.0, -1.0, 0.0, 1.0], |x| Ok(vec![powell_singular(x)]));
    right("wood at its minimum", &[1.0; 4], |x| Ok(vec![wood(x)]));
    right("beale at its minimum", &[3.0, 0.5], |x| Ok(vec![beale(x[0], x[1])]));
    right("sine at its maximum", &[core::f64::consts::FRAC_PI_2], |x| Ok(vec![x[0].sin()]));
    right("cosine at 0", &[0.0], |x| Ok(vec![x[0].cos()]));
}

fn scales(right: &mut Add) {
    // Scales.
    right("powell badly scaled", &[1.098e-5, 9.106], |x| {
        Ok(vec![1e4 * x[0] * x[1] - 1.0, (-x[0]).exp() + (-x[1]).exp() - 1.0001])
    });
    right("brown badly scaled", &[1e6, 2e-6], |x| {
        Ok(vec![x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0])
    });
    right("sine at 1e4", &[1e4], |x| Ok(vec![x[0].sin()]));
    right("sine at 1e8", &[1e8], |x| Ok(vec![x[0].sin()]));
    right("scale 1e-4 at 0", &[0.0], |x| Ok(vec![(1e4 * x[0]).sin()]));
    right("tanh of scale 1e-4 at 0", &[0.0], |x| Ok(vec![(1e4 * x[0]).tanh()]));
    right("scale 1e3 at 0", &[0.0], |x| Ok(vec![(1e-3 * x[0]).exp()]));
    right("sine at 1e-9", &[1e-9], |x| Ok(vec![x[0].sin()]));
    right("exp at 1e-10", &[1e-10], |x| Ok(vec![x[0].exp()]));
    right("ln_1p at 1e-10", &[1e-10], |x| Ok(vec![x[0].ln_1p()]));
    right("sine at 1e-200", &[1e-200], |x| Ok(vec![x[0].sin()]));
    right("exp at 20", &[20.0], |x| Ok(vec![x[0].exp()]));
    right("exp at -50", &[-50.0], |x| Ok(vec![x[0].exp()]));
    right("exp at 300", &[300.0], |x| Ok(vec![x[0].exp()]));
    right("gaussian at 6", &[6.0], |x| Ok(vec![(-(x[0] * x[0])).exp()]));
    right("ln at 1e-200", &[1e-200], |x| Ok(vec![x[0].ln()]));
    right("ln at 1e150", &[1e150], |x| Ok(vec![x[0].ln()]));
    right("root at 1e-12", &[1e-12], |x| Ok(vec![x[0].sqrt()]));
    right("reciprocal at 1e-3", &[1e-3], |x| Ok(vec![x[0].recip()]));
    right("decibels of 1e-6", &[1e-6], |x| Ok(vec![20.0 * x[0].log10()]));
    right("pole at a distance of 1e-5", &[1.0], |x| Ok(vec![(x[0] - 1.00001).recip()]));
}

fn sizes_and_oscillation(right: &mut Add) {
    // Sizes and offsets.
    right("1e7 x beside sine", &[1.0], |x| Ok(vec![1e7 * x[0], x[0].sin()]));
    right("outputs from 1e-10 to 1e10", &[0.7], |x| {
        Ok(vec![1e10 * x[0].sin(), x[0] * x[0], 1e-10 * x[0].cos()])
    });
    right("tiny output", &[1.3], |x| Ok(vec![1e-200 * x[0].exp()]));
    right("offset 1e6 and sine", &[1.0], |x| Ok(vec![1e6 + x[0].sin()]));
    right("offset 1e6 and x", &[1.0], |x| Ok(vec![1e6 + x[0]]));
    right("offset 1e7 and square", &[1.0], |x| Ok(vec![1e7 + x[0] * x[0]]));
    // Oscillation.
    right("cosine of 1000 x", &[1.0], |x| Ok(vec![(1_000.0 * x[0]).cos()]));
    right("cosine of 1e6 x", &[1.0], |x| Ok(vec![(1e6 * x[0]).cos()]));
    right("slope and ripple", &[1.0], |x| Ok(vec![x[0] + 1e-3 * (1e4 * x[0]).sin()]));
    right("damped sine", &[0.5], |x| Ok(vec![(50.0 * x[0]).sin() * (-x[0]).exp()]));
    right("chirp", &[30.0], |x| Ok(vec![(x[0] * x[0]).sin()]));
    // Rounding on the way to the output.
    right("ln of 1 plus a tiny square", &[1e-6], |x| Ok(vec![(1.0 + x[0] * x[0]).ln()]));
    right("exp less 1 at 1e-10", &[1e-10], |x| Ok(vec![x[0].exp() - 1.0]));
    right("exp less 1 and a line at 1e-10", &[1e-10], |x| Ok(vec![x[0].exp() - 1.0 + 1e-3 * x[0]]));
    right("offset 1e6, and taken away", &[1.0], |x| Ok(vec![(1e6 + x[0].sin()) - 1e6]));
}

fn elementary(right: &mut Add) {
    // Elementary.
    right("logistic", &[0.3], |x| Ok(vec![logistic(x[0])]));
    right("softplus", &[2.0], |x| Ok(vec![x[0].exp().ln_1p()]));
    right("power", &[2.0, 2.5], |x| Ok(vec![x[0].powf(x[1])]));
    right("hypot and angle", &[3.0, 4.0], |x| Ok(vec![x[0].hypot(x[1]), x[0].atan2(x[1])]));
    right("logarithm of a sum of powers", &[1.0, 2.0, 3.0], |x| {
        Ok(vec![(x[0].exp() + x[1].exp() + x[2].exp()).ln()])
    });
    right("polynomial of degree 8", &[4.5], |x| {
        Ok(vec![product(&core::array::from_fn::<_, 8, _>(|i| x[0] - (i + 1) as f64))])
    });
    right("product of 9", &[0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3], |x| Ok(vec![product(x)]));
    // Kinks elsewhere.
    right("absolute value at -3", &[-3.0], |x| Ok(vec![x[0].abs()]));
    right("larger of x and 1", &[2.0], |x| Ok(vec![Scalar::max(x[0], constant(1.0))]));
    right("kink at a distance of 0.005", &[1.0], |x| Ok(vec![(x[0] - 1.005).abs() * x[0].exp()]));
    right("between two bounds", &[0.5], |x| {
        Ok(vec![Scalar::clamp(x[0], constant(0.0), constant(1.0)).powi(3)])
    });
}

fn filters(right: &mut Add) {
    // Filters.
    right("peak response", &[1_000.0, 2.0, -6.0], |p| {
        Ok(parts(&Band::peak(p[0], p[1], p[2]).design(RATE)?))
    });
    right("peak level", &[1_000.0, 2.0, -6.0], peak_levels);
    right("peak of 0 dB", &[1_000.0, 2.0, 0.0], peak_levels);
    right("notch at a distance of 1e-5", &[1_000.0, 5.0], |p| notch_level(p, 1_000.01));
    right("impulse response at Q 1000", &[1_000.0, 1_000.0], ringing);
    right("energy of a ringing filter", &[1_000.0, 50.0], |p| {
        Ok(vec![ringing(p)?.iter().map(|y| *y * *y).sum()])
    });
    right("lowpass of order 4", &[1_000.0], |p| {
        let eq = lowpass(4, p[0])?;
        Ok([100.0, 1_000.0, 5_000.0].map(|f| eq.magnitude_db(f)).to_vec())
    });
    right("lowpass of order 8", &[1_000.0], |p| Ok(parts(&lowpass(8, p[0])?)));
    right("lowpass of order 8, deep in its passband", &[1_000.0], |p| {
        let eq = lowpass(8, p[0])?;
        Ok([50.0, 100.0, 1_000.0, 15_000.0].map(|f| eq.magnitude_db(f)).to_vec())
    });
    right("lowpass just below the Nyquist frequency", &[23_990.0], |p| {
        Ok(vec![lowpass(2, p[0])?.magnitude_db(23_995.0)])
    });
    right("lowpass at 1 mHz", &[1e-3], |p| Ok(parts(&lowpass(2, p[0])?)));
    right("equalizer at its target", &TARGET, |p| Ok(vec![equalizer_cost(p)?]));
    right(
        "equalizer off its target",
        &[100.0, 1.0, 2.0, 1_100.0, 1.5, -4.0, 5_000.0, 1.0, 4.0],
        |p| Ok(vec![equalizer_cost(p)?]),
    );
    right("equalizer from 0 dB", &[100.0, 1.0, 0.0, 1_100.0, 1.5, 0.0, 5_000.0, 1.0, 0.0], |p| {
        Ok(vec![equalizer_cost(p)?])
    });
}

fn wrong_signs_and_factors(wrong: &mut Add) {
    // Signs.
    wrong("1e7 x beside sine with the wrong sign", &[1.0], |x| {
        Ok(vec![1e7 * x[0], skew(x[0].sin(), -1.0)])
    });
    wrong("1e10 x beside 1e-10 sine with the wrong sign", &[1.0], |x| {
        Ok(vec![1e10 * x[0], skew(1e-10 * x[0].sin(), -1.0)])
    });
    wrong("offset 1e6 and sine with the wrong sign", &[1.0], |x| {
        Ok(vec![1e6 + skew(x[0].sin(), -1.0)])
    });
    wrong("absolute value at -3 with slope 1", &[-3.0], |x| Ok(vec![skew(x[0].abs(), -1.0)]));
    wrong("rosenbrock with one sign wrong", &[-1.2, 1.0], |x| {
        Ok(vec![100.0 * (x[1] - x[0] * x[0]).powi(2) + skew((1.0 - x[0]).powi(2), -1.0)])
    });
    wrong("conjugate response", &[1_000.0, 2.0, -6.0], |p| {
        let response = Band::peak(p[0], p[1], p[2]).design(RATE)?.response(1_100.0);
        Ok(vec![response.re, skew(response.im, -1.0)])
    });
    // One part in a million.
    wrong("linear, off by 1e-6", &[3.0, -2.0], |x| Ok(vec![slightly(2.0 * x[0]) - 7.0 * x[1]]));
    wrong("square, off by 1e-6", &[3.0], |x| Ok(vec![slightly(x[0] * x[0])]));
    wrong("exp, off by 1e-6", &[1.3], |x| Ok(vec![slightly(x[0].exp())]));
    wrong("exp at 20, off by 1e-6", &[20.0], |x| Ok(vec![slightly(x[0].exp())]));
    wrong("sine at 1e4, off by 1e-6", &[1e4], |x| Ok(vec![slightly(x[0].sin())]));
    wrong("sine at 1e-9, off by 1e-6", &[1e-9], |x| Ok(vec![slightly(x[0].sin())]));
    wrong("scale 1e-4 at 0, off by 1e-6", &[0.0], |x| Ok(vec![slightly((1e4 * x[0]).sin())]));
    wrong("cosine of 1000 x, off by 1e-6", &[1.0], |x| Ok(vec![slightly((1_000.0 * x[0]).cos())]));
    wrong("offset 1e6 and sine, off by 1e-6", &[1.0], |x| Ok(vec![1e6 + slightly(x[0].sin())]));
    wrong("1e7 x beside sine, off by 1e-6", &[1.0], |x| Ok(vec![1e7 * x[0], slightly(x[0].sin())]));
    wrong("one of 9 factors, off by 1e-6", &[0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3], |x| {
        let mut factors = x.to_vec();
        factors[6] = slightly(factors[6]);
        Ok(vec![product(&factors)])
    });
    wrong("square near its minimum, off by 1e-6", &[1.0 + 1e-9], |x| {
        Ok(vec![slightly((x[0] - 1.0).powi(2))])
    });
    wrong("peak level, off by 1e-6 in one output", &[1_000.0, 2.0, -6.0], |p| {
        let mut levels = peak_levels(p)?;
        levels[1] = slightly(levels[1]);
        Ok(levels)
    });
    wrong("notch at a distance of 1e-5, off by 1e-6", &[1_000.0, 5.0], |p| {
        Ok(vec![slightly(notch_level(p, 1_000.01)?[0])])
    });
    wrong("impulse response at Q 1000, one sample off by 1e-6", &[1_000.0, 1_000.0], |p| {
        let mut samples = ringing(p)?;
        samples[150] = slightly(samples[150]);
        Ok(samples)
    });
    wrong(
        "equalizer off its target, off by 1e-6",
        &[100.0, 1.0, 2.0, 1_100.0, 1.5, -4.0, 5_000.0, 1.0, 4.0],
        |p| Ok(vec![slightly(equalizer_cost(p)?)]),
    );
}

fn wrong_formulas(wrong: &mut Add) {
    // Factors and units.
    wrong("sine of degrees without the factor", &[30.0], |x| {
        let degree = 1_f64.to_radians();
        Ok(vec![skew((degree * x[0]).sin(), 1.0 / degree)])
    });
    wrong("log10 with the derivative of ln", &[2.0], |x| {
        Ok(vec![skew(x[0].log10(), core::f64::consts::LN_10)])
    });
    wrong("decibels of power", &[0.5], |x| Ok(vec![skew(20.0 * x[0].log10(), 0.5)]));
    wrong("derivative of a moment ago", &[1.3], |x| {
        let slope = (1.3_f64 + 1e-5).exp() / 1.3_f64.exp();
        Ok(vec![skew(x[0].exp(), slope)])
    });
    // Dropped terms and branches.
    wrong("square with one factor detached", &[3.0], |x| Ok(vec![x[0] * x[0].detach()]));
    wrong("product rule with one term", &[0.8], |x| Ok(vec![x[0] * x[0].sin().detach()]));
    wrong("small term dropped", &[1.3], |x| Ok(vec![x[0].exp() + (1e-5 * x[0].sin()).detach()]));
    wrong("rosenbrock with a term dropped", &[-1.2, 1.0], |x| {
        Ok(vec![100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2).detach()])
    });
    wrong("branch without derivative", &[2.0], |x| {
        Ok(vec![if x[0].primal() > 0.0 { x[0].powi(3).detach() } else { x[0] }])
    });
    wrong("rectifier at 1 with slope 0", &[1.0], |x| {
        Ok(vec![Scalar::max(x[0], constant(0.0)).detach()])
    });
    wrong("detached", &[1.3], |x| Ok(vec![x[0].sin().detach()]));
    wrong("one of four outputs detached", &[1.3], |x| {
        Ok(vec![x[0].exp(), x[0].sin(), (x[0] * x[0]).detach(), x[0].recip()])
    });
    wrong("lowpass with its cutoff detached", &[1_000.0], |p| {
        Ok(parts(&lowpass(4, p[0].detach())?))
    });
    // Slopes from nowhere.
    wrong("constant with a slope", &[2.0], |x| Ok(vec![5.0 + (x[0] - x[0].detach())]));
    wrong("rosenbrock at its minimum with a slope", &[1.0, 1.0], |x| {
        Ok(vec![rosenbrock(x[0], x[1]) + 1e-6 * (x[0] - x[0].detach())])
    });
    wrong("cosine at 0 with a slope", &[0.0], |x| {
        Ok(vec![x[0].cos() + 1e-6 * (x[0] - x[0].detach())])
    });
    wrong("absolute value at 0 with slope 5", &[0.0], |x| {
        Ok(vec![x[0].abs() + 5.0 * (x[0] - x[0].detach())])
    });
    wrong("rectifier at -1 with slope 1", &[-1.0], |x| {
        Ok(vec![Scalar::max(x[0], constant(0.0)) + (x[0] - x[0].detach())])
    });
    wrong("exp less 1 at 1e-10 with the wrong sign", &[1e-10], |x| {
        Ok(vec![skew(x[0].exp() - 1.0, -1.0)])
    });
    // No number.
    wrong("slope that is not a number", &[2.0], |x| Ok(vec![skew(x[0].sin(), f64::NAN)]));
    wrong("infinite slope", &[2.0], |x| Ok(vec![skew(x[0].sin(), f64::INFINITY)]));
}

fn undecided(undecided: &mut Add) {
    // No derivative: any slope between those of both sides is as good.
    undecided("absolute value at 0", &[0.0], |x| Ok(vec![x[0].abs()]));
    undecided("rectifier at 0", &[0.0], |x| Ok(vec![Scalar::max(x[0], constant(0.0))]));
    undecided("larger of two equals", &[1.0, 1.0], |x| {
        Ok(vec![Scalar::max(x[0] * x[0], x[1].powi(3))])
    });
    undecided("distance from the origin at 0", &[0.0, 0.0], |x| Ok(vec![x[0].hypot(x[1])]));
    undecided("kink at the point with a curve", &[1.0], |x| {
        Ok(vec![if x[0].primal() < 1.0 { x[0].exp() } else { x[0].exp() + (x[0] - 1.0) }])
    });
    undecided("step at the point", &[1.0], |x| {
        Ok(vec![if x[0].primal() < 1.0 { x[0] } else { x[0] + 1.0 }])
    });
    undecided("root at 0", &[0.0], |x| Ok(vec![x[0].sqrt()]));
    undecided("cube root at 0", &[0.0], |x| Ok(vec![x[0].cbrt()]));
    // Values that do not show it.
    undecided("noise of 1e-6", &[1.0], |x| Ok(vec![x[0].exp() + 1e-6 * noise(x[0])]));
    undecided("rounded to six digits", &[0.3], |x| {
        let rounded = (x[0].value() * 1e6).round() / 1e6;
        Ok(vec![Number::new(rounded, *x[0].tangent())])
    });
    undecided("defined at one point", &[1.0], |x| {
        Ok(vec![if x[0].primal() == 1.0 { x[0] } else { constant(f64::NAN) }])
    });
    undecided("no outputs", &[1.0], |_| Ok(Vec::new()));
    // Rounding hides it, right or wrong.
    undecided("saturated logistic", &[30.0], |x| Ok(vec![logistic(x[0])]));
    undecided("exp less 1, detached, and a line at 1e-10", &[1e-10], |x| {
        Ok(vec![(x[0].exp() - 1.0).detach() + 1e-3 * x[0]])
    });
    undecided("notch at a distance of 1e-8", &[1_000.0, 5.0], |p| notch_level(p, 1_000.000_01));
    undecided("offset 1e13 and sine", &[1.0], |x| Ok(vec![1e13 + x[0].sin()]));
    undecided("offset 1e13 and sine, off by 1e-6", &[1.0], |x| {
        Ok(vec![1e13 + slightly(x[0].sin())])
    });
    undecided("offset 1e9 and sine, off by 1e-6", &[1.0], |x| Ok(vec![1e9 + slightly(x[0].sin())]));
}
