"""A GRU over a sequence: the gradients of the shared weights keep only one step

expected kind: missing-term or missing-sum or detached
wrong line: 66
correction 66: grads[name] = grads[name] + step[name]
what: the loop over time overwrites the gradients of the weights, which are shared by all steps, and does not add to them
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

NAMES = ["Wz", "Uz", "Wr", "Ur", "Wn", "Un"]
PARAMETERS = NAMES


def sigm(a):
    return 1 / (1 + np.exp(-a))


def cell(x, h, Wz, Uz, Wr, Ur, Wn, Un):
    z = sigm(x @ Wz + h @ Uz)
    r = sigm(x @ Wr + h @ Ur)
    n = np.tanh(x @ Wn + (r * h) @ Un)
    return z, r, n, (1 - z) * n + z * h


def loss(X, y, Wz, Uz, Wr, Ur, Wn, Un):
    h = np.zeros((4, 3))
    for x in X:
        h = cell(x, h, Wz, Uz, Wr, Ur, Wn, Un)[3]
    return np.mean((h - y) ** 2)


def cell_backward(dh, x, h, z, r, n, Uz, Ur, Un):
    dn = dh * (1 - z) * (1 - n ** 2)
    dz = dh * (h - n) * z * (1 - z)
    drh = dn @ Un.T
    dr = drh * h * r * (1 - r)
    step = {"Wz": x.T @ dz, "Uz": h.T @ dz, "Wr": x.T @ dr, "Ur": h.T @ dr, "Wn": x.T @ dn, "Un": (r * h).T @ dn}
    return step, dh * z + drh * r + dz @ Uz.T + dr @ Ur.T


def right(X, y, Wz, Uz, Wr, Ur, Wn, Un):
    h, tape, total = np.zeros((4, 3)), [], [0] * 6
    for x in X:
        z, r, n, h_new = cell(x, h, Wz, Uz, Wr, Ur, Wn, Un)
        tape, h = [(x, h, z, r, n)] + tape, h_new
    dh = (h - y) / 6
    for cache in tape:
        step, dh = cell_backward(dh, *cache, Uz, Ur, Un)
        total = [a + b for a, b in zip(total, step.values())]
    return total


def backprop(X, y, Wz, Uz, Wr, Ur, Wn, Un):
    h, caches = np.zeros((4, 3)), []
    for x in X:
        z, r, n, h_new = cell(x, h, Wz, Uz, Wr, Ur, Wn, Un)
        caches.append((x, h, z, r, n))
        h = h_new
    dh = 2 * (h - y) / y.size
    grads = {"Wz": 0, "Uz": 0, "Wr": 0, "Ur": 0, "Wn": 0, "Un": 0}
    for cache in reversed(caches):
        step, dh = cell_backward(dh, *cache, Uz, Ur, Un)
        for name in NAMES:
            grads[name] = step[name]
    return grads


def data(seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2 if k % 2 == 0 else 3, 3)) for k in range(6)]
    return [rng.normal(size=(5, 4, 2)), rng.normal(size=(4, 3)), *weights]
