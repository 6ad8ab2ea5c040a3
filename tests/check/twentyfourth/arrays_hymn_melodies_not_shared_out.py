"""Arrays hymn melodies not shared out.

expected kind: sum-for-mean
wrong line: 104 or 110
correction 104: share = 1 / len(notes)
correction 110: d *= share / len(notes)
given as: arrays
what: The loss is a mean over the melodies, the gradients are sums
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "W", "U", "b", "c", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, W, U = r.normal(size=(6, 2)), 0.8 * r.normal(size=(2, 9)), 0.7 * r.normal(size=(3, 9))
    b, c, V = 0.4 * r.normal(size=9), 0.6 * r.normal(size=3), r.normal(size=(3, 4))
    return E, W, U, b, c, V, r.integers(0, 6, size=(5, 4)), np.array([3, 0, 2, 1, 2])


def loss(E, W, U, b, c, V, notes, modes):
    # the candidate has a bias of its own within the reset gate, as in cuDNN
    N, H = len(notes), len(c)
    h = np.zeros((N, H), dtype=E.dtype)
    for t in range(notes.shape[1]):
        x, s = E[notes[:, t]] @ W + b, h @ U
        gates = 1 / (1 + np.exp(-(x[:, : 2 * H] + s[:, : 2 * H])))
        z, r = gates[:, :H], gates[:, H:]
        g = np.tanh(x[:, 2 * H :] + r * (s[:, 2 * H :] + c))
        h = z * h + (1 - z) * g
    logits = h @ V
    log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(N), modes])


class Listener:
    def __init__(self, W, U, b, c):
        self.W, self.U, self.b, self.c = W, U, b, c
        self.dW, self.dU, self.db, self.dc = (np.zeros_like(p) for p in (W, U, b, c))

    def step(self, x, h):
        a, s = np.split(x @ self.W + self.b, 3, axis=1), np.split(h @ self.U, 3, axis=1)
        z, r = 1 / (1 + np.exp(-a[0] - s[0])), 1 / (1 + np.exp(-a[1] - s[1]))
        inner = s[2] + self.c
        g = np.tanh(a[2] + r * inner)
        return z * h + (1 - z) * g, (x, h, z, r, g, inner)

    def back(self, dh, cache):
        x, h, z, r, g, inner = cache
        da_g = dh * (1 - z) * (1 - g**2)
        da_z = dh * (h - g) * z * (1 - z)
        da_r = da_g * inner * r * (1 - r)
        d_inner = da_g * r
        to_x = np.hstack([da_z, da_r, da_g])
        to_h = np.hstack([da_z, da_r, d_inner])
        self.dW += x.T @ to_x
        self.dU += h.T @ to_h
        self.db += to_x.sum(axis=0)
        self.dc += d_inner.sum(axis=0)
        return to_x @ self.W.T, to_h @ self.U.T + dh * z


def right(E, W, U, b, c, V, notes, modes):
    ear, h, caches = Listener(W, U, b, c), np.zeros((len(notes), len(c))), []
    for column in notes.T:
        h, cache = ear.step(E[column], h)
        caches.append(cache)
    delta = np.exp(h @ V)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(notes)), modes] -= 1
    delta /= len(notes)
    dE, dh = np.zeros_like(E), delta @ V.T
    for column, cache in zip(notes.T[::-1], caches[::-1]):
        dx, dh = ear.back(dh, cache)
        np.add.at(dE, column, dx)
    return dE, ear.dW, ear.dU, ear.db, ear.dc, h.T @ delta


def hear(params, melody):
    """Return a list of what every note did, and the state at the end."""
    E, W, U, b, c = (params[k] for k in ("E", "W", "U", "b", "c"))
    H = len(c)
    h, tape = np.zeros(H), []
    for note in melody:
        x = E[note] @ W + b
        s = h @ U
        z = 1 / (1 + np.exp(-(x[:H] + s[:H])))
        r = 1 / (1 + np.exp(-(x[H : 2 * H] + s[H : 2 * H])))
        n = s[2 * H :] + c
        g = np.tanh(x[2 * H :] + r * n)
        tape.append({"note": note, "h": h, "z": z, "r": r, "n": n, "g": g})
        h = z * h + (1 - z) * g
    return tape, h


def backprop(E, W, U, b, c, V, notes, modes):
    params = {"E": E, "W": W, "U": U, "b": b, "c": c}
    grads = {k: np.zeros_like(p) for k, p in params.items()}
    grads["V"] = np.zeros_like(V)
    share = 1.0
    for melody, mode in zip(notes, modes):
        tape, end = hear(params, melody)
        p = np.exp(end @ V)
        d = p / p.sum()
        d[mode] -= 1.0
        d *= share
        grads["V"] += np.outer(end, d)
        dh = V @ d
        for at in reversed(tape):
            h, z, r, n, g = at["h"], at["z"], at["r"], at["n"], at["g"]
            pre_g = (1 - z) * dh * (1 - g * g)
            pre_z = (h - g) * dh * z * (1 - z)
            pre_r = pre_g * n * r * (1 - r)
            front = np.concatenate([pre_z, pre_r, pre_g])
            behind = np.concatenate([pre_z, pre_r, r * pre_g])
            grads["W"] += np.outer(E[at["note"]], front)
            grads["b"] += front
            grads["E"][at["note"]] += W @ front
            grads["U"] += np.outer(h, behind)
            grads["c"] += r * pre_g
            dh = U @ behind + z * dh
    return grads
