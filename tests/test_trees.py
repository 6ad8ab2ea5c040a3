"""Containers taken apart, put together again, and differentiated as a whole."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
