"""What JAX has traced, carried out by NumPy, operation by operation.

JAX compiles whatever it runs, which takes a second for a small program that runs once. Its rules of differentiation
need no compiler: a trace has all of them applied. What NumPy has no short word for, JAX runs, and compiles once for
each shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.extend
import jax.numpy as jnp
import jax.scipy.special
import numpy as np

from tests.programs import Library, Namespace

__all__ = ["JAX", "traced_by_jax"]


def _per_example(loss: Any, argnums: Any = 0, rows: Any = 1) -> Any:
    batches = (rows,) if isinstance(rows, int) else rows

    def of(*args: Any) -> Any:
        return jax.vmap(jax.grad(loss, argnums), [0 if i in batches else None for i in range(len(args))])(*args)

    return of


def _repeated(step: Any, state: Any, n: Any = None, xs: Any = None) -> Any:
    return jax.lax.scan(step if xs is not None else lambda state, _: step(state), state, xs, length=n)


def _convolved(a: Any, w: Any, stride: int, dilation: int, pad: int) -> Any:
    padding = [(pad, pad)]
    return jax.lax.conv_general_dilated(a[None, None], w[None, None], (stride,), padding, rhs_dilation=(dilation,))[
        0, 0
    ]


def traced_by_jax(f: Callable[..., Any], *arguments: Any) -> Any:
    """Trace a function with JAX, derivatives and all, and carry the trace out."""
    with jax.enable_x64(True), np.errstate(all="ignore"):
        traced, shape = jax.make_jaxpr(f, return_shape=True)(*arguments)
        results = evaluated(traced, jax.tree.leaves(arguments))
    return jax.tree.unflatten(jax.tree.structure(shape), results)


JAX = Library(
    Namespace(
        jnp,
        jax.nn,
        jax.scipy.special,
        written=lambda a, index, value: a.at[index].set(value),
        added=lambda a, index, value: a.at[index].add(value),
        branch=lambda condition, f, g, a: jax.lax.cond(condition, f, g, a),
        compress=lambda mask, a: jnp.ravel(a)[mask],
        conv=_convolved,
    ),
    jax.grad, jax.vjp, jax.jvp, jax.linearize, jax.jacrev, jax.hessian, jax.checkpoint, _per_example, _repeated,
    lambda f: f, traced_by_jax,
)  # fmt: skip


def evaluated(closed: Any, arguments: Sequence[Any]) -> list[Any]:
    """Carry out a closed jaxpr."""
    return _evaluated(closed.jaxpr, closed.consts, arguments)


def _evaluated(jaxpr: Any, constants: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    known: dict[Any, Any] = {}

    def read(v: Any) -> Any:
        return np.asarray(v.val, v.aval.dtype) if isinstance(v, _Literal) else known[v]

    def write(v: Any, value: Any) -> None:
        known[v] = np.asarray(value, v.aval.dtype)
        assert known[v].shape == v.aval.shape, (v.aval, known[v].shape)

    for v, value in zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *arguments), strict=True):
        write(v, value)
    for step in jaxpr.eqns:
        inputs = [*map(read, step.invars)]
        rule = _RULES.get(step.primitive.name)
        found = step.primitive.bind(*inputs, **step.params) if rule is None else rule(*inputs, **step.params)
        for v, value in zip(step.outvars, found if isinstance(found, list | tuple) else [found], strict=True):
            write(v, value)
    return [*map(read, jaxpr.outvars)]


_Literal = jax.extend.core.Literal


def _broadcast(x: Any, *_: Any, shape: Any, broadcast_dimensions: Any, **__: Any) -> Any:
    spread = [1] * len(shape)
    for k, n in zip(broadcast_dimensions, x.shape, strict=True):
        spread[k] = n
    return np.broadcast_to(x.reshape(spread), shape)


def _pad(x: Any, filling: Any, padding_config: Any) -> Any:
    lengths, to, of = [], [], []
    for n, (low, high, inner) in zip(x.shape, padding_config, strict=True):
        lengths.append(low + n + max(n - 1, 0) * inner + high)  # fewer than before where low or high is negative
        places = low + np.arange(n) * (inner + 1)
        inside = (places >= 0) & (places < lengths[-1])
        to.append(places[inside])
        of.append(np.nonzero(inside)[0])
    result = np.full(lengths, filling, x.dtype)
    result[np.ix_(*to)] = x[np.ix_(*of)]
    return result


def _product(a: Any, b: Any, *, dimension_numbers: Any, **_: Any) -> Any:
    (contracted_a, contracted_b), (batch_a, batch_b) = dimension_numbers
    left, right = list(range(a.ndim)), list(range(a.ndim, a.ndim + b.ndim))
    for i, j in zip((*contracted_a, *batch_a), (*contracted_b, *batch_b), strict=True):
        right[j] = left[i]
    free = [k for i, k in enumerate(left) if i not in (*contracted_a, *batch_a)]
    free += [k for j, k in enumerate(right) if j not in (*contracted_b, *batch_b)]
    return np.einsum(a, left, b, right, [*(left[i] for i in batch_a), *free])


def _sort(*arrays: Any, dimension: int, num_keys: int, **_: Any) -> list[Any]:
    order = np.lexsort([*reversed(arrays[:num_keys])], axis=dimension)
    return [np.take_along_axis(x, order, dimension) for x in arrays]


def _running(ufunc: np.ufunc) -> Callable[..., Any]:
    def scanned(x: Any, *, axis: int, reverse: bool) -> Any:
        return np.flip(ufunc.accumulate(np.flip(x, axis), axis), axis) if reverse else ufunc.accumulate(x, axis)

    return scanned


def _solved(a: Any, b: Any, *, left_side: bool, lower: bool, transpose_a: bool, unit_diagonal: bool, **_: Any) -> Any:
    a = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        a = a - a * np.eye(a.shape[-1]) + np.eye(a.shape[-1])
    a = np.swapaxes(a, -1, -2) if transpose_a else a
    if left_side:
        return np.linalg.solve(a, b)
    return np.swapaxes(np.linalg.solve(np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)), -1, -2)


def _split(x: Any, *, sizes: Any, axis: int) -> list[Any]:
    return np.split(x, np.cumsum(sizes)[:-1], axis)


def _scan(*inputs: Any, jaxpr: Any, length: int, reverse: bool, num_consts: int, num_carry: int, **_: Any) -> list[Any]:
    constants, state = inputs[:num_consts], list(inputs[num_consts : num_consts + num_carry])
    rows = inputs[num_consts + num_carry :]
    made: list[Any] = [None] * length
    for i in reversed(range(length)) if reverse else range(length):
        found = evaluated(jaxpr, [*constants, *state, *(x[i] for x in rows)])
        state, made[i] = found[:num_carry], found[num_carry:]
    return state + (
        [np.stack(each) for each in zip(*made, strict=True)] if length
        else [np.zeros((0, *v.aval.shape)) for v in jaxpr.jaxpr.outvars[num_carry:]]
    )  # fmt: skip


def _while(*inputs: Any, cond_jaxpr: Any, body_jaxpr: Any, cond_nconsts: int, body_nconsts: int, **_: Any) -> list[Any]:
    before, state = inputs[:cond_nconsts], list(inputs[cond_nconsts + body_nconsts :])
    constants = inputs[cond_nconsts : cond_nconsts + body_nconsts]
    while evaluated(cond_jaxpr, [*before, *state])[0]:
        state = evaluated(body_jaxpr, [*constants, *state])
    return state


def _linear_solve(*inputs: Any, const_lengths: Any, jaxprs: Any) -> Any:
    start = const_lengths.matvec + const_lengths.vecmat
    constants = inputs[start : start + const_lengths.solve]
    return evaluated(jaxprs.solve, [*constants, *inputs[start + const_lengths.solve + const_lengths.transpose_solve :]])


def _within(name: str) -> Callable[..., Any]:
    def called(*inputs: Any, **params: Any) -> list[Any]:
        inner = params[name]
        return evaluated(inner, inputs) if hasattr(inner, "consts") else _evaluated(inner, (), inputs)

    return called


def _elementwise(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *inputs, **_: f(*inputs)


def _reduced(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, *, axes, **_: f(x, axis=axes)


_RULES: dict[str, Callable[..., Any]] = {
    **{f.__name__: _elementwise(f) for f in [
        np.sin, np.cos, np.tan, np.tanh, np.sinh, np.cosh, np.exp, np.exp2, np.expm1, np.log, np.log1p, np.sqrt,
        np.cbrt, np.square, np.sign, np.floor, np.ceil,
    ]},
    **{name: _elementwise(f) for name, f in {
        "add": np.add, "add_any": np.add, "sub": np.subtract, "mul": np.multiply, "div": lambda a, b: (
            a / b if a.dtype.kind == "f" else np.trunc(a / b)
        ),
        "neg": np.negative, "abs": np.abs, "max": np.maximum, "min": np.minimum, "pow": np.power, "atan2": np.arctan2,
        "atan": np.arctan, "asin": np.arcsin, "acos": np.arccos, "asinh": np.arcsinh, "acosh": np.arccosh,
        "atanh": np.arctanh, "is_finite": np.isfinite, "rem": np.fmod, "rsqrt": lambda x: 1 / np.sqrt(x),
        "logistic": lambda x: 1 / (1 + np.exp(-x)), "nextafter": np.nextafter,
        "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
        "ge": np.greater_equal, "lt_to": lambda a, b: a < b, "le_to": lambda a, b: a <= b, "eq_to": np.equal,
        "not": lambda x: ~x, "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
        "select_n": lambda which, *cases: np.choose(which.astype(int), cases),
        "clamp": lambda low, x, high: np.clip(x, low, high),
        "convert_element_type": lambda x: x, "copy": lambda x: x, "copy_p": lambda x: x, "stop_gradient": lambda x: x,
        "reduce_precision": lambda x: x, "optimization_barrier": lambda *xs: list(xs),
    }.items()},
    **{f"reduce_{name}": _reduced(f) for name, f in {
        "sum": np.sum, "max": np.max, "min": np.min, "prod": np.prod, "or": np.any, "and": np.all,
    }.items()},
    "argmax": lambda x, axes, **_: np.argmax(x, axes[0]), "argmin": lambda x, axes, **_: np.argmin(x, axes[0]),
    "integer_pow": lambda x, y: x**y if y >= 0 else 1 / x**-y,
    "broadcast_in_dim": _broadcast, "pad": _pad, "dot_general": _product, "sort": _sort, "split": _split,
    "reshape": lambda x, *, new_sizes, dimensions, **_: np.reshape(
        x if dimensions is None else np.transpose(x, dimensions), new_sizes
    ),
    "transpose": lambda x, *, permutation: np.transpose(x, permutation),
    "squeeze": lambda x, *, dimensions: np.squeeze(x, dimensions),
    "expand_dims": lambda x, *, dimensions: np.expand_dims(x, dimensions),
    "rev": lambda x, *, dimensions: np.flip(x, dimensions),
    "concatenate": lambda *xs, dimension: np.concatenate(xs, dimension),
    "slice": lambda x, *, start_indices, limit_indices, strides: x[
        tuple([slice(*each) for each in zip(start_indices, limit_indices, strides or [1] * x.ndim, strict=True)])
    ],
    "dynamic_slice": lambda x, *starts, slice_sizes: x[
        tuple([slice(k := int(np.clip(i, 0, d - n)), k + n)
               for i, n, d in zip(starts, slice_sizes, x.shape, strict=True)])
    ],
    "iota": lambda *, dtype, shape, dimension, **_: np.broadcast_to(
        np.arange(shape[dimension], dtype=dtype).reshape([-1] + [1] * (len(shape) - dimension - 1)), shape
    ),
    "cumsum": _running(np.add), "cumprod": _running(np.multiply), "cummax": _running(np.maximum),
    "cummin": _running(np.minimum),
    "triangular_solve": _solved, "custom_linear_solve": _linear_solve,
    "scan": _scan, "while": _while,
    "cond": lambda which, *inputs, branches, **_: evaluated(branches[int(which)], inputs),
    **{name: _within("jaxpr") for name in ("jit", "pjit", "remat2", "checkpoint")},
    **{name: _within("call_jaxpr") for name in ("closed_call", "core_call", "custom_jvp_call", "custom_vjp_call")},
}  # fmt: skip
