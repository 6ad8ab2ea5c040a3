"""A Graph is a frozen, ordered picture of what was recorded; it neither recurses nor loses what it saw."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.graph import Graph
from microgradnet.record import node_of, primitives
from microgradnet.text import arguments, legible, number, shape_text


def article() -> mg.Tensor:
    x = mg.tensor(np.arange(12.0).reshape(4, 3), name="x")
    y = mg.tensor(np.ones((4, 1)), name="y")
    weights1 = mg.tensor(np.full((3, 4), 0.1), requires_grad=True, name="weights1")
    weights2 = mg.tensor(np.full((4, 1), 0.2), requires_grad=True, name="weights2")
    with mg.scope("network"):
        with mg.scope("hidden layer"):
            layer1 = mg.sigmoid(x @ weights1)
        with mg.scope("output layer"):
            output = mg.sigmoid(layer1 @ weights2)
    loss = mg.sum((y - output) ** 2)
    loss.name = "loss"
    return loss


def by_name(graph: Graph, name: str) -> int:
    (position,) = (n.id for n in graph if n.name == name)
    return position


def test_nodes_are_in_topological_order_and_ids_are_positions():
    graph = Graph.of(article())
    assert [n.id for n in graph] == list(range(len(graph)))
    assert all(i < n.id for n in graph for i in n.inputs)
    assert graph.outputs == (len(graph) - 1,)


def test_an_entry_says_what_the_record_knows():
    graph = Graph.of(article())
    weights1 = graph[by_name(graph, "weights1")]
    assert (weights1.kind, weights1.shape, weights1.requires_grad) == ("parameter", (3, 4), True)
    assert weights1.operation is None
    np.testing.assert_array_equal(weights1.value, np.full((3, 4), 0.1))
    x = graph[by_name(graph, "x")]
    assert (x.kind, x.requires_grad) == ("input", False)
    loss = graph[by_name(graph, "loss")]
    assert loss.kind == "operation"
    assert loss.operation is mg.sum.primitive
    assert graph.inputs == tuple(n.id for n in graph if n.operation is None and n.kind != "constant")


def test_scopes_come_outer_first_and_once():
    graph = Graph.of(article())
    assert graph.scopes == (("network",), ("network", "hidden layer"), ("network", "output layer"))


def test_numbers_are_entries_of_their_own_and_arrays_one_each():
    w = mg.tensor(np.ones(200), requires_grad=True)
    a = np.arange(200.0)  # smaller ones are copied at each use
    a.flags.writeable = False
    graph = Graph.of(2 * w + 2 * (w * a) + a)
    constants = [n for n in graph if n.kind == "constant"]
    assert [n.value for n in constants if n.is_number] == [2, 2]
    (array,) = (n for n in constants if not n.is_number)
    np.testing.assert_array_equal(array.value, a)
    assert sum(array.id in n.inputs for n in graph) == 2


def test_a_constant_stands_in_the_scope_that_all_its_uses_share():
    w = mg.tensor(np.ones(200), requires_grad=True)
    a = np.arange(200.0)  # smaller ones are copied at each use
    a.flags.writeable = False
    with mg.scope("outer"):
        with mg.scope("first"):
            u = 2 * w * a
        with mg.scope("second"):
            v = u + a
    graph = Graph.of(v)
    assert {n.shape: n.scope for n in graph if n.kind == "constant"} == {(): ("outer", "first"), (200,): ("outer",)}


@pytest.mark.parametrize("retain", [True, False])
def test_after_backward_structure_remains_and_values_only_where_kept(retain):
    loss = article()
    before = Graph.of(loss)
    loss.backward(retain_graph=retain)
    after = Graph.of(loss)
    assert [(n.kind, n.operation, n.shape, n.name, n.scope) for n in before if n.kind != "constant"] == [
        (n.kind, n.operation, n.shape, n.name, n.scope) for n in after if n.kind != "constant"
    ]
    known = [n.value is not None for n in after if n.kind == "constant"]
    assert known == [retain]
    assert after[after.outputs[0]].value == loss.item()
    assert all(v is not None for v in before.values())
    assert all(v is not None for v in after.values()) is retain
    assert "?" not in str(before)


def test_values_that_no_vjp_reads_are_computed_again():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = mg.exp(x + 1) - x
    graph = Graph.of(mg.sum(y))
    for node, value in zip(graph, graph.values(), strict=True):
        assert np.shape(value) == node.shape
    np.testing.assert_array_equal(graph.values()[graph.outputs[0] - 1], y.numpy())


def test_a_parameter_whose_data_changed_between_two_uses_has_no_value():
    w = mg.tensor([1.0, 2.0], requires_grad=True, name="w")
    first = mg.exp(w)
    w.data = np.array([5.0, 6.0])
    graph = Graph.of(first * w)
    assert graph[by_name(graph, "w")].value is None
    assert Graph.of(first)[0].value.tolist() == [1.0, 2.0]


def test_names_of_a_mapping_come_before_names_of_tensors():
    w = mg.tensor([1.0, 2.0], requires_grad=True, name="w")
    a = np.array([3.0, 4.0])
    a.flags.writeable = False
    product = w * a
    names = {"_": product, "weights": w, "product": product, "again": product, "data": a, "other": 3, "n": None}
    graph = Graph.of(mg.sum(product), names=names)
    assert [n.name for n in graph if n.name] == ["weights", "data", "product"]
    assert [n.name for n in Graph.of(product) if n.name] == ["w"]


def test_plain_arrays_are_named_though_the_record_holds_copies_of_them():
    w = mg.tensor([[1.0], [2.0]], requires_grad=True)
    x, y, unused = np.array([[3.0, 4.0]]), np.array([[5.0]]), np.array([[6.0]])
    loss = mg.sum((y - x @ w) ** 2)
    names = {"unused": unused, "x": x, "y": y, "w": w}
    assert {n.name for n in Graph.of(loss, names=names) if n.name} == {"w", "x", "y"}
    x[0, 0] = 0.0  # no longer what was recorded
    assert {n.name for n in Graph.of(loss, names=names) if n.name} == {"w", "y"}


@pytest.mark.parametrize(
    ("names", "words"),
    [(["w"], "names must be a mapping from names to tensors, such as locals"), ({3: None}, "3 is no name")],
)
def test_names_that_are_none(names, words):
    with pytest.raises(TypeError, match=words):
        Graph.of(article(), names=names)


def test_a_recorded_reverse_pass_knows_what_it_belongs_to():
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    y = mg.sum(mg.exp(2 * x))
    y.name = "y"
    (gradient,) = mg.gradients(y, [x], create_graph=True)
    graph = Graph.of(y, gradient)
    forward = [n for n in graph if n.id <= graph.outputs[0]]
    assert all(n.origin is None for n in forward)
    backward = [n for n in graph if n.kind == "operation" and n.id > graph.outputs[0]]
    assert backward
    for node in backward:
        assert node.scope[-1] == "backward"
        assert graph[node.origin].id <= graph.outputs[0]
        assert graph[node.origin].kind == "operation"


def test_what_nobody_recorded_is_one_input():
    for tensor in (mg.tensor([1.0, 2.0]), mg.tensor([1.0]) * 2):
        graph = Graph.of(tensor)
        assert [n.kind for n in graph] == ["input"]
        assert graph.outputs == (0,)
    with mg.no_grad():
        y = mg.exp(mg.tensor([1.0, 2.0], requires_grad=True))
    assert Graph.of(y, y).outputs == (0, 0)


def test_several_outputs_keep_their_order():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    a, b = mg.exp(x), mg.sin(x)
    graph = Graph.of(b, a, b)
    assert [graph[i].operation.name for i in graph.outputs] == ["sin", "exp", "sin"]
    assert len(graph) == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "give at least one tensor"),
        ((3.0,), r"an output must be a Tensor, got float: 3.0"),
        (([1],), r"an output must be a Tensor, got list: \[1\]"),
        ((None,), "an output must be a Tensor, got NoneType"),
    ],
)
def test_what_is_no_tensor_is_named(given, words):
    with pytest.raises(TypeError, match=words):
        Graph.of(*given)


def test_a_graph_is_frozen():
    graph = Graph.of(article())
    with pytest.raises(AttributeError, match="frozen"):
        graph.nodes = ()
    with pytest.raises(AttributeError):
        graph[0].name = "other"


def test_listing():
    assert str(Graph.of(article())).splitlines() == [
        "12 nodes: 2 parameters, 2 inputs, 1 constant, 7 operations",
        " 0  input            4×3     x",
        " 1  input            4×1     y",
        " 2  parameter        3×4     weights1",
        " 3  parameter        4×1     weights2",
        " 4  @          0, 2  4×4                       network / hidden layer",
        " 5  σ          4     4×4                       network / hidden layer",
        " 6  @          5, 3  4×1                       network / output layer",
        " 7  σ          6     4×1                       network / output layer",
        " 8  −          1, 7  4×1",
        " 9  2",
        "10  xʸ         8, 9  4×1",
        "11  Σ          10    scalar  loss      output",
    ]
    assert repr(Graph.of(article())) == "<Graph of 12 nodes: 2 parameters, 2 inputs, 1 constant, 7 operations>"


def test_listing_shows_other_dtypes_and_arguments():
    x = mg.tensor(np.ones((2, 3), np.float32), requires_grad=True)
    text = str(Graph.of(mg.sum(x, axis=0, keepdims=True)[0]))
    assert "float32" in text
    assert "axis=0" in text
    assert "keepdims=True" in text


def test_arguments_are_written_in_short():
    x = mg.tensor(np.ones((20, 3)), requires_grad=True)

    def of(tensor: mg.Tensor) -> str:
        graph = Graph.of(tensor)
        return arguments(graph[graph.outputs[0]].given)

    assert "1:5" in of(x[1:5])
    assert "array 15" in of(x[np.arange(15)])
    assert len(of(x[[0] * 100, [1] * 100])) <= 48


def test_listing_of_a_deep_graph_leaves_out_the_middle():
    n = 100_000
    x = mg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(n):
        y = mg.sin(y)
    graph = Graph.of(y)
    assert len(graph) == n + 1
    text = str(graph)
    assert "99,951 more" in text
    assert len(text.splitlines()) == 52


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("weights", "weights"),
        ("a\nb\r\nc\td", "a↵b↵c d"),
        ("\x1b[31mred\x00", "�[31mred�"),
        ("\u202eevil", "�evil"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800", "�"),
        ("x" * 100, "x" * 39 + "…"),
        ("σ ∂ 中 👩\u200d🔬", "σ ∂ 中 👩\u200d🔬"),
    ],
)
def test_text_that_is_safe_to_show(text, shown):
    assert legible(text) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"), (-3, "−3"), (True, "True"), (0.1 + 0.2, "0.3"), (-1e-5, "−1e−05"), (float("inf"), "∞"),
        (float("nan"), "NaN"), (np.float32(1.5), "1.5"), (10**9, "1e+09"), (10**400, "…"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_short(value, text):
    assert number(value) == text


def test_shapes_are_written_as_in_a_textbook():
    assert [shape_text(s) for s in ((4, 3), (5,), (), (0, 2), None)] == ["4×3", "5", "scalar", "0×2", "?"]


def test_values_are_computed_again_from_others():
    x, y = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "xy")
    graph = mg.Graph.of(mg.exp(x) + 2 * y, mg.sin(y))
    values = graph.values({graph.inputs[0]: np.array([0.0, 0.0])})
    np.testing.assert_allclose(values[graph.outputs[0]], [3.0, 5.0])
    np.testing.assert_array_equal(values[graph.outputs[1]], np.sin([1.0, 2.0]))
    assert graph.values({})[graph.outputs[0]] is graph[graph.outputs[0]].value


# --- copies and pickles ------------------------------------------------------------------------------------

AGAIN = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda x: pickle.loads(pickle.dumps(x))}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_a_graph_can_be_copied_and_pickled(again):
    graph = Graph.of(article())
    same = again(graph)
    assert str(same) == str(graph)
    assert [e.operation for e in same] == [e.operation for e in graph]
    assert all(np.array_equal(a, b) for a, b in zip(same.values(), graph.values(), strict=True))


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_a_derivation_can_be_copied_and_pickled(again):
    derivation = mg.derive(article())
    same = again(derivation)
    assert (str(same), same.source(), same.latex()) == (str(derivation), derivation.source(), derivation.latex())


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_an_operation_beside_a_number_remains_one(again):
    z = mg.tensor([0.0, 1.0], requires_grad=True)
    same = again(Graph.of(mg.maximum(z, 0.0), mg.maximum(z, np.zeros(2))))
    beside, between = (same[i].operation for i in same.outputs)
    assert beside is mg.maximum.primitive.beside_number
    assert between is mg.maximum.primitive


def test_an_operation_that_is_not_declared_where_it_is_unpickled_is_named():
    halved = mg.primitive(lambda xp, x: x / 2, [lambda g, y, x: g / 2], name="halved_elsewhere")
    pickled = pickle.dumps(Graph.of(halved(mg.tensor(1.0, requires_grad=True))))
    assert pickle.loads(pickled)[1].operation is halved.primitive
    del primitives["halved_elsewhere"]
    with pytest.raises(TypeError, match="'halved_elsewhere' was declared anew since"):
        pickle.dumps(halved.primitive)
    with pytest.raises(LookupError, match="no operation 'halved_elsewhere' is declared here"):
        pickle.loads(pickled)


def test_gradients_flow_through_what_depends_on_a_parameter_and_nothing_else():
    x, w = mg.tensor(np.ones(2), name="x"), mg.tensor(np.ones(2), requires_grad=True, name="w")
    graph = Graph.of(mg.sum(2.0 * w * np.arange(2.0) + x))
    flows = {e.kind: set() for e in graph}
    for entry in graph:
        flows[entry.kind].add(entry.requires_grad)
    assert flows == {"parameter": {True}, "input": {False}, "constant": {False}, "operation": {True}}
    assert all(e.scope == () and e.origin is None for e in graph)


@pytest.mark.parametrize("nodes", [59, 60, 61, 62])
def test_up_to_60_nodes_are_listed_whole(nodes):
    x = mg.tensor(1.0, requires_grad=True)
    for _ in range(nodes - 1):
        x = mg.sin(x)
    lines = str(Graph.of(x)).splitlines()
    assert len(lines) == 1 + (nodes if nodes <= 60 else 25 + 1 + 25)
    assert any(f"{nodes - 50} more" in line for line in lines) is (nodes > 60)


def test_a_node_says_what_it_is():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    assert repr(node_of(x)).endswith(": leaf (2,) float64>")
    assert repr(node_of(mg.exp(x))).endswith(": exp (2,) float64>")
