"""GradBench's evals by its protocol: the adapter in a process of its own, its answers beside others written plainly."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

RUN = Path(__file__).parents[1] / "examples" / "gradbench" / "run.py"

random = np.random.default_rng(0)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


# --- inputs ---------------------------------------------------------------------------------------------------


def lists(shape: Any, at: float = 0.0) -> Any:
    return (at + random.random(shape)).tolist()


POINTS = lists((30, 2))

HAND = {
    "bone_count": 22,
    "bone_names": [f"bone {i}" for i in range(22)],
    "parents": [-1, *(0 if i % 4 == 1 else i - 1 for i in range(1, 22))],
    "base_relatives": lists((22, 4, 4)),
    "inverse_base_absolutes": lists((22, 4, 4)),
    "base_positions": [[*row, 1.0] for row in lists((7, 3))],
    "weights": lists((7, 22)),
    "triangles": [[0, 1, 2], [2, 3, 4], [4, 5, 6]],
    "is_mirrored": True,
}
CORRESPONDENCES = [2, 0, 1, 1]

INPUTS: dict[str, Any] = {
    "hello": 3.0,
    "det": {"A": lists(16), "ell": 4},
    "lse": {"x": lists(5)},
    "llsq": {"x": lists(3), "n": 6},
    "ode": {"x": lists(4), "s": 3},
    "kmeans": {"points": POINTS, "centroids": POINTS[-3:]},
    "gmm": {
        "d": 3, "k": 2, "n": 4, "m": 2, "gamma": 1.3, "x": lists((4, 3)),
        "alpha": lists(2), "mu": lists((2, 3)), "q": lists((2, 3)), "l": lists((2, 3)),
    },
    "lstm": {
        "main_params": lists((4, 12)), "extra_params": lists((3, 3)), "state": lists((4, 3)),
        "sequence": random.integers(0, 2, (5, 3)).tolist(),
    },
    "ba": {"n": 2, "m": 3, "p": 12, "cam": lists(11), "x": lists(3, 1.0), "w": 0.7, "feat": lists(2)},
    "ht": {
        "theta": lists(26), "us": lists((4, 2)),
        "data": {"model": HAND, "correspondences": CORRESPONDENCES, "points": lists((4, 3))},
    },
}  # fmt: skip
INPUTS["ht, no triangles"] = {**INPUTS["ht"], "us": []}


# --- what should come out, number by number -------------------------------------------------------------------


def determinant(given: Any) -> float:
    n, a = given["ell"], given["A"]
    signed = [
        (-1) ** sum(p[i] > p[j] for i in range(n) for j in range(i, n)) * math.prod(a[i * n + p[i]] for i in range(n))
        for p in permutations(range(n))
    ]
    return math.fsum(signed)


def runge_kutta(given: Any) -> list[float]:
    x, h = given["x"], 2 / given["s"]
    y = [0.0] * len(x)

    def slope(y: list[float]) -> list[float]:
        return [x[i] * (y[i - 1] if i else 1) for i in range(len(x))]

    def moved(k: list[float], by: float) -> list[float]:
        return [a + by * b for a, b in zip(y, k, strict=True)]

    for _ in range(given["s"]):
        k1 = slope(y)
        k2 = slope(moved(k1, h / 2))
        k3 = slope(moved(k2, h / 2))
        k4 = slope(moved(k3, h))
        y = [a + h / 6 * (p + 2 * q + 2 * r + s) for a, p, q, r, s in zip(y, k1, k2, k3, k4, strict=True)]
    return y


def mixture(given: Any) -> float:
    """Compute the logarithm of the densities, as the README of the eval defines them."""
    special = pytest.importorskip("scipy.special")
    d, k, m, gamma = (given[name] for name in ("d", "k", "m", "gamma"))
    weights = np.exp(given["alpha"]) / np.sum(np.exp(given["alpha"]))
    precisions = []
    for j in range(k):
        q = np.diag(np.exp(given["q"][j]))
        place = iter(given["l"][j])
        for column in range(d):
            for row in range(column + 1, d):
                q[row, column] = next(place)
        precisions.append(q.T @ q)
    density = 1.0
    for x in given["x"]:
        away = [np.array(x) - mu for mu in given["mu"]]
        density *= sum(
            w * math.sqrt(np.linalg.det(s) / (2 * math.pi) ** d) * math.exp(-a @ s @ a / 2)
            for w, s, a in zip(weights, precisions, away, strict=True)
        )
    n, scale = d + m + 1, np.eye(d) / gamma**2
    for s in precisions:
        prior = np.linalg.det(s) ** (m / 2) * math.exp(-np.trace(np.linalg.inv(scale) @ s) / 2)
        density *= prior / (
            2 ** (n * d / 2) * np.linalg.det(scale) ** (n / 2) * math.exp(special.multigammaln(n / 2, d))
        )
    return math.log(density)


def recurrent(given: Any) -> float:
    main, extra = np.array(given["main_params"]), np.array(given["extra_params"])
    state, sequence = np.array(given["state"]), np.array(given["sequence"])
    bits, total = sequence.shape[1], 0.0
    for x, target in pairwise(sequence):
        layer = x * extra[0]
        for i in range(0, len(main), 2):
            forget, into, out, change = np.split(main[i], 4)
            b_forget, b_into, b_out, b_change = np.split(main[i + 1], 4)
            hidden, cell = state[i], state[i + 1]
            cell = cell * sigmoid(layer * forget + b_forget) + sigmoid(hidden * into + b_into) * np.tanh(
                hidden * change + b_change
            )
            layer = sigmoid(layer * out + b_out) * np.tanh(cell)
            state[i], state[i + 1] = layer, cell
        predicted = layer * extra[1] + extra[2]
        total += float(target @ (predicted - math.log(2 + np.exp(predicted).sum())))
    return -total / (bits * (len(sequence) - 1))


def reprojection(given: Any) -> list[float]:
    camera, x = np.array(given["cam"]), np.array(given["x"])
    axis, away = camera[:3], x - camera[3:6]
    angle = np.linalg.norm(axis)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]]) / angle
    seen = (np.eye(3) + math.sin(angle) * k + (1 - math.cos(angle)) * k @ k) @ away
    flat = seen[:2] / seen[2]
    square = flat @ flat
    flat = flat * (1 + camera[9] * square + camera[10] * square**2)
    return (given["w"] * (flat * camera[6] + camera[7:9] - given["feat"])).tolist()  # type: ignore[no-any-return]


def hand(given: Any) -> list[float]:
    theta, model = given["theta"], given["data"]["model"]
    angles = np.zeros((22, 3))
    place = iter(theta[6:])
    for bone in range(22):
        if bone >= 2 and bone % 4 != 1 and bone < 22:
            angles[bone, 0] = next(place)
            if bone % 4 == 2:
                angles[bone, 1] = next(place)
    absolutes: list[np.ndarray] = []
    for relative, parent, (x, z, y) in zip(model["base_relatives"], model["parents"], angles, strict=True):
        about = [
            np.array([[1, 0, 0], [0, math.cos(x), -math.sin(x)], [0, math.sin(x), math.cos(x)]]),
            np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]]),
            np.array([[math.cos(z), -math.sin(z), 0], [math.sin(z), math.cos(z), 0], [0, 0, 1]]),
        ]
        turned = np.eye(4)
        turned[:3, :3] = about[2] @ about[1] @ about[0]
        local = np.array(relative) @ turned
        absolutes.append(local if parent == -1 else absolutes[parent] @ local)
    axis = np.array(theta[:3])
    angle = np.linalg.norm(axis)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]]) / angle
    rotation = np.eye(3) + math.sin(angle) * k + (1 - math.cos(angle)) * k @ k
    vertices = []
    for position, weights in zip(model["base_positions"], model["weights"], strict=True):
        moved = sum(
            w * (a @ np.array(i) @ position)[:3]
            for w, a, i in zip(weights, absolutes, model["inverse_base_absolutes"], strict=True)
        )
        vertices.append(rotation @ (moved * [-1, 1, 1]) + theta[3:6])
    errors = []
    for i, (c, point) in enumerate(zip(given["data"]["correspondences"], given["data"]["points"], strict=True)):
        at = vertices[c]
        if given["us"]:
            u, v = given["us"][i]
            p, q, r = (vertices[corner] for corner in model["triangles"][c])
            at = u * p + v * q + (1 - u - v) * r
        errors += (np.array(point) - at).tolist()
    return errors


def newton(given: Any) -> list[list[float]]:
    """The step from each centroid to the mean of the points nearest to it, with the sign turned."""
    points, centroids = np.array(given["points"]), np.array(given["centroids"])
    nearest = np.argmin(((points[:, None] - centroids) ** 2).sum(-1), axis=1)
    return [(c - points[nearest == j].mean(0)).tolist() for j, c in enumerate(centroids)]


EXPECTED: dict[tuple[str, str], Any] = {
    ("hello", "square"): lambda x: x * x,
    ("hello", "double"): lambda x: 2 * x,
    ("det", "primal"): determinant,
    ("lse", "primal"): lambda g: math.log(sum(map(math.exp, g["x"]))),
    ("llsq", "primal"): lambda g: 0.5 * sum(
        (np.sign(t) - sum(x * t**k for k, x in enumerate(g["x"]))) ** 2 for t in np.linspace(-1, 1, g["n"])
    ),
    ("ode", "primal"): runge_kutta,
    ("kmeans", "cost"): lambda g: sum(
        min(sum((a - b) ** 2 for a, b in zip(p, c, strict=True)) for c in g["centroids"]) for p in g["points"]
    ),
    ("kmeans", "dir"): newton,
    ("gmm", "objective"): mixture,
    ("lstm", "objective"): recurrent,
    ("ba", "objective"): lambda g: {
        "reproj_error": {"elements": reprojection(g), "repeated": g["p"]},
        "w_err": {"element": 1 - g["w"] ** 2, "repeated": g["p"]},
    },
    ("ht", "objective"): hand,
    ("ht, no triangles", "objective"): hand,
}  # fmt: skip


def differences(f: Any, x: list[Any]) -> np.ndarray:
    """Differentiate a function of a nested list of numbers by central differences: the last axis is that of x."""
    values, h = np.array(x, float), 1e-6
    columns = []
    for i in range(values.size):
        step = np.zeros(values.size)
        step[i] = h
        up, down = (np.array(f((values + s * step.reshape(values.shape)).tolist())) for s in (1, -1))
        columns.append((up - down) / (2 * h))
    return np.stack(columns, axis=-1)


def of(module: str, function: str, name: str, pick: Any = lambda y: y) -> np.ndarray:
    """Differentiate what is expected with respect to one part of the input."""
    given = INPUTS[module]
    return differences(lambda x: pick(EXPECTED[module, function]({**given, name: x})), given[name])


def bundle(given: Any) -> dict[str, Any]:
    camera, point = (differences(lambda v, n=n: reprojection({**given, n: v}), given[n]) for n in ("cam", "x"))
    weight = np.array(reprojection(given))[:, None] / given["w"]
    n, m, p = given["n"], given["m"], given["p"]
    columns = [*range(11), *range(11 * n, 11 * n + 3), 11 * n + 3 * m]
    return {
        "rows": [*[*range(0, 30 * p + 1, 15), *range(30 * p + 1, 31 * p + 1)][:30], 31 * p],
        "cols": [*columns, *columns, 11 * n + 3 * m + p - 1],
        "vals": [*np.hstack([camera, point, weight]).ravel(), -2 * given["w"]],
    }


def tracked(given: Any) -> np.ndarray:
    jacobian = differences(lambda theta: hand({**given, "theta": theta}), given["theta"])
    if not given["us"]:
        return jacobian
    of_all = differences(lambda us: hand({**given, "us": us}), given["us"]).reshape(4, 3, 4, 2)
    return np.hstack([of_all[range(4), :, range(4)].reshape(12, 2), jacobian])


EXPECTED |= {
    ("det", "gradient"): lambda _: of("det", "primal", "A"),
    ("lse", "gradient"): lambda _: of("lse", "primal", "x"),
    ("llsq", "gradient"): lambda _: of("llsq", "primal", "x"),
    ("ode", "gradient"): lambda _: of("ode", "primal", "x", lambda y: y[-1]),
    ("gmm", "jacobian"): lambda g: {
        name: of("gmm", "objective", name).reshape(np.shape(g[name])) for name in ("alpha", "mu", "q", "l")
    },
    ("lstm", "jacobian"): lambda _: np.concatenate(
        [of("lstm", "objective", name).ravel() for name in ("main_params", "extra_params")]
    ),
    ("ba", "jacobian"): bundle,
    ("ht", "jacobian"): tracked,
    ("ht, no triangles", "jacobian"): tracked,
}

GOLDEN = {("saddle", "rr"): ({"start": [1.0, 1.0]}, [8.246324826140356e-06] * 4)}
"""What GradBench itself expects; `particle`, whose answer is 0.2071918746486116, takes too long for a test."""


# --- the protocol ---------------------------------------------------------------------------------------------


def talk(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send messages to the adapter, and return its answers."""
    lines = "".join(json.dumps({"id": i, **message}) + "\n" for i, message in enumerate(messages))
    done = subprocess.run([sys.executable, RUN], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.pop("id") for answer in answers] == [*range(len(messages))]
    return answers


def close(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, part in expected.items():
            close(found[key], part)
    else:
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_every_eval_is_answered_by_the_protocol() -> None:
    asked = [
        (name.split(",")[0], function, INPUTS[name], expect(INPUTS[name]))
        for (name, function), expect in EXPECTED.items()
    ]
    asked += [(module, function, *both) for (module, function), both in GOLDEN.items()]
    messages: list[dict[str, Any]] = [{"kind": "start", "eval": "det"}]
    modules = [*dict.fromkeys(module for module, *_ in asked), "particle"]
    messages += [{"kind": "define", "module": module} for module in modules]
    messages += [{"kind": "evaluate", "module": m, "function": f, "input": given} for m, f, given, _ in asked]
    start, *others = talk(messages)
    assert start == {"tool": "microgradnet"}
    assert len(modules) == 12
    assert others[:12] == [{"success": True}] * 12
    for answer, (module, function, _, expected) in zip(others[12:], asked, strict=True):
        assert answer["success"], (module, function, answer.get("error"))
        (timing,) = answer["timings"]
        assert (timing["name"], type(timing["nanoseconds"])) == ("evaluate", int)
        close(answer["output"], expected)


def test_nested_derivatives_agree_in_all_modes() -> None:
    sys.path.insert(0, str(RUN.parent))
    try:
        from evals import MODES, largest, missed_by  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    w, x, start = np.array([0.5]), np.array([0.5, 0.4]), np.array([0.6, 0.5])
    by_difference = (missed_by(MODES["r"], 0.5 + 1e-6) - missed_by(MODES["r"], 0.5 - 1e-6)) / 2e-6
    for outer in MODES.values():
        for inner in MODES.values():
            close(outer(lambda w, inner=inner: missed_by(inner, w[0]))(w), [by_difference])
            close(outer(lambda x, inner=inner: largest(inner, x, start))(x), 2 * x)


def test_runs_are_repeated_as_asked_and_what_is_unknown_is_said() -> None:
    given = {**INPUTS["lse"], "min_runs": 3, "min_seconds": 0.01}
    runs, unknown, wrong, other = talk([
        {"kind": "evaluate", "module": "lse", "function": "primal", "input": given},
        {"kind": "define", "module": "plus"},
        {"kind": "evaluate", "module": "lse", "function": "hessian", "input": given},
        {"kind": "analysis", "of": 0, "valid": True},
    ])  # fmt: skip
    assert len(runs["timings"]) >= 3
    assert sum(t["nanoseconds"] for t in runs["timings"]) >= 1e7
    assert unknown == {"success": False}
    assert not wrong["success"]
    assert "KeyError: 'hessian'" in wrong["error"]
    assert other == {}
