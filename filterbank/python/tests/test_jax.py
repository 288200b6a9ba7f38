"""filterbank.jax: values, derivatives, jit and vmap, mistakes."""

import doctest

import numpy as np
import pytest
from scipy import signal

jax = pytest.importorskip("jax", reason="jax is not installed")

import filterbank as fb
import filterbank.jax as fj
import jax.numpy as jnp
from jax.test_util import check_grads

BANDS = [
    "lowpass(butterworth(order = 2), cutoff = 3000)",
    "peak(center = 1000, q = 2, gain_db = -6)",
]
FS = 48_000
PARAMS = np.array([[3000.0, 1000, 2, -6], [500, 100, 0.3, 9], [9000, 50, 8, 1]])


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def sections():
    return fb.design(BANDS, FS)


@pytest.mark.parametrize("shape", [(700,), (3, 700), (2, 3, 700), (3, 0), (0, 700)])
def test_sosfilt_is_that_of_scipy(shape):
    x = noise(*shape)
    y = fj.sosfilt(sections(), x)
    expected = signal.sosfilt(sections(), x) if x.size else x
    np.testing.assert_allclose(y, expected, atol=1e-12)


def test_states_go_on():
    x, zi = noise(2, 3, 300), noise(2, 2, 3, 2, seed=1)
    y, zf = fj.sosfilt(sections(), x, zi)
    expected, states = signal.sosfilt(sections(), x, zi=zi)
    np.testing.assert_allclose(y, expected, atol=1e-11)
    np.testing.assert_allclose(zf, states, atol=1e-11)


def test_single_precision_signals_keep_their_dtype():
    x = noise(300).astype(np.float32)
    y = fj.sosfilt(sections(), x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, signal.sosfilt(sections(), x.astype(np.float64)), atol=1e-6)


def test_single_precision_jax_keeps_checkpoints_in_double_precision():
    x, sos = noise(2, 2_000), sections()

    def loss(x):
        return (fj.sosfilt(sos, x) ** 2).sum()

    exact = jax.grad(loss)(x)
    with jax.enable_x64(False):
        np.testing.assert_allclose(
            jax.grad(loss)(x.astype(np.float32)), exact, rtol=1e-4, atol=1e-4
        )


def test_design_is_that_of_the_package():
    np.testing.assert_array_equal(fj.design(BANDS, fs=FS), sections())
    np.testing.assert_array_equal(fj.design(BANDS, PARAMS, FS)[0], sections())


def test_jit_and_vmap():
    x, zi = noise(3, 2, 200), noise(3, 2, 2, 2, seed=1)
    sos = fj.design(BANDS, PARAMS, FS)
    each = [fj.sosfilt(*arguments) for arguments in zip(sos, x, zi, strict=True)]
    for transform in (jax.vmap, lambda f: jax.jit(jax.vmap(f))):
        y, zf = transform(fj.sosfilt)(sos, x, zi)
        np.testing.assert_allclose(y, [y for y, _ in each], atol=1e-12)
        np.testing.assert_allclose(zf, [zf for _, zf in each], atol=1e-12)
    np.testing.assert_allclose(fj.sosfilt(sos, x), jax.vmap(fj.sosfilt)(sos, x), atol=1e-12)
    shared = jax.vmap(fj.sosfilt, (None, 0))(sos[0], x)
    np.testing.assert_allclose(shared, fj.sosfilt(sos[0], x), atol=1e-12)
    twice = jax.vmap(jax.vmap(fj.sosfilt, (None, 0)), (0, None))(sos, x[0])
    np.testing.assert_allclose(twice, [fj.sosfilt(s, x[0]) for s in sos], atol=1e-12)


def test_derivatives_of_sosfilt():
    arguments = (jnp.array(sections()), jnp.array(noise(3, 11)), jnp.array(noise(2, 3, 2, seed=1)))
    check_grads(fj.sosfilt, arguments, order=2, modes=["rev"])


def test_derivatives_by_parameters_of_each_item():
    def filter(params, x):
        return fj.sosfilt(fj.design(BANDS, params, FS), x)

    check_grads(
        filter, (jnp.array(PARAMS), jnp.array(noise(3, 2, 9))), order=2, modes=["rev"], rtol=1e-4
    )


def test_the_gradient_by_a_cutoff():
    x = jnp.array(noise(500))

    @jax.jit
    def energy(cutoff):
        sos = fj.design("lowpass(butterworth(order = 4), cutoff = 1000)", cutoff[None], FS)
        return (fj.sosfilt(sos, x) ** 2).mean()

    step = 1e-2
    difference = (energy(jnp.array(1000 + step)) - energy(jnp.array(1000 - step))) / (2 * step)
    assert float(jax.grad(energy)(jnp.array(1000.0))) == pytest.approx(float(difference), rel=1e-7)


def test_gradients_under_vmap_are_those_of_each():
    x, sos = jnp.array(noise(3, 100)), fj.design(BANDS, PARAMS, FS)

    def loss(sos, x):
        return (fj.sosfilt(sos, x) ** 2).sum()

    for in_axes, arguments in [
        ((0, 0), (sos, x)),
        ((None, 0), (sos[0], x)),
        ((0, None), (sos, x[0])),
    ]:
        together = jax.vmap(jax.grad(loss, (0, 1)), in_axes)(*arguments)
        for index in range(3):
            own = [a[index] if axis == 0 else a for a, axis in zip(arguments, in_axes, strict=True)]
            for got, expected in zip(together, jax.grad(loss, (0, 1))(*own), strict=True):
                np.testing.assert_allclose(got[index], expected, rtol=1e-10, atol=1e-10)
    shared = jax.grad(lambda sos: jax.vmap(loss, (None, 0))(sos, x).sum())(sos[0])
    np.testing.assert_allclose(shared, jax.grad(loss)(sos[0], x), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "name, call",
    [
        ("sos", lambda: fj.sosfilt(sections()[:, :5], noise(9))),
        ("sos", lambda: fj.sosfilt(sections()[0], noise(9))),
        ("sos", lambda: fj.sosfilt(np.stack([sections()] * 2), noise(3, 9))),
        ("sos", lambda: fj.sosfilt(sections().astype(np.float16), noise(9))),
        ("x", lambda: fj.sosfilt(sections(), np.arange(9))),
        ("x", lambda: fj.sosfilt(sections(), 1.0)),
        ("zi", lambda: fj.sosfilt(sections(), noise(9), noise(3, 2))),
        ("params", lambda: fj.design(BANDS, noise(3), FS)),
        ("params", lambda: fj.design(BANDS, np.float64(1), FS)),
        ("bands", lambda: fj.design(["lowpas(1)"], fs=FS)),
        ("fs", lambda: fj.design(BANDS)),
    ],
)
def test_mistakes_name_the_argument(name, call):
    with pytest.raises(ValueError, match=name):
        call()


def test_a_section_that_is_not_stable_is_an_error():
    sos = np.array([[1.0, 0, 0, 1, 0, 1.5]])
    with pytest.raises(Exception, match="a2"):
        jax.block_until_ready(fj.sosfilt(sos, noise(9)))


def test_examples_of_the_documentation():
    from filterbank.jax import _functional

    result = doctest.testmod(_functional)
    assert result.attempted and not result.failed
