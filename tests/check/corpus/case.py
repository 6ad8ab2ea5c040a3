"""What a wrong derivation in the corpus is made of: a network, and how somebody got its gradients wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import microgradnet as mg


@dataclass(frozen=True, eq=False)
class Network:
    """A loss, its data and initial parameters, and the right derivation."""

    name: str
    loss: Callable
    right: Callable
    shapes: dict
    parameters: tuple
    descent: bool = False
    labels: str | None = None  # the argument that holds one class per row
    dtype: type = np.float64

    def data(self, seed=0, dtype=None):
        dtype = dtype or self.dtype
        random = np.random.default_rng(seed)
        values = []
        for name, shape in self.shapes.items():
            if callable(shape):  # what isn't made of real numbers: labels, masks and indices
                values.append(shape(random))
            elif name == self.labels:
                values.append(np.eye(shape[1])[random.integers(shape[1], size=shape[0])].astype(dtype))
            else:
                scale = 0.7 if name in self.parameters else 1.0
                values.append((scale * random.standard_normal(shape)).astype(dtype))
        return values

    @property
    def argnums(self):
        return tuple(list(self.shapes).index(name) for name in self.parameters)


@dataclass(frozen=True, eq=False)
class Wrong:
    """A wrong derivation of a network's gradients, its cause, and a part of what the step is called.

    Not distinguishable is what comes to the same numbers, at any arguments, as a simpler mistake.
    """

    network: Network
    manual: Callable
    kind: str
    step: str
    distinguishable: bool = True

    @property
    def name(self):
        return f"{self.network.name}: {self.manual.__name__.rstrip('_').replace('_', ' ')}"


CORPUS: list[Wrong] = []
NETWORKS: list[Network] = []


def network(name, shapes, parameters, loss, right, **options):
    NETWORKS.append(Network(name, loss, right, shapes, tuple(parameters.split()), **options))
    return NETWORKS[-1]


def wrong(of, kind, step, **known):
    def add(manual):
        CORPUS.append(Wrong(of, manual, kind, step, **known))
        return manual

    return add


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a):
    return a * (1 - a)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def diagnosed(case, *, seed=0, budget=60.0):
    """Diagnose a wrong derivation; whether what was found is right and nothing is left, and what was found.

    The kinds must be right, and nothing else be named. The labels are of the step in the loss; a line counts if a
    change of it was proved.
    """
    found = mg.diagnose(
        case.network.loss, case.manual, *case.network.data(seed), argnums=case.network.argnums,
        descent=case.network.descent, budget=budget,
    )  # fmt: skip
    kinds = [kind for d in found for kind in d.kind.split(" + ")]
    hit = set(kinds) == set(case.kind.split(" + ")) and "unexplained" not in kinds
    return hit and any(case.step in d.step or d.patch is not None for d in found), found
