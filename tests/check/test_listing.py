"""How a listing looks: as text at any width, as HTML with formulas, and that nothing in it is more than data."""

from __future__ import annotations

import importlib
import math
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check import Diagnosis
from microgradnet.check.listing import ListedLine, Listing, Quoted

X = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])


def loss(w, v, x):
    h = np.tanh(x @ w)
    return np.sum((h @ v) ** 2)


def right(w, v, x):
    h = np.tanh(x @ w)
    o = h @ v
    do = 2 * o
    dv = h.T @ do
    dh = do @ v.T
    dz = dh * (1 - h**2)
    return x.T @ dz, dv


def twice_wrong(w, v, x):
    h = np.tanh(x @ w)
    do = 2 * (h @ v)
    dv = h.T @ (h @ v)
    dz = do @ v.T
    dw = x.T @ dz
    return dw, dv


def listing_of(backprop):
    w = np.array([[0.2, -0.4, 0.1], [1.0, 0.3, -0.7]])
    return mg.compare(loss, backprop, w, np.array([[0.3], [-0.8], [1.1]]), X, argnums=(0, 1)).listing


def told(listing):
    return {line.code.strip(): [q.text for q in line.quantities] for line in listing.lines}


def in_place(w, v, x):
    h = x @ w
    np.tanh(h, out=h)
    o = h @ v
    o *= 2
    o -= 1
    o += 1
    s = h.copy()
    s *= s
    turned = v.T
    dz = o @ turned * (1 - s)
    grads = []
    grads.append(x.T @ dz)
    grads.insert(1, h.T @ o)
    return dict(w=grads[0], v=grads[1])  # noqa: C408 - as people write it


# --- what is said ------------------------------------------------------------------------------------------------


def test_what_changes_a_variable_is_told_by_what_that_is_afterwards():
    listing = told(listing_of(in_place))
    assert listing["o *= 2"] == ["∂L/∂o"]
    assert listing["o -= 1"] == ["unknown"]  # and not 1
    assert listing["o += 1"] == ["∂L/∂o"]
    assert listing["s *= s"] == ["unknown"]
    assert listing["turned = v.T"] == ["vᵀ"]  # which is a row


def test_what_is_put_into_a_list_or_an_object_is_told():
    listing = told(listing_of(in_place))
    assert listing["grads.append(x.T @ dz)"] == ["∂L/∂w"]
    assert listing["grads.insert(1, h.T @ o)"] == ["∂L/∂v"]
    assert listing["return dict(w=grads[0], v=grads[1])  # noqa: C408 - as people write it"] == ["w: ∂L/∂w", "v: ∂L/∂v"]


def test_numbers_of_plain_lists_are_told():
    def loss_of(w, x, labels):
        o = 1 / (1 + np.exp(-(x @ w)))
        return np.sum((o - np.eye(2)[labels]) ** 2)

    def backprop(w, x, labels):
        columns, grad = [list(c) for c in w.T], [[0.0, 0.0], [0.0, 0.0]]
        for row, label in zip(x, labels, strict=True):
            outputs, deltas = [], []
            for column in columns:
                outputs.append(1 / (1 + math.exp(-sum(a * b for a, b in zip(row, column, strict=True)))))  # noqa: PERF401
            for k in range(2):
                error = 2 * (float(outputs[k]) - (1 if k == label else 0))
                deltas.append(error * float(outputs[k]) * (1 - float(outputs[k])))
            for i in range(2):
                for k in range(2):
                    g = grad[i]
                    g[k] += float(row[i]) * deltas[k]
            kept = list(deltas)  # noqa: F841
        return np.array(grad)

    w, labels = np.array([[0.5, -1.0], [0.2, 0.7]]), np.array([0, 1, 1])
    listing = told(mg.compare(loss_of, backprop, w, X, labels, argnums=0).listing)
    # where a label is 0 the error is the output, too
    assert listing["error = 2 * (float(outputs[k]) - (1 if k == label else 0))"] == ["∂L/∂o[0, 0], …, ∂L/∂o[2, 1]"]
    assert listing["deltas.append(error * float(outputs[k]) * (1 - float(outputs[k])))"] == [
        "∂L/∂(x · w)[0, 0], …, ∂L/∂(x · w)[2, 1]"
    ]
    assert listing["g[k] += float(row[i]) * deltas[k]"] == ["in the end ∂L/∂w[1]"]
    assert listing["kept = list(deltas)  # noqa: F841"] == ["∂L/∂(x · w)[0], …, ∂L/∂(x · w)[2]"]


class Sums:
    def __init__(self, w, v):
        self.dv, self.grads = np.zeros_like(v), {"dw1": np.zeros_like(w), "dv2": np.zeros_like(v)}

    def add(self, row, w, v):
        h = np.tanh(row @ w)
        do = 2 * (h @ v)
        self.dv += np.outer(h, do)
        self.grads["dv" + str(2)] += np.outer(h, do)
        self.grads["dw1"] += np.outer(row, v @ do * (1 - h**2))


def test_what_is_added_up_in_attributes_and_entries_is_told_in_the_end():
    def backprop(w, v, x):
        sums = Sums(w, v)
        for row in x:
            sums.add(row, w, v)
        return sums.grads["dw1"], sums.dv

    listing = told(listing_of(backprop))
    assert listing["self.dv += np.outer(h, do)"][0].startswith("in the end ∂L/∂v, adding h")
    assert listing['self.grads["dv" + str(2)] += np.outer(h, do)'][0].startswith("in the end ∂L/∂v, adding h")
    (said,) = listing['self.grads["dw1"] += np.outer(row, v @ do * (1 - h**2))']
    assert said.startswith("in the end ∂L/∂w")


def test_what_is_added_at_indices_is_told():
    def loss_of(e, words):
        return mg.sum(mg.sin(e[words]) ** 2) + mg.sum(e**3)

    def backprop(e, words):
        grads = {"e": 3 * e**2}
        twice = np.zeros_like(e)
        np.subtract.at(twice, words, -2 * np.sin(e[words]) * np.cos(e[words]))
        np.add.at(grads["e"], words, 2 * np.sin(e[words]) * np.cos(e[words]))
        return grads["e"]

    listing = told(mg.compare(loss_of, backprop, X, np.array([0, 2, 2]), argnums=0).listing)
    assert listing["np.subtract.at(twice, words, -2 * np.sin(e[words]) * np.cos(e[words]))"] == ["∂(sin(…)²)/∂e"]
    assert listing['np.add.at(grads["e"], words, 2 * np.sin(e[words]) * np.cos(e[words]))'] == ["∂L/∂e"]


def test_what_is_added_up_in_many_turns_is_told_by_what_it_is_in_the_end():
    def backprop(w, x):
        dw = np.zeros_like(w)
        for row in x:
            for k in range(len(w)):
                dw[k] += 3 * (row @ w) ** 2 * row[k]
        return dw

    x = np.random.default_rng(0).normal(size=(200, 2))
    listing = mg.compare(lambda w, x: np.sum((x @ w) ** 3), backprop, np.array([0.5, 1.5]), x, argnums=0).listing
    (said,) = told(listing)["dw[k] += 3 * (row @ w) ** 2 * row[k]"]
    assert said.startswith("in the end ∂L/∂w, adding ")


def test_a_value_has_no_name_before_it_is_given_one():
    def loss_of(w, x, y):
        return mg.sum((x @ w - y) ** 4)

    def backprop(w, x, y):
        r = x @ w
        r -= y
        c = r.copy()
        return 4 * x.T @ c**3

    x, y = X, np.array([0.3, -1.0, 0.7])
    listing = told(mg.compare(loss_of, backprop, np.array([0.5, 1.5]), x, y, argnums=0).listing)
    assert listing["r -= y"] == listing["c = r.copy()"] == ["r − y"]


def test_a_right_derivation_reads_as_an_explanation():
    assert told(listing_of(right)) == {
        "def right(w, v, x):": [],
        "h = np.tanh(x @ w)": ["tanh(x · w)"],
        "o = h @ v": ["h · v"],
        "do = 2 * o": ["∂L/∂o = 2 o"],
        "dv = h.T @ do": ["∂L/∂v = hᵀ · ∂L/∂o"],
        "dh = do @ v.T": ["∂L/∂h = ∂L/∂o · vᵀ"],
        "dz = dh * (1 - h**2)": ["∂L/∂(x · w) = ∂L/∂h ⊙ (1 − h²)"],
        "return x.T @ dz, dv": ["w: ∂L/∂w = xᵀ · dz", "dv: ∂L/∂v"],
    }


def test_a_term_of_a_sum_is_named_as_the_whole_sum():
    def with_bias(w, b, x):
        return np.sum(np.tanh(x @ w + b) ** 2)

    def by_hand(w, b, x):
        h = np.tanh(x @ w + b)
        delta = 2 * h * (1 - h**2)
        return x.T @ delta, delta.sum()

    report = mg.compare(with_bias, by_hand, np.array([0.2, -0.4]), 0.5, X, argnums=(0, 1))
    assert told(report.listing)["delta = 2 * h * (1 - h**2)"] == ["∂L/∂(x · w + b) = 2 h ⊙ (1 − h²)"]


def test_constants_are_told_as_such_and_containers_are_not_told_of():
    def by_hand(w, v, x):
        grads = {}
        start, ones = np.zeros_like(w), np.ones(3)
        rows = len(x)
        grads["w"], grads["v"] = right(w, v, x)
        return start + grads["w"], grads["v"] * rows / 3 * ones[0]

    said = told(listing_of(by_hand))
    assert said["grads = {}"] == []
    assert said["start, ones = np.zeros_like(w), np.ones(3)"] == ["start: zeros", "ones: ones"]
    assert said["rows = len(x)"] == ["3"]


def test_what_is_computed_of_no_more_than_the_shape_or_the_signs_of_an_array_is_listed():
    def by_hand(w, v, x):
        h = np.tanh(x @ w)
        mask = h > (0 if h[0, 0] < 9 else h)
        start = np.zeros_like(h) if h[0, 0] < 9 else h
        do = 2 * (h @ v)
        dz = start + do @ v.T * (1 - h**2)
        return x.T @ dz, h.T @ do + 0 * mask.sum()

    said = told(listing_of(by_hand))
    assert said["mask = h > (0 if h[0, 0] < 9 else h)"] == ["unknown"]
    assert said["start = np.zeros_like(h) if h[0, 0] < 9 else h"] == ["zeros"]


def _penalised(w, x):
    h = np.tanh(x @ w)
    return np.sum(h**2) / len(x) + 0.5 * np.sum(w * w)


def _its_gradient(w, x):
    h = np.tanh(x @ w)
    loss = 0.0
    loss += np.sum(h**2) / len(x)
    loss += 0.5 * np.sum(w * w)
    dh = 2 * h * (1 - h**2)
    dw = x.T @ dh
    dw /= len(x)
    dw += w
    return dw


def _with_a_penalty(w, x):
    h = np.tanh(x @ w)
    penalty = 0.7 * w
    return x.T @ (2 * h * (1 - h**2)) / len(x) + penalty + 0.3 * w


def _called(w, x):
    return _its_gradient(w, x)


PENALISED = np.array([0.2, -0.4]), X


def test_what_is_added_to_a_variable_is_not_called_by_its_name():
    said = told(mg.compare(_penalised, _its_gradient, *PENALISED, argnums=0).listing)
    assert said["loss += 0.5 * np.sum(w * w)"] == ["(Σ …) / 3 + 0.5 (Σ …)"]  # and not loss + 0.5 (Σ …)


def test_how_a_value_is_computed_is_told_as_it_was_before_it_is_written_into():
    said = told(mg.compare(_penalised, _called, *PENALISED, argnums=0).listing)
    assert said["dw = x.T @ dh"] == ["three times part of ∂L/∂w through x · w = xᵀ · dh"]  # and not dw / 3 + dw
    assert said["dw += w"] == ["∂L/∂w"]


def _layer(x, w):
    z = x @ w
    s = 1 / (1 + np.exp(-z))
    out = np.zeros_like(s)
    for k in range(len(out)):
        out[k] = s[k] * z[k]
    return out, (x, w, z, s)


def _layer_back(dout, cache):
    x, w, z, s = cache
    dz = dout * (s + z * s * (1 - s))
    return dz @ w.T, x.T @ dz


def test_values_are_called_as_in_the_functions_that_the_loss_calls_in_the_order_in_which_it_does():
    def loss_of(w, v, x):
        out, _ = _layer(x, w)
        return np.sum(_layer(out, v)[0])

    def by_hand(w, v, x):
        out, first = _layer(x, w)
        out, second = _layer(out, v)
        dh, dv = _layer_back(np.ones_like(out), second)
        return _layer_back(dh, first)[1], dv

    w, v = np.array([[0.2, -0.4, 0.1], [1.0, 0.3, -0.7]]), np.array([[0.3, 0.5], [-0.8, 0.2], [1.1, -0.6]])
    said = told(mg.compare(loss_of, by_hand, w, v, X, argnums=(0, 1)).listing)
    assert said["dz = dout * (s + z * s * (1 - s))"] == ["∂L/∂z₁, ∂L/∂z₀"]
    assert said["return dz @ w.T, x.T @ dz"][0] == "dz @ w.T: ∂L/∂out₀ in step 1, unknown in the last step"


def test_the_rows_of_data_that_a_loop_goes_through_are_told():
    def loss_of(w, x):
        return sum(np.tanh(row @ w) ** 2 for row in x)

    def by_hand(w, x):
        dw = np.zeros_like(w)
        for k in range(len(x)):
            row = x[k]
            h = np.tanh(row @ w)
            dw += 2 * h * (1 - h**2) * row
        return dw

    said = told(mg.compare(loss_of, by_hand, np.array([0.2, -0.4]), X, argnums=0).listing)
    assert said["row = x[k]"] == ["x[0], …, x[2]"]  # and not a constant


def test_what_is_computed_for_all_rows_at_once_is_told_where_the_loss_goes_through_them():
    def loss_of(w, v, x, y):
        total = 0.0
        for row, t in zip(x, y, strict=True):
            h = np.tanh(row @ w)
            total = total + (h @ v - t) ** 2
        return total

    def backprop(w, v, x, y):
        h = np.tanh(x @ w)
        d = 2 * (h @ v - y)
        dz = np.outer(d, v) * (1 - h**2)
        return x.T @ dz, h.T @ d

    random = np.random.default_rng(3)
    arguments = [random.normal(size=s) for s in ((3, 4), 4, (5, 3), 5)]
    listing = told(mg.compare(loss_of, backprop, *arguments, argnums=(0, 1)).listing)
    assert listing["h = np.tanh(x @ w)"] == ["h₀ … h₄ = tanh(x · w)"]
    assert listing["d = 2 * (h @ v - y)"] == ["∂L/∂(h₀ · v) … ∂L/∂(h₄ · v) = 2 (h · v − y)"]
    assert listing["dz = np.outer(d, v) * (1 - h**2)"] == ["∂L/∂(x[0] · w) … ∂L/∂(x[4] · w) = (d ⊗ v) ⊙ (1 − h²)"]


def test_what_is_computed_for_all_rows_and_heads_at_once_is_told_where_the_loss_has_a_loop_in_a_loop():
    def loss_of(w, x):
        total = 0.0
        for row in x:
            for k in range(2):
                h = row @ w[:, 2 * k : 2 * k + 2]
                u = h @ h.T
                total = total + np.sum(np.sin(u))
        return total

    def backprop(w, x):
        h = (x @ w).reshape(3, 4, 2, 2).transpose(0, 2, 1, 3)
        u = h @ h.transpose(0, 1, 3, 2)
        du = np.cos(u)
        dh = (du + du.transpose(0, 1, 3, 2)) @ h
        return np.einsum("nti,ntj->ij", x, dh.transpose(0, 2, 1, 3).reshape(3, 4, 4))

    random = np.random.default_rng(3)
    arguments = random.normal(size=(5, 4)), random.normal(size=(3, 4, 5))
    report = mg.compare(loss_of, backprop, *arguments, argnums=0)
    listing = told(report.listing)
    assert report.ok
    assert listing["h = (x @ w).reshape(3, 4, 2, 2).transpose(0, 2, 1, 3)"] == ["h₀ … h₅"]
    assert listing["du = np.cos(u)"] == ["∂L/∂u₀ … ∂L/∂u₅ = cos(u)"]
    assert listing["dh = (du + du.transpose(0, 1, 3, 2)) @ h"] == ["∂L/∂h₀ … ∂L/∂h₅ = (du + duᵀ) · h"]


def test_what_is_known_in_few_steps_and_neither_at_first_nor_in_the_end_is_unknown():
    def loss_of(w, x):
        return np.sum(np.tanh(x @ w) ** 2) + np.sum(w[1] ** 2)

    def by_hand(w, x):
        h = np.tanh(x @ w)
        dw = x.T @ (2 * h * (1 - h**2))
        for k in range(5):
            step = w[1] ** 2 if k == 2 else w[0] * k
        dw[1] += 2 * w[1] + 0 * step
        return dw

    said = told(mg.compare(loss_of, by_hand, np.array([0.2, -0.4]), X, argnums=0).listing)
    assert said["step = w[1] ** 2 if k == 2 else w[0] * k"] == ["unknown"]


def test_a_multiple_of_a_parameter_is_told_once():
    said = told(mg.compare(_penalised, _with_a_penalty, *PENALISED, argnums=0).listing)
    assert said["penalty = 0.7 * w"] == ["0.7 w"]  # and not 0.7 × w = 0.7 w


def test_of_the_function_around_it_nothing_is_listed():
    def by_hand(w, v, x):
        return right(w, v, x)

    codes = [line.code.strip() for line in listing_of(by_hand).lines]
    assert codes[:2] == ["def by_hand(w, v, x):", "return right(w, v, x)"]
    assert codes[2] == "def right(w, v, x):"
    assert not any("test_of" in code for code in codes)


def test_lambdas_of_one_line_are_listed_once():
    report = mg.compare(lambda w: np.sum(np.tanh(w) ** 2), lambda w: 2 * np.tanh(w), np.array([0.3, -0.5, 1.0]))
    assert len(report.listing.lines) == 1


def test_a_loop_is_told_from_its_first_step_to_its_last():
    def recurrent(w, xs):
        h = np.zeros(2)
        for t in range(3):
            h = np.tanh(w @ h + xs[t])
        return np.sum(h**2)

    def by_hand(w, xs):
        hs = [np.zeros(2)]
        for t in range(3):
            h = np.tanh(w @ hs[t] + xs[t])
            hs.append(h)
        dw = np.zeros_like(w)
        dh = 2 * hs[3]
        for t in reversed(range(3)):
            dz = dh * (1 - hs[t + 1] ** 2)
            dw += np.outer(dz, hs[t])
            dh = w.T @ dz
        return dw

    report = mg.compare(recurrent, by_hand, np.array([[0.5, -0.3], [0.8, 0.1]]), X, argnums=0)
    said = told(report.listing)
    assert said["h = np.tanh(w @ hs[t] + xs[t])"] == ["h₀, …, h₂"]
    assert said["dw += np.outer(dz, hs[t])"] == ["in the end ∂L/∂w, adding dz ⊗ h₀"]
    assert said["dh = w.T @ dz"] == ["∂L/∂h₁, ∂L/∂h₀; unknown in the last step"]


def test_what_belongs_to_one_of_several_gates_side_by_side_is_told_by_its_columns():
    def gated(w, x):
        z = x @ w
        s = 1 / (1 + np.exp(-z))
        return np.sum(s[:, :2] * np.tanh(s[:, 2:]))

    def by_hand(w, x):
        s = 1 / (1 + np.exp(-(x @ w)))
        f, g = s[:, :2], s[:, 2:]
        df = np.tanh(g) * f * (1 - f)
        dg = f * (1 - np.tanh(g) ** 2) * g * (1 - g)
        return x.T @ np.hstack([df, dg])

    w = np.array([[0.2, -0.4, 0.1, 0.5], [1.0, 0.3, -0.7, 0.6]])
    listing = told(mg.compare(gated, by_hand, w, X, argnums=0).listing)
    assert listing["df = np.tanh(g) * f * (1 - f)"] == ["∂L/∂z[:, 0:2] = tanh(g) ⊙ f ⊙ (1 − f)"]
    (said,) = listing["dg = f * (1 - np.tanh(g) ** 2) * g * (1 - g)"]
    assert said.startswith("∂L/∂z[:, 2:4] = ")


def test_what_is_written_into_later_is_told_as_it_was():
    def by_hand(w, v, x):
        dw, dv = right(w, v, x)
        doubled = dv * 2
        halved = doubled
        halved /= 2
        return dw, halved

    assert told(listing_of(by_hand))["doubled = dv * 2"] == ["twice ∂L/∂v = ∂L/∂v ⊙ 2"]


def test_a_statement_that_takes_no_tensors_has_no_formula():
    def by_hand(w, v, x):
        h = np.array([[math.tanh(float(z)) for z in row] for row in x @ w])
        do = 2 * (h @ v)
        return x.T @ (do @ v.T * (1 - h**2)), h.T @ do

    said = told(listing_of(by_hand))
    assert said["h = np.array([[math.tanh(float(z)) for z in row] for row in x @ w])"] == ["tanh(x · w)"]
    assert said["do = 2 * (h @ v)"] == ["∂L/∂(h · v) = 2 (h · v)"]


def test_whole_numbers_have_their_names_and_stay_an_index():
    labels, rows = np.array([1, 0, 1]), np.arange(3)

    def chosen(w, x, labels):
        return np.sum((x @ w)[rows, labels] ** 2) + np.sum(labels * (x @ w)[:, 0])

    def by_hand(w, x, labels):
        z = x @ w
        dz = np.zeros((3, 2))
        dz[rows, labels] = 2 * z[rows, labels]
        first = labels * np.ones(3)
        dz[:, 0] += first
        return x.T @ dz

    report = mg.compare(chosen, by_hand, np.array([[0.2, -0.4], [1.0, 0.3]]), X, labels, argnums=0)
    said = {line.code.strip(): [q.latex for q in line.quantities] for line in report.listing.lines}
    assert report.ok
    assert "labels" in said["first = labels * np.ones(3)"][0]
    assert r"\mathrm{dz}" in said["return x.T @ dz"][0]


def test_arrays_that_are_filled_and_branches_have_formulas():
    def by_hand(w, v, x):
        dw, dv = np.zeros(w.shape), np.zeros((3, 1))
        for k in range(len(x)):
            h = np.tanh(x[k] @ w)
            slope = 2 * (h @ v) if (h > -2).all() else h
            dv += np.outer(h, slope)
            dw += np.outer(x[k], slope @ v.T * (1 - h**2))
        return dw, dv

    said = told(listing_of(by_hand))
    assert said["dv += np.outer(h, slope)"] == ["in the end ∂L/∂v, adding h[1] ⊗ slope"]
    assert said["dw += np.outer(x[k], slope @ v.T * (1 - h**2))"] == [
        "in the end ∂L/∂w, adding x[1] ⊗ ((slope · vᵀ) ⊙ (1 − h[1]²))"
    ]


# --- as text -----------------------------------------------------------------------------------------------------


def test_unknown_is_explained_where_nothing_is_wrong():
    def by_hand(w, v, x):
        h = np.tanh(x @ w)
        do = 2 * (h @ v)
        odd = do * np.arange(1, 4)[:, None]
        return x.T @ (odd / np.arange(1, 4)[:, None] @ v.T * (1 - h**2)), h.T @ do

    rows = str(listing_of(by_hand)).splitlines()
    assert any("odd = do" in row and row.endswith("unknown") for row in rows)
    assert " ".join(rows[-2:]).endswith("alone is no mistake.")


def test_the_wrong_expression_is_marked_under_it_and_the_right_line_stands_below():
    rows = str(listing_of(twice_wrong)).splitlines()
    for k, row in enumerate(rows):
        if "✗" in row:
            start, end = re.search(r"\^+", rows[k + 1]).span()
            line = next(line for line in listing_of(twice_wrong).lines if f" {line.number} ✗" in row)
            assert row[start:end] in [d.expression for d in line.diagnoses]
            assert any(r.startswith("write  ") for r in rows[k + 1 : k + 6])
    assert sum("✗" in row for row in rows) == 2
    assert any(row.endswith("dv = h.T @ do") for row in rows)  # the parentheses around h @ v are gone with it


PLACED = """
import numpy as np
def loss(w, x):
    return np.sum(np.tanh(x @ w) ** 2)
def several(w, x):
	h = np.tanh(x @ w)
	é = "é"; dh = 2 * h; none = 0 * (dh * h); dz = dh * h
	return x.T @ dz
def twice(w, x):
    h = np.tanh(x @ w)
    return x.T @ (2 * h * (1 - h**2)) * 0 + x.T @ (2 * h * (1 - h))
right = lambda w, x: x.T @ (2 * np.tanh(x @ w) * (1 - np.tanh(x @ w) ** 2))
wrong = lambda w, x: x.T @ (2 * np.tanh(x @ w) * (1 - np.tanh(x @ w))) + 0 * x.T @ (1 - np.tanh(x @ w))
"""


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("several", 'é = "é"; dh = 2 * h; none = 0 * (dh * h); dz = '),
        ("twice", "    return x.T @ (2 * h * (1 - h**2)) * 0 + x.T @ (2 * h * ("),
        ("wrong", "wrong = lambda w, x: x.T @ (2 * np.tanh(x @ w) * ("),
    ],
)
def test_an_expression_is_marked_where_it_stands(tmp_path, monkeypatch, name, before):
    (tmp_path / f"marked_{name}.py").write_text(PLACED)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(f"marked_{name}")
    listing = mg.compare(module.loss, getattr(module, name), np.array([0.2, -0.4]), X, argnums=0).listing
    (line,) = (line for line in listing.lines if line.diagnoses)
    start, end = line.marked(line.diagnoses[0])
    assert line.code[:start].strip() == before.strip()
    assert line.code[start:end] == line.diagnoses[0].expression
    assert line.code.count(line.code[start:end]) > 1
    (k,) = (k for k, row in enumerate(str(listing).splitlines()) if "^" in row)
    row, carets = str(listing).splitlines()[k - 1 : k + 1]
    assert re.fullmatch(r" +(\^+ [a-z-]+|[a-z-]+ \^+)", carets)  # nothing else is in this row
    first, last = re.search(r"\^+", carets).span()
    assert row[first:last] == line.code[start:end]


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_the_text_fits_the_terminal_and_eighty_columns(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = str(listing_of(twice_wrong)).splitlines()
    assert max(map(len, rows)) <= min(80, columns)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_no_source_and_no_name_steers_a_terminal_or_becomes_markup(code, name, kind):
    d = Diagnosis(kind, (name,), "", "", name, 1.0, 0.0, file="f.py", line=1, expression=code, correction=name)
    quantity = Quoted(name, name.replace("$", r"\$"))
    line = ListedLine("f.py", 1, code, (quantity,), ((code, quantity),), (d,))
    listing = Listing([line], name, name)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", str(listing))
    tags = Tags()
    tags.feed(listing.html())
    assert not {"script", "img", "b<", "a"} & set(tags.found)
    assert tags.found.count("tr") == 2  # of the head, and of the line


# --- as HTML -----------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.found.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


def parsed(page):
    tags = Tags()
    tags.feed(page)
    return tags


def test_the_page_has_the_code_formulas_beside_it_and_the_correction():
    listing = listing_of(twice_wrong)
    page = parsed(listing.html())
    assert all(line.code in page.text for line in listing.lines)
    assert page.found.count("math") >= 5
    assert page.found.count("mark") == page.found.count("ins") == 2
    assert [v for k, v in page.attributes if k == "aria-label"] == ["wrong"] * 2
    for line in listing.lines:
        for d in line.diagnoses:
            assert d.correction in page.text
            assert d.kind in page.text


def test_the_page_asks_no_host_for_anything(tmp_path):
    path = listing_of(right).save(tmp_path / "page.html")
    page = path.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=|url\(|@import""", page)


def test_a_name_that_is_markup_stays_text():
    line = ListedLine("<b>.py", 1, "<script>x</script>", (Quoted("<i>", "$<i>$ <i>"),))
    page = Listing([line], "<u>", "<s>").html()
    assert not {"script", "i", "u", "s"} & set(parsed(page).found)


def test_a_dollar_in_a_name_begins_no_formula():
    def by_hand(w, v, x):
        found = {}
        found["$a"], found["b"] = right(w, v, x)[0] * 1, right(w, v, x)[1] * 1
        return found["$a"], found["b"]

    listing = listing_of(by_hand)
    page = parsed(Listing([line for line in listing.lines if "right" in line.code]).html())
    assert page.found.count("math") >= 2
    assert "found['$a']: " in page.text


def test_without_a_converter_of_formulas_they_are_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    page = listing_of(right).html()
    assert "∂L/∂h" in page
    assert "<math" not in page
    assert r"\frac" not in page


def test_all_corrections_are_one_patch_that_applies(tmp_path):
    path = tmp_path / "by_hand.py"
    source = """
import numpy as np
def loss(w, b, x):
    return np.sum(np.tanh(x @ w + b) ** 2)
def backprop(w, b, x):
    h = np.tanh(x @ w + b)
    dh = 2 * h
    dz = dh * (1 - h)
    dw = x @ dz
    db = np.mean(dz)
    return x.T @ dz, db
"""
    source = source.replace("    dw = x @ dz\n", "")
    path.write_text(source)
    names = {"__name__": "by_hand"}
    exec(compile(source, str(path), "exec"), names)
    found = mg.diagnose(names["loss"], names["backprop"], np.array([0.2, -0.4]), 0.5, X, argnums=(0, 1))
    assert len(found) == 2
    (tmp_path / "all.patch").write_text(found.patch)
    name = re.search(r"^--- a/(.*)$", found.patch, re.MULTILINE)[1]
    subprocess.run(["patch", str(path), "all.patch"], cwd=tmp_path, check=True, capture_output=True)
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert name.endswith("by_hand.py")
    assert mg.compare(names["loss"], names["backprop"], np.array([0.2, -0.4]), 0.5, X, argnums=(0, 1))
