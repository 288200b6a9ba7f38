"""Differentiable filters for JAX.

Functions whose gradients pass through the filter: to its coefficients or parameters, to its input
and to its initial state. They work under ``jit``, ``vmap`` and ``grad``, twice too; forward mode
(``jvp``, ``jacfwd``) is not defined. Everything numeric runs in Rust, on the CPU: on another
device each call copies its arrays to the host and back.

States and all arithmetic of the filter are double precision. JAX itself keeps arrays in single
precision unless ``jax_enable_x64`` is set; then coefficients of filters far below the sample rate
lose their poles, so set it for those.
"""

from ._functional import design, sosfilt

__all__ = ["design", "sosfilt"]
