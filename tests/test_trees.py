"""Containers taken apart, put together again, and differentiated as a whole."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
from collections import OrderedDict, defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.trees import Leaf, along, flatten, paths, statics, unflatten, without_statics


class Layer(NamedTuple):
    w: Any
    b: Any = None


@dataclasses.dataclass
class Model:
    layers: Any
    name: str = "model"

    def __post_init__(self) -> None:
        self.count = len(self.layers)

    @cached_property
    def total(self) -> Any:
        return sum(self.layers)


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    w: Any
    made: Any = dataclasses.field(default=1, init=False)


class Bunch(dict[str, Any]):
    """What may have more to it than its items."""


def is_float(value: Any) -> bool:
    return isinstance(value, float)


numbers = st.floats(-2, 2, allow_nan=False).map(lambda x: x if abs(x) > 1e-3 else 0.5)
ends = numbers | st.sampled_from([None, 1, True, "relu"])


def containers(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inside, max_size=3)
        | st.lists(inside, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["W1", "b", "it's", 0, -1, (1, 2)]), inside, max_size=3)
        | st.dictionaries(st.text("ab", max_size=2), inside, max_size=3).map(OrderedDict)
        | st.builds(Layer, inside, inside)
        | st.builds(Frozen, inside)
        | st.lists(inside, max_size=2).map(Model)
    )


trees = st.recursive(ends, containers, max_leaves=12)


@given(trees)
def test_what_is_taken_apart_is_put_together_again_in_the_same_types_and_order(tree: Any) -> None:
    leaves: list[Any] = []
    again = unflatten(flatten(tree, leaves, is_float), leaves)
    assert again == tree
    assert repr(again) == repr(tree)  # the order of keys, and 1 that isn't True


@given(trees)
def test_a_leaf_is_where_its_path_says(tree: Any) -> None:
    leaves: list[Any] = []
    structure = flatten(tree, leaves, is_float)
    assert [eval(path, {"params": tree}) for path in paths(structure, "params")] == leaves
    assert all(eval(path, {"it": tree}) is value for path, value in statics(structure).items())


@given(trees)
def test_a_tree_goes_along_its_own_structure(tree: Any) -> None:
    leaves: list[Any] = []
    structure = flatten(tree, leaves, is_float)
    assert along(structure, tree, "it") == leaves
    assert statics(without_statics(structure)).keys() == statics(structure).keys()
    assert set(statics(without_statics(structure)).values()) <= {None}


@given(trees, trees)
def test_structures_are_equal_where_the_trees_are(a: Any, b: Any) -> None:
    def of(tree: Any) -> Any:
        return flatten(tree, [], is_float)

    assert of(a) == of(unflatten(of(a), list(map(float, range(99)))))
    assert hash(of(a)) == hash(of(a))
    if of(a) == of(b):
        assert repr(unflatten(of(a), [0.0] * 99)) == repr(unflatten(of(b), [0.0] * 99))


def test_a_default_dict_keeps_what_it_makes_missing_values_with() -> None:
    again = unflatten(flatten(defaultdict(list, w=1.0), [], is_float), [2.0])
    assert type(again) is defaultdict
    assert (again["w"], again["v"]) == (2.0, [])


def test_a_dataclass_has_its_fields_and_attributes_and_not_what_it_computes_when_asked() -> None:
    model = Model([1.0, 2.0])
    assert model.total == 3.0
    again = unflatten(flatten(model, [], is_float), [5.0, 6.0])
    assert (again.total, again.count, again.name) == (11.0, 2, "model")


def test_what_is_put_together_is_new() -> None:
    tree = {"layers": [{"w": 1.0}]}
    again = unflatten(flatten(tree, [], is_float), [1.0])
    again["layers"][0]["w"] -= 1
    again["layers"].append(0)
    assert tree == {"layers": [{"w": 1.0}]}


def test_a_container_that_contains_itself_is_refused() -> None:
    tree: dict[str, Any] = {"layers": [{}]}
    tree["layers"][0]["model"] = tree
    with pytest.raises(ValueError, match=r'params\["layers"\]\[0\]\["model"\] is a dict that contains itself'):
        flatten(tree, [], is_float, "params")
    shared = [1.0]
    assert flatten([shared, shared], [], is_float).children[1].children == (Leaf(1),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("tree", "other", "words"),
    [
        ({"w": 1.0}, {"v": 1.0}, "g must be a dict with the keys 'w', got a dict with the keys 'v'"),
        ({"w": 1.0}, np.ones(3), r"g must be a dict with the keys 'w', got an array of shape \(3,\)"),
        ([1.0, {"w": [1.0]}], [1.0, {"w": [1.0, 2.0]}], r'g\[1\]\["w"\] must be a list of 1, got a list of 2'),
        ((1.0, 2.0), 3.0, "g must be a tuple of 2, got what is of type float"),
        (Layer(1.0, 2.0), [1.0, 2.0], "g must be a Layer, got a list of 2"),
        (Frozen(1.0), {"w": 1.0}, "g must be a Frozen, got what is of type dict"),
    ],
)
def test_a_tree_of_another_structure_is_refused_with_the_place(tree: Any, other: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        along(flatten(tree, [], is_float), other, "g")


def test_a_dict_may_have_its_keys_in_another_order() -> None:
    assert along(flatten({"w": 1.0, "b": 2.0}, [], is_float), {"b": 5.0, "w": 4.0}, "g") == [4.0, 5.0]


# --- differentiated as a whole ------------------------------------------------------------------------------------


def mixed(tree: Any) -> Any:
    """Sum a product of every two leaves that follow each other, each with a weight and a nonlinearity of its own."""
    leaves: list[Any] = []
    flatten(tree, leaves, lambda value: isinstance(value, mg.Tensor | float | np.ndarray))
    terms = [np.sin((i + 1) * x) * y for i, (x, y) in enumerate(zip(leaves, leaves[1:] + leaves[:1], strict=True))]
    return sum(terms, mg.tensor(0.0))


def leaves_of(tree: Any) -> list[Any]:
    leaves: list[Any] = []
    flatten(tree, leaves, lambda value: isinstance(value, float | np.ndarray))
    return leaves


def with_leaf(tree: Any) -> bool:
    return bool(leaves_of(tree)) and not isinstance(tree, float)


some = trees.filter(with_leaf).map(lambda tree: {"tree": tree})


def flat(*leaves: Any) -> Any:
    return mixed(list(leaves))


@given(some)
def test_the_gradient_of_a_tree_is_the_gradients_of_its_leaves_in_its_structure(tree: Any) -> None:
    leaves = leaves_of(tree)
    value, gradient = mg.value_and_grad(mixed)(tree)
    wanted_value, wanted = mg.value_and_grad(flat, tuple(range(len(leaves))))(*leaves)
    structure = without_statics(flatten(tree, [], is_float))
    assert repr(gradient) == repr(unflatten(structure, wanted))
    assert value == wanted_value
    output, pull = mg.vjp(mixed, tree)
    assert (output, repr(pull(1.0))) == (value, repr((gradient,)))
    _, tangent = mg.jvp(mixed, (tree,), (tree,))
    np.testing.assert_allclose(tangent, sum(g * x for g, x in zip(wanted, leaves, strict=True)), rtol=1e-9, atol=1e-12)
    assert repr(mg.jacobian(mixed)(tree)) == repr(gradient)


@given(some)
def test_the_hessian_of_a_tree_has_the_tree_in_place_of_each_leaf(tree: Any) -> None:
    leaves = leaves_of(tree)
    structure = without_statics(flatten(tree, [], is_float))
    blocks = mg.hessian(flat, tuple(range(len(leaves))))(*leaves)
    wanted = unflatten(structure, [unflatten(structure, row) for row in blocks])
    assert repr(mg.hessian(mixed)(tree)) == repr(wanted)
    times = mg.hvp(mixed, tree, unflatten(structure, leaves))
    products = [sum(float(h) * x for h, x in zip(row, leaves, strict=True)) for row in blocks]
    np.testing.assert_allclose(leaves_of(times), products, rtol=1e-9, atol=1e-9)


def network(params: Any, x: Any) -> Any:
    hidden = np.tanh(x @ params["layers"][0].w + params["layers"][0].b)
    return np.sum((hidden @ params["layers"][1].w) ** params["power"]) * params["scale"]


def parameters() -> dict[str, Any]:
    random = np.random.default_rng(0)
    layers = [Layer(random.normal(size=(3, 4)), np.zeros(4)), Layer(random.normal(size=(4, 1)))]
    return {"layers": layers, "power": 2, "activation": "tanh", "scale": 1.5}


X = np.random.default_rng(1).normal(size=(5, 3))


def test_what_is_no_floating_point_number_is_passed_on_and_has_no_gradient() -> None:
    gradient, data = mg.grad(network, (0, 1))(parameters(), X)
    assert (gradient["power"], gradient["activation"], gradient["layers"][1].b) == (None, None, None)
    assert list(gradient) == list(parameters())
    assert type(gradient["layers"][0]) is Layer
    assert data.shape == X.shape


def test_derivatives_of_containers_are_those_of_jax() -> None:
    """In a process of its own, since JAX starts threads, and other tests fork."""
    if importlib.util.find_spec("jax") is None:
        pytest.skip("JAX isn't installed")
    run = [sys.executable, "-c", "from tests.test_trees import compare_with_jax; compare_with_jax()"]
    subprocess.run(run, check=True, cwd=Path(__file__).parents[1])


def compare_with_jax() -> None:
    import jax

    with jax.enable_x64(True):
        params = {"w": np.array([[0.5, -1.0], [2.0, 0.3]]), "layers": [(np.array([1.0, 2.0]), None)], "s": 0.7}

        def loss(np: Any) -> Any:
            return lambda p, x: np.sum(np.tanh(x @ p["w"]) * p["layers"][0][0]) * p["s"]

        def pair(np: Any) -> Any:
            return lambda p, x: {"y": np.tanh(x @ p["w"]), "z": (p["s"] * x,)}

        x, jnp, tree = np.array([[0.1, 0.2], [0.3, -0.4]]), jax.numpy, jax.tree
        for ours, theirs in [
            (mg.grad(loss(np))(params, x), jax.grad(loss(jnp))(params, x)),
            (mg.hessian(loss(np))(params, x), jax.hessian(loss(jnp))(params, x)),
            (mg.hessian(loss(np), (0, 1))(params, x), jax.hessian(loss(jnp), (0, 1))(params, x)),
            (mg.jacobian(pair(np), (1, 0))(params, x), jax.jacobian(pair(jnp), (1, 0))(params, x)),
            (mg.jvp(pair(np), (params, x), (params, x)), jax.jvp(pair(jnp), (params, x), (params, x))),
            (
                mg.vjp(pair(np), params, x)[1](pair(np)(params, x)),
                jax.vjp(pair(jnp), params, x)[1](pair(jnp)(params, x)),
            ),
        ]:
            assert tree.structure(ours) == tree.structure(theirs)
            for a, b in zip(tree.leaves(ours), tree.leaves(theirs), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_what_comes_back_are_arrays_that_share_their_memory_with_nothing() -> None:
    params = {"w": np.ones(2), "s": 2.0}
    jacobian = mg.jacobian(lambda p: {"y": p["w"] * p["s"], "z": p["s"]})(params)
    output, pull = mg.vjp(lambda p: {"y": p["w"] * p["s"], "z": p["s"]}, params)
    arrays = [
        leaf
        for tree in (jacobian, output, pull(output), mg.hessian(lambda p: mg.sum(mixed(p)))(params))
        for leaf in leaves_of(tree)
    ]
    assert all(type(a) is np.ndarray for a in arrays)
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in [*arrays[:i], params["w"]])


def test_levels_nest_through_containers() -> None:
    def inner(p: Any) -> Any:
        return mg.sum(mg.grad(lambda q: mg.sum(q["w"] ** 3 * p["s"]))({"w": p["w"]})["w"])

    gradient = mg.grad(inner)({"w": np.array([1.0, 2.0]), "s": 2.0})
    assert repr(gradient) == repr({"w": np.array([12.0, 24.0]), "s": np.array(15.0)})


def test_a_function_that_changes_its_containers_leaves_the_callers_as_they_are() -> None:
    def changing(p: Any) -> Any:
        p["w"] = p["w"] * 2
        p["layers"].append(p["w"])
        p["count"] += 1
        return mg.sum(p["w"])

    params = {"w": np.ones(2), "layers": [], "count": np.array([0])}
    for transform in (mg.grad, mg.value_and_grad, mg.jacobian, mg.hessian):
        transform(changing)(params)
    mg.gradcheck(changing, params)
    assert repr(params) == repr({"w": np.ones(2), "layers": [], "count": np.array([0])})


def test_gradients_with_respect_to_a_container_of_tensors() -> None:
    params = {"w": mg.tensor([1.0, 2.0], requires_grad=True), "layers": [Layer(mg.tensor(3.0, requires_grad=True))]}
    loss = mg.sum(params["w"] ** 2) * params["layers"][0].w  # type: ignore[index]
    wanted = {"w": np.array([6.0, 12.0]), "layers": [Layer(np.array(5.0))]}
    assert repr(mg.gradients(loss, params)) == repr(wanted)
    again = mg.gradients(loss, params, create_graph=True)
    assert isinstance(again["w"], mg.Tensor)
    with pytest.raises(TypeError, match=r'gradients: inputs\["x"\] is of type ndarray, not a Tensor'):
        mg.gradients(loss, {**params, "x": np.ones(2)})


def test_a_list_of_numbers_is_an_array_and_a_list_of_arrays_is_a_list() -> None:
    assert repr(mg.grad(lambda x: mg.sum(x**2))([[1.0, 2.0]])) == repr(np.array([[2.0, 4.0]]))
    assert repr(mg.grad(lambda x: x[0] * x[1])([1.0, np.array(2.0)])) == repr([np.array(2.0), np.array(1.0)])


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"w": 1}, r'p must hold real floating-point numbers .*, but p\["w"\] holds int; convert them with float'),
        ({}, "p must hold real floating-point numbers to be differentiated"),
        ({"w": [1.0, 1j]}, r'p\["w"\]\[1\] must hold real floating-point numbers .*complex128; convert'),
        ({"w": 1.0, "net": object()}, r'p\["net"\] is of type object, which may hold numbers that would get no grad'),
        ({"w": np.ma.ones(2)}, r'p\["w"\]: the mask of a masked array would be lost'),
        (Bunch(w=1.0), r"a .*Bunch is no number and no array, nor a dict that can be taken apart; give dict\(x\)"),
        ([np.ones(2), None, {1.0}], r"p\[2\] is of type set, which may hold numbers"),
    ],
)
def test_what_can_not_be_differentiated_in_a_container_is_named(params: Any, words: str) -> None:
    for transform in (mg.grad, mg.jacobian, mg.hessian, lambda f: lambda p: mg.vjp(f, p)):
        with pytest.raises(TypeError, match=words) as error:
            transform(lambda p: mg.tensor(1.0))(params)
        assert error.value.__context__ is None


def test_tangents_and_cotangents_have_the_structure_of_what_they_are_of() -> None:
    params = {"w": np.ones(2)}
    with pytest.raises(
        ValueError, match="jvp: tangent 0 must be a dict with the keys 'w', got a dict with the keys 'v'"
    ):
        mg.jvp(lambda p: p["w"], (params,), ({"v": np.ones(2)},))
    _, pull = mg.vjp(lambda p: {"y": p["w"]}, params)
    with pytest.raises(ValueError, match="vjp: the cotangent must be a dict with the keys 'y', got an array"):
        pull(np.ones(2))
    with pytest.raises(
        ValueError, match=r'vjp: the cotangent of the output\["y"\] has shape \(3,\), but that has shape'
    ):
        pull({"y": np.ones(3)})
    with pytest.raises(TypeError, match=r"grad: argnums asks for argument 1, but there are 1; x given by name"):
        mg.grad(network, (0, 1))(parameters(), x=X)


# --- what is returned beside the value ---------------------------------------------------------------------------


def with_aux(w: Any) -> Any:
    return mg.sum(w**3), {"twice": 2 * w, "kept": [w, 1, None], "text": "a"}


AUX = repr({"twice": np.array([2.0, 4.0]), "kept": [np.array([1.0, 2.0]), 1, None], "text": "a"})


def test_has_aux_returns_what_the_function_has_to_tell_as_arrays() -> None:
    w = np.array([1.0, 2.0])
    assert repr(mg.grad(with_aux, has_aux=True)(w)[1]) == AUX
    (value, aux), gradient = mg.value_and_grad(with_aux, (0,), has_aux=True)(w)
    assert (value, repr(aux), gradient[0].tolist()) == (9.0, AUX, [3.0, 12.0])
    output, pull, aux = mg.vjp(with_aux, w, has_aux=True)
    assert (output, repr(aux), pull(1.0)[0].tolist()) == (9.0, AUX, [3.0, 12.0])
    output, tangent, aux = mg.jvp(with_aux, (w,), (w,), has_aux=True)
    assert (output, tangent, repr(aux)) == (9.0, 27.0, AUX)
    for transform in (mg.jacobian, mg.hessian):
        derivative, aux = transform(with_aux, has_aux=True)(w)
        assert repr(aux) == AUX
        assert repr(derivative) == repr(transform(lambda w: with_aux(w)[0])(w))
    assert repr(mg.grad(lambda p: with_aux(p["w"]), has_aux=True)({"w": w})[1]) == AUX


def test_aux_stays_on_the_record_of_those_who_differentiate_it_from_outside() -> None:
    inner = mg.grad(lambda y, x: (y * 2.0, x * x * y), has_aux=True)
    assert mg.grad(lambda x: inner(5.0, x)[1])(3.0) == 30.0
    assert mg.grad(lambda x: inner(x, 3.0)[1])(5.0) == 9.0
    w = mg.tensor(3.0, requires_grad=True)
    inner(5.0, w)[1].backward()
    assert w.grad == 30.0
    assert type(inner(5.0, 3.0)[1]) is np.ndarray
    step = mg.compile(lambda x: inner(x, 3.0))
    assert [float(v) for v in step(5.0)] == [2.0, 45.0]


def test_has_aux_wants_a_pair() -> None:
    for returned, got in [(1.0, "a float"), ((1.0,), "a tuple of 1")]:
        with pytest.raises(TypeError, match=rf"grad: with has_aux=True the function must return a pair .*got {got}"):
            mg.grad(lambda x, r=returned: r, has_aux=True)(1.0)
    with pytest.raises(TypeError, match=r"got tuple; has_aux=True is for a function that returns a pair"):
        mg.grad(with_aux)(1.0)


def test_compiled_steps_take_and_return_containers() -> None:
    def step(params: Any, x: Any) -> Any:
        gradient = mg.grad(lambda p: network({**parameters(), "layers": p["layers"]}, x))(params)
        layer, update = params["layers"][0], gradient["layers"][0]
        first = Layer(layer.w - 0.1 * update.w, layer.b - 0.1 * update.b)
        return {**params, "layers": [first, params["layers"][1]]}

    params = {"layers": parameters()["layers"]}
    compiled = mg.compile(step, backend="numpy")
    for _ in range(2):
        wanted, found = leaves_of(step(params, X)), leaves_of(compiled(params, X))
        for a, b in zip(wanted, found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
        params = compiled(params, X)


def test_a_derivation_takes_a_container_of_tensors() -> None:
    params = {
        "w": mg.tensor([1.0, 2.0], requires_grad=True, name="w"),
        "b": [mg.tensor(3.0, requires_grad=True, name="b")],
    }
    loss = mg.sum(params["w"] ** 2) * params["b"][0]  # type: ignore[index]
    assert str(mg.derive(loss, params)) == str(mg.derive(loss, [params["w"], *params["b"]]))
