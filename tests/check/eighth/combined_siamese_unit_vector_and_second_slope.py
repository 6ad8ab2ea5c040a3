"""Combined siamese unit vector and second slope.

expected kind: missing-factor or repeated-factor or scale + wrong-point or stale-value
wrong line: 67 and 72
correction 67: g = -hinge(dist) * unit(v)
correction 72: dU -= np.outer(q, back * (1 - hq**2))
what: The difference isn't divided by its length, and the second tower has the first one's derivative
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "V"]


M = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    x1, x2 = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    return x1, x2, np.array([1, 0, 1, 0, 0, 0]), 0.5 * r.normal(size=(3, 4)), 0.5 * r.normal(size=(4, 2))


def tower(x, U, V):
    return np.tanh(x @ U) @ V


def loss(x1, x2, same, U, V):
    d = np.sqrt(np.sum((tower(x1, U, V) - tower(x2, U, V)) ** 2, axis=1))
    return 0.5 * np.mean(same * d**2 + (1 - same) * np.maximum(M - d, 0) ** 2)


def tower_backward(g, x, U, V):
    h = np.tanh(x @ U)
    dh = g @ V.T
    return x.T @ (dh * (1 - h**2)), h.T @ g


def right(x1, x2, same, U, V):
    n = len(x1)
    diff = tower(x1, U, V) - tower(x2, U, V)
    d = np.linalg.norm(diff, axis=1)
    dd = same * d - (1 - same) * np.maximum(M - d, 0)
    dd = dd / n
    g1 = (dd / d)[:, None] * diff
    g2 = -g1
    dU1, dV1 = tower_backward(g1, x1, U, V)
    dU2, dV2 = tower_backward(g2, x2, U, V)
    return dU1 + dU2, dV1 + dV2


unit = lambda v: v / np.sqrt(v @ v)
hinge = lambda d: M - d if d < M else 0.0


def backprop(x1, x2, same, U, V):
    dU, dV = np.zeros(U.shape), np.zeros(V.shape)
    for p, q, s in zip(x1, x2, same):
        hp, hq = np.tanh(p @ U), np.tanh(q @ U)
        v = (hp - hq) @ V
        dist = np.sqrt(v @ v)
        if s:
            g = v
        else:
            g = -hinge(dist) * v
        g = g / len(x1)
        dV += np.outer(hp - hq, g)
        back = V @ g
        dU += np.outer(p, back * (1 - hp**2))
        dU -= np.outer(q, back * (1 - hp**2))
    return {"U": dU, "V": dV}
