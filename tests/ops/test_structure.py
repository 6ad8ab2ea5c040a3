"""The declared structure of operations, held against the transposes of their VJPs over the table of cases."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.forward import computed_from, push
from microgradnet.record import node_of, primitives
from tests.ops.cases import CASES, Case


def transposed(f, primals, tangents):
    """The tangent of the output as the VJP of the VJP, which knows nothing of any structure."""
    output, pull = mg.vjp(f, *primals)
    _, push = mg.vjp(lambda u: list(pull(u)), np.zeros(output.shape, output.dtype))
    found = push([np.asarray(t) for t in tangents])[0]  # on the record, since the pullback is that of a recorded f
    return found.numpy() if isinstance(found, mg.Tensor) else found


def directions(arrays, seed=0):
    random = np.random.default_rng(seed)
    return [np.asarray(random.uniform(-1, 1, a.shape), a.dtype) for a in arrays]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_tangents_are_those_of_the_transposed_vjps(case: Case):
    for dtype, tolerance in [(np.float64, 1e-10), (np.float32, 2e-3)]:
        arrays = case.arguments(dtype)
        tangents = directions(arrays)
        output, tangent = mg.jvp(case.recorded, arrays, tangents)
        expected = transposed(case.recorded, arrays, tangents)
        assert tangent.shape == output.shape == expected.shape
        assert tangent.dtype == output.dtype
        np.testing.assert_allclose(tangent, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_tangents_of_one_argument_are_those_where_the_others_have_the_tangent_zero(case: Case):
    arrays = case.arguments()
    tangents = directions(arrays)
    for i, (a, t) in enumerate(zip(arrays, tangents, strict=True)):
        alone = mg.jvp(lambda x, i=i: case.recorded(*arrays[:i], x, *arrays[i + 1 :]), (a,), (t,))[1]
        zeros = [t if k == i else np.zeros_like(other) for k, other in enumerate(tangents)]
        np.testing.assert_allclose(alone, mg.jvp(case.recorded, arrays, zeros)[1], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_several_tangents_at_once_are_those_one_by_one(case: Case):
    arrays = case.arguments()
    leaves = [mg.tensor(a, requires_grad=True) for a in arrays]
    root = node_of(case.recorded(*leaves))
    starts = [node_of(x) for x in leaves]
    order = computed_from(starts, [root])
    three = [directions(arrays, seed) for seed in range(3)]
    together = push(order, dict(zip(starts, map(np.stack, zip(*three, strict=True)), strict=True)), False, 3)
    for i, tangents in enumerate(three):
        alone = push(order, dict(zip(starts, tangents, strict=True)), False)
        assert together.keys() == alone.keys()
        for node, tangent in alone.items():
            assert together[node].shape == (3, *np.shape(tangent))
            np.testing.assert_allclose(together[node][i], tangent, rtol=1e-10, atol=1e-12, err_msg=str(node))


@pytest.mark.filterwarnings("ignore:vjp. the function returned ndarray")  # what is linear has no second derivative
@pytest.mark.parametrize("case", CASES, ids=str)
def test_tangents_of_tangents_and_their_gradients_are_those_of_the_transposed_vjps(case: Case):
    arrays = case.arguments()
    first, second = directions(arrays, 1), directions(arrays, 2)

    def along(*xs):
        return mg.jvp(case.recorded, xs, first)[1]

    def expected(*xs):
        output, pull = mg.vjp(case.recorded, *xs)
        return mg.vjp(lambda u: list(pull(u)), mg.zeros(output.shape))[1](first)[0]

    twice = mg.jvp(along, arrays, second)[1]
    np.testing.assert_allclose(twice, transposed(expected, arrays, second), rtol=1e-8, atol=1e-8)
    output, pull = mg.vjp(along, *arrays)
    u = np.cos(np.arange(output.size)).reshape(output.shape)
    for ours, theirs in zip(pull(u), mg.vjp(expected, *arrays)[1](u), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


def test_what_is_computed_number_by_number_says_so():
    rooms = ("elementwise", "pieces", "special", "entropies", "scientific")
    declared = [p for p in primitives.values() if p.module in {f"microgradnet.ops.{r}" for r in rooms}]
    assert [p.name for p in declared if p.differentiable and p.arity and p.structure != "elementwise"] == []
