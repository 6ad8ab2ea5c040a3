"""Laws that hold for all arguments: Hypothesis looks for the ones for which they do not."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import microgradnet as mg
from microgradnet.check.numerical import gradcheck

NUMBERS = st.floats(-2, 2, allow_subnormal=False).map(lambda x: round(x, 3))


def arrays(shape, elements=NUMBERS):
    return hnp.arrays(np.float64, shape, elements=elements)


def shapes(min_dims=0, max_dims=3, min_side=0, max_side=4):
    return hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)


SMOOTH_UNARY = [mg.exp, mg.sin, mg.tanh, mg.sigmoid, mg.softplus, mg.arctan, mg.square, mg.arcsinh]
SMOOTH_BINARY = [mg.add, mg.subtract, mg.multiply, mg.logaddexp, mg.hypot, lambda a, b: mg.divide(a, 3 + b)]


# --- vector-Jacobian products --------------------------------------------------------------------------------


@given(st.data())
def test_vjps_are_linear_in_the_cotangent(data):
    x = data.draw(arrays(data.draw(shapes())))
    f = data.draw(st.sampled_from([*SMOOTH_UNARY, mg.softmax if x.ndim and x.size else mg.exp, mg.cumsum, mg.sum]))
    output, pull = mg.vjp(f, x)
    u, v = data.draw(arrays(output.shape)), data.draw(arrays(output.shape))
    a, b = data.draw(NUMBERS), data.draw(NUMBERS)
    (both,) = pull(a * u + b * v)
    np.testing.assert_allclose(both, a * pull(u)[0] + b * pull(v)[0], rtol=1e-9, atol=1e-10)


@given(st.data())
def test_jvp_and_vjp_are_transposes(data):
    x = data.draw(arrays(data.draw(shapes())))
    f = data.draw(st.sampled_from(SMOOTH_UNARY))
    u, t = data.draw(arrays(x.shape)), data.draw(arrays(x.shape))
    pushed = mg.jvp(f, (x,), (t,))[1]
    pulled = mg.vjp(f, x)[1](u)[0]
    np.testing.assert_allclose(np.sum(u * pushed), np.sum(pulled * t), rtol=1e-9, atol=1e-10)


@given(st.data())
def test_hessians_are_symmetric(data):
    x = data.draw(arrays(data.draw(shapes(min_dims=1, max_dims=2, min_side=1, max_side=3))))
    f, g = data.draw(st.sampled_from(SMOOTH_UNARY)), data.draw(st.sampled_from(SMOOTH_UNARY))
    hessian = mg.hessian(lambda x: mg.sum(f(x)) * mg.mean(g(x) * mg.cumsum(x)[-1]))(x).reshape(x.size, x.size)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-9, atol=1e-9)


# --- broadcasting --------------------------------------------------------------------------------------------


@given(st.data())
def test_gradient_of_a_broadcast_input_is_the_sum_over_its_copies(data):
    pair = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3))
    (shape_a, shape_b), shape = pair.input_shapes, pair.result_shape
    a, b = data.draw(arrays(shape_a)), data.draw(arrays(shape_b))
    f = data.draw(st.sampled_from(SMOOTH_BINARY))
    output, pull = mg.vjp(f, a, b)
    assert output.shape == shape
    cotangent = data.draw(arrays(shape))
    full = mg.vjp(f, np.broadcast_to(a, shape), np.broadcast_to(b, shape))[1](cotangent)
    for x, found, copies in zip((a, b), pull(cotangent), full, strict=True):
        extra = tuple(range(len(shape) - x.ndim))
        stretched = tuple(i + len(extra) for i, n in enumerate(x.shape) if n == 1)
        expected = copies.sum(axis=extra + stretched, keepdims=True).reshape(x.shape)
        assert found.shape == x.shape
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


@given(st.data())
def test_second_derivatives_of_broadcast_operations(data):
    pair = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=1, max_side=2))
    a, b = (data.draw(arrays(shape, st.floats(0.5, 2).map(lambda x: round(x, 2)))) for shape in pair.input_shapes)
    f = data.draw(st.sampled_from([*SMOOTH_BINARY, mg.power, mg.divide, mg.arctan2]))
    gradcheck(lambda a, b: f(mg.sin(a), b) * b if f is not mg.power else f(a, b) * b, a, b, order=2).raise_if_wrong()


# --- reductions ----------------------------------------------------------------------------------------------


@st.composite
def axes_of(draw, ndim):
    """None, an axis, or a tuple of axes; counted from either end."""
    if ndim == 0:
        return None
    either = st.integers(-ndim, ndim - 1)
    several = st.lists(either, min_size=1, max_size=ndim, unique_by=lambda i: i % ndim).map(tuple)
    return draw(st.one_of(st.none(), either, several))


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std"])
@given(data=st.data())
def test_reductions_over_all_axes(name, data):
    shape = data.draw(shapes(max_side=3, min_side=1))
    # All different, none zero: no ties, and no kink at 0.
    x = np.array(data.draw(st.permutations(range(1, 1 + int(np.prod(shape)))))).reshape(shape) / 7 - 0.5
    axis, keepdims = data.draw(axes_of(x.ndim)), data.draw(st.booleans())
    expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
    assume(name != "std" or np.all(expected > 1e-3))
    f = lambda x: getattr(mg, name)(x, axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(f(mg.tensor(x)).numpy(), expected, rtol=1e-13, atol=1e-14)
    assert f(mg.tensor(x)).shape == expected.shape
    gradcheck(f, x).raise_if_wrong()


@given(st.data())
def test_gradient_of_a_sum_is_ones_and_of_a_mean_their_share(data):
    x = data.draw(arrays(data.draw(shapes(min_side=1))))
    axis = data.draw(axes_of(x.ndim))
    np.testing.assert_array_equal(mg.grad(lambda x: mg.sum(mg.sum(x, axis=axis)))(x), np.ones(x.shape))
    means = np.mean(x, axis=axis)
    np.testing.assert_allclose(
        mg.grad(lambda x: mg.sum(mg.mean(x, axis=axis)))(x), np.full(x.shape, means.size / x.size), rtol=1e-13
    )


@given(st.data())
def test_max_shares_the_gradient_among_equals(data):
    x = data.draw(arrays(data.draw(shapes(min_dims=1, min_side=1)), st.integers(0, 2).map(float)))
    axis = data.draw(axes_of(x.ndim))
    found = mg.grad(lambda x: mg.sum(mg.max(x, axis=axis)))(x)
    largest = x == np.max(x, axis=axis, keepdims=True)
    np.testing.assert_allclose(found, largest / np.sum(largest, axis=axis, keepdims=True), rtol=1e-15)


# --- indexing ------------------------------------------------------------------------------------------------


def dense(x, index, cotangent):
    """The gradient of x[index], by carrying the position of each element through the index."""
    positions = np.arange(x.size).reshape(x.shape)[index]
    gradient = np.zeros(x.size)
    for position, g in zip(np.ravel(positions), np.ravel(cotangent), strict=True):
        gradient[position] += g
    return gradient.reshape(x.shape)


def check_indexing(x, index, data):
    output, pull = mg.vjp(lambda x: x[index], x)
    np.testing.assert_array_equal(output, x[index])
    cotangent = data.draw(arrays(output.shape))
    np.testing.assert_allclose(pull(cotangent)[0], dense(x, index, cotangent), rtol=1e-12, atol=1e-12)
    again = mg.grad(lambda x: mg.sum(mg.grad(lambda z: mg.sum(z[index] ** 3))(x) * x))(x)
    np.testing.assert_allclose(again, 9 * x**2 * dense(x, index, np.ones(output.shape)), rtol=1e-11, atol=1e-11)


@given(st.data())
def test_basic_indexing(data):
    x = data.draw(arrays(data.draw(shapes(max_side=4))))
    check_indexing(x, data.draw(hnp.basic_indices(x.shape, allow_newaxis=True, max_dims=5)), data)


@given(st.data())
def test_indexing_with_arrays_of_integers(data):
    x = data.draw(arrays(data.draw(shapes(min_dims=1, min_side=1))))
    result_shape = data.draw(shapes(max_dims=2, min_side=0, max_side=4))
    index = data.draw(
        st.lists(st.integers(0, 2), min_size=1, max_size=x.ndim).flatmap(
            lambda kinds: st.tuples(
                *(
                    (
                        hnp.arrays(np.intp, result_shape, elements=st.integers(-n, n - 1)),
                        st.slices(n),
                        st.integers(-n, n - 1),
                    )[kind]
                    for kind, n in zip(kinds, x.shape, strict=False)
                )
            )
        )
    )
    check_indexing(x, index, data)


@given(st.data())
def test_indexing_with_masks(data):
    x = data.draw(arrays(data.draw(shapes(min_dims=1))))
    axes = data.draw(st.integers(1, x.ndim))
    check_indexing(x, data.draw(hnp.arrays(np.bool_, x.shape[:axes])), data)


@given(st.data())
def test_take_along_the_order_is_sort(data):
    x = data.draw(arrays(data.draw(shapes(min_dims=1, min_side=1))))
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    cotangent = data.draw(arrays(x.shape))
    order = np.argsort(x, axis=axis, stable=True)
    by_sort = mg.vjp(lambda x: mg.sort(x, axis=axis), x)
    by_take = mg.vjp(lambda x: mg.take_along_axis(x, order, axis=axis), x)
    np.testing.assert_array_equal(by_sort[0], by_take[0])
    np.testing.assert_array_equal(by_sort[1](cotangent)[0], by_take[1](cotangent)[0])


# --- shapes --------------------------------------------------------------------------------------------------


def an_axis(data, x):
    return [data.draw(st.integers(-x.ndim, x.ndim - 1))] if x.ndim else []


REARRANGEMENTS = {
    "transpose": lambda data, x: (data.draw(st.permutations(range(x.ndim))),),
    "flip": lambda data, x: (data.draw(axes_of(x.ndim)),),
    "roll": lambda data, x: (data.draw(st.integers(-5, 5)), *an_axis(data, x)),
    "tile": lambda data, x: (tuple(data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))),),
    "repeat": lambda data, x: (data.draw(st.integers(0, 3)), *an_axis(data, x)),
    "pad": lambda data, x: ([tuple(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))) for _ in x.shape] or 0,),
    "reshape": lambda data, x: ((-1,),),
}  # fmt: skip


@pytest.mark.parametrize("name", REARRANGEMENTS)
@given(data=st.data())
def test_what_only_moves_numbers_moves_the_gradient_back(name, data):
    x = data.draw(arrays(data.draw(shapes())))
    static = REARRANGEMENTS[name](data, x)
    assume(name != "pad" or x.ndim)
    output, pull = mg.vjp(lambda x: getattr(mg, name)(x, *static), x)
    np.testing.assert_array_equal(output, getattr(np, name)(x, *static))
    cotangent = data.draw(arrays(output.shape))
    if name == "pad":
        places = np.pad(np.arange(x.size).reshape(x.shape), *static, constant_values=x.size)
    else:
        places = getattr(np, name)(np.arange(x.size).reshape(x.shape), *static)
    expected = np.bincount(np.ravel(places), np.ravel(cotangent), x.size + 1)[: x.size].reshape(x.shape)
    np.testing.assert_allclose(pull(cotangent)[0], expected, rtol=1e-12, atol=1e-12)


# --- products ------------------------------------------------------------------------------------------------


@st.composite
def einsums(draw):
    """Subscripts, and operands that fit them: with letters that repeat, and letters that are summed."""
    lengths = {letter: draw(st.integers(1, 3)) for letter in "ijkl"}
    terms = draw(st.lists(st.text("ijkl", max_size=3), min_size=1, max_size=3))
    present = sorted(set("".join(terms)))
    out = "".join(draw(st.permutations(present))[: draw(st.integers(0, len(present)))])
    operands = [draw(arrays(tuple(lengths[letter] for letter in term))) for term in terms]
    return f"{','.join(terms)}->{out}", operands


@given(einsums(), st.randoms(use_true_random=False))
def test_einsum_is_the_sum_over_all_letters(case, random):
    subscripts, operands = case
    left, out = subscripts.split("->")
    terms = left.split(",")
    letters = sorted(set(left) - {","})
    lengths = {x: n for term, a in zip(terms, operands, strict=True) for x, n in zip(term, a.shape, strict=True)}
    output, pull = mg.vjp(lambda *xs: mg.einsum(subscripts, *xs), *operands)
    np.testing.assert_allclose(output, np.einsum(subscripts, *operands), rtol=1e-12, atol=1e-12)
    cotangent = np.array([random.uniform(-1, 1) for _ in range(output.size)]).reshape(output.shape)
    expected = [np.zeros(a.shape) for a in operands]
    for at in np.ndindex(*(lengths[x] for x in letters)):
        place = dict(zip(letters, at, strict=True))
        where = [tuple(place[x] for x in term) for term in terms]
        g = cotangent[tuple(place[x] for x in out)]
        for i, e in enumerate(expected):
            others = [a[w] for j, (a, w) in enumerate(zip(operands, where, strict=True)) if j != i]
            e[where[i]] += g * np.prod(others)
    for found, e in zip(pull(cotangent), expected, strict=True):
        np.testing.assert_allclose(found, e, rtol=1e-11, atol=1e-11)


@given(einsums())
def test_second_derivatives_of_einsum(case):
    subscripts, operands = case
    assume(sum(a.size for a in operands) <= 20)
    gradcheck(lambda *xs: mg.einsum(subscripts, *xs), *operands, order=2).raise_if_wrong()


@given(st.data())
def test_matmul_of_all_shapes(data):
    pair = data.draw(
        hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3, min_side=1)
    )
    a, b = (data.draw(arrays(shape)) for shape in pair.input_shapes)
    output, pull = mg.vjp(mg.matmul, a, b)
    np.testing.assert_allclose(output, np.matmul(a, b), rtol=1e-12, atol=1e-12)
    assert output.shape == np.matmul(a, b).shape
    cotangent = data.draw(arrays(output.shape))
    # The same product with vectors as matrices, everything broadcast, and summed over the copies.
    rows, columns = (a[None, :] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    full = cotangent.reshape(*batch, rows.shape[-2], columns.shape[-1])
    expected = full @ np.swapaxes(columns, -1, -2), np.swapaxes(rows, -1, -2) @ full
    for found, e, x, as_matrix in zip(pull(cotangent), expected, (a, b), (rows, columns), strict=True):
        e = np.broadcast_to(e, batch + e.shape[-2:])
        extra = e.ndim - as_matrix.ndim
        stretched = tuple(i + extra for i, n in enumerate(as_matrix.shape[:-2]) if n == 1)
        e = e.sum(axis=(*range(extra), *stretched), keepdims=True).reshape(x.shape)
        np.testing.assert_allclose(found, e, rtol=1e-11, atol=1e-11)


# --- dtypes --------------------------------------------------------------------------------------------------


@given(st.data())
def test_gradients_keep_their_dtypes(data):
    floating = st.sampled_from([np.float16, np.float32, np.float64])
    pair = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3))
    a, b = (data.draw(arrays(s)).astype(data.draw(floating)) for s in pair.input_shapes)
    f = data.draw(st.sampled_from([mg.add, mg.multiply, mg.maximum, mg.logaddexp, lambda a, b: mg.where(a > 0, a, b)]))
    output, pull = mg.vjp(f, a, b)
    assert output.dtype == np.result_type(a, b)
    for x, g in zip((a, b), pull(np.ones(output.shape, output.dtype)), strict=True):
        assert (g.shape, g.dtype) == (x.shape, x.dtype)


# --- what doesn't go through NumPy's function ----------------------------------------------------------------

AXIS, COUNT = st.integers(-4, 3), st.integers(-7, 7)
PLACES = st.lists(st.integers(-3, 3), min_size=1, max_size=3)
BY_ANOTHER_WAY = {
    "roll": (lambda xp, x, shift, axis: xp.roll(x, shift, axis), [COUNT, st.none() | AXIS]),
    "flip": (lambda xp, x, axis: xp.flip(x, axis), [st.none() | AXIS]),
    "tril": (lambda xp, x, k: xp.tril(x, k), [COUNT]),
    "triu": (lambda xp, x, k: xp.triu(x, k), [COUNT]),
    "pad": (lambda xp, x, width: xp.pad(x, width), [st.integers(-1, 3) | st.tuples(st.integers(0, 2), COUNT)]),
    "take": (lambda xp, x, i, axis: xp.take(x, i, axis), [st.integers(-3, 3) | PLACES, st.none() | AXIS]),
    "delete": (lambda xp, x, i, axis: xp.delete(x, i, axis), [st.integers(-3, 3) | PLACES, st.none() | AXIS]),
    "swapaxes": (lambda xp, x, i, j: xp.swapaxes(x, i, j), [AXIS, AXIS]),
    "moveaxis": (lambda xp, x, i, j: xp.moveaxis(x, i, j), [AXIS, AXIS]),
    "squeeze": (lambda xp, x, axis: xp.squeeze(x, axis), [st.none() | AXIS]),
    "tensordot": (lambda xp, x, n: xp.tensordot(x, np.arange(12.0).reshape(2, 3, 2), n), [st.integers(0, 2)]),
    "tensordot over axes": (
        lambda xp, x, i, j: xp.tensordot(x, np.arange(12.0).reshape(2, 3, 2), (i, j)), [AXIS, AXIS],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_ANOTHER_WAY)
@given(st.data())
def test_linear_functions_by_another_way_are_numpys_to_the_last_bit_and_so_are_their_errors(name, data):
    call, drawn = BY_ANOTHER_WAY[name]
    x = data.draw(arrays(data.draw(shapes(min_dims=1, max_side=3))))
    x = x.T if data.draw(st.booleans()) else x
    assume(x.size or name != "take")  # NumPy takes any index of nothing
    given_as = [data.draw(strategy) for strategy in drawn]
    t = mg.tensor(x, requires_grad=True)
    try:
        expected = np.asarray(call(np, x, *given_as))
    except (ValueError, IndexError):
        with pytest.raises((ValueError, IndexError)):
            call(mg, t, *given_as)
        return
    y = call(mg, t, *given_as)
    assert y.numpy().dtype == expected.dtype
    np.testing.assert_array_equal(y.numpy(), expected, strict=True)
    g = data.draw(arrays(expected.shape))
    np.testing.assert_allclose(np.sum(mg.gradients(y, t, seed=g) * x), np.sum(g * expected), rtol=1e-9, atol=1e-9)
