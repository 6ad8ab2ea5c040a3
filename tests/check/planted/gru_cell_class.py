"""A GRU cell as a class that keeps what it needs on a stack; squared error of a linear read-out of the last state."""
import numpy as np

PARAMETERS = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "Wh", "Uh", "bh", "V"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T, N, D, H, K = 3, 6, 2, 4, 5
    weights = [rng.normal(size=s) for _ in range(3) for s in [(D, H), (H, H), (H,)]]
    return (rng.normal(size=(N, T, D)), rng.normal(size=(N, K)), rng.normal(size=(N, H)), *weights, rng.normal(size=(H, K)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(x, target, h, Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, V):
    for t in range(x.shape[1]):
        z = sigmoid(x[:, t] @ Wz + h @ Uz + bz)
        r = sigmoid(x[:, t] @ Wr + h @ Ur + br)
        n = np.tanh(x[:, t] @ Wh + (r * h) @ Uh + bh)
        h = (1 - z) * h + z * n
    return np.mean(np.sum((h @ V - target) ** 2, axis=1))


class GRUCell:
    def __init__(self, **params):
        self.p = params
        self.grads = {k: np.zeros_like(v) for k, v in params.items()}
        self.stack = []

    def forward(self, x, h):
        p = self.p
        z = sigmoid(x @ p["Wz"] + h @ p["Uz"] + p["bz"])
        r = sigmoid(x @ p["Wr"] + h @ p["Ur"] + p["br"])
        n = np.tanh(x @ p["Wh"] + (r * h) @ p["Uh"] + p["bh"])
        self.stack.append((x, h, z, r, n))
        return (1 - z) * h + z * n

    def _accumulate(self, gate, x, state, delta):
        self.grads["W" + gate] += x.T @ delta
        self.grads["U" + gate] += state.T @ delta
        self.grads["b" + gate] += delta.sum(axis=0)

    def backward(self, dh):
        x, h, z, r, n = self.stack.pop()
        dn = dh * z
        dz = dh * (n - h)
        dh_prev = dh * (1 - z)

        dn_raw = dn * (1 - n**2)
        drh = dn_raw @ self.p["Uh"].T
        dr = drh * h
        dh_prev = dh_prev + drh * r

        dz_raw = dz * z * (1 - z)
        dh_prev = dh_prev + dz_raw @ self.p["Uz"].T
        dr_raw = dr * r * (1 - r)
        dh_prev = dh_prev + dr_raw @ self.p["Ur"].T

        self._accumulate("h", x, r * h, dn_raw)
        self._accumulate("z", x, h, dz_raw)
        self._accumulate("r", x, h, dr_raw)
        return dh_prev


def backprop(x, target, h0, *weights):
    *gates, V = weights
    cell = GRUCell(**dict(zip(PARAMETERS, gates)))
    h, steps = h0, x.shape[1]
    for t in range(steps):
        h = cell.forward(x[:, t], h)
    dout = 2 * (h @ V - target) / len(target)
    dV = h.T @ dout
    dh = dout @ V.T
    for t in range(steps):
        dh = cell.backward(dh)
    return {**cell.grads, "V": dV}


MISTAKES = [
    ("dz = dh * (n - h)", "dz = dh * (h - n)", "sign", "the other convention of z"),
    ("dn = dh * z", "dn = dh * (1 - z)", "wrong-parameter or wrong-point or stale-value",
     "the other convention of z: the weight of h for that of n"),
    ("dz = dh * (n - h)", "dz = dh * n", "missing-term", "one of the two places where z stands"),
    ("self._accumulate(\"h\", x, r * h, dn_raw)", "self._accumulate(\"h\", x, h, dn_raw)", "missing-factor",
     "Uh was multiplied by r * h"),
    ("        dh_prev = dh_prev + drh * r\n", "        dh_prev = dh_prev + drh\n", "missing-factor", "reset gate forgotten on the way to h"),
    ("        dh_prev = dh_prev + dr_raw @ self.p[\"Ur\"].T\n", "", "missing-term", "path through the reset gate to h forgotten"),
    ("dh_prev = dh_prev + dz_raw @ self.p[\"Uz\"].T", "dh_prev = dz_raw @ self.p[\"Uz\"].T", "missing-term",
     "overwritten: what was collected before is lost"),
    ("dh_prev = dh_prev + dz_raw @ self.p[\"Uz\"].T", "dh_prev = dh_prev + dz_raw @ self.p[\"Uz\"]", "transpose", "a square matrix not transposed"),
    ("dr = drh * h", "dr = drh * n", "wrong-parameter or stale-value or wrong-point", "wrong entry of the cache"),
    ("dr_raw = dr * r * (1 - r)", "dr_raw = dr * z * (1 - z)", "wrong-point", "copied from the line above"),
    ("        dh = cell.backward(dh)\n", "        cell.backward(dh)\n", "missing-term or detached or wrong-point",
     "the result is thrown away: every step gets the gradient of the last state"),
    ("dh_prev = dh * (1 - z)", "dh_prev = 0", "missing-term", "the direct path (1 - z) h forgotten"),
    ("self.grads[\"U\" + gate] += state.T @ delta", "self.grads[\"U\" + gate] = state.T @ delta", "missing-sum or missing-term",
     "not accumulated over the steps"),
    ("self.stack.pop()", "self.stack.pop(0)", "reversed or wrong-point or stale-value", "a queue, not a stack"),
    ("drh = dn_raw @ self.p[\"Uh\"].T", "drh = dn @ self.p[\"Uh\"].T", "missing-factor", "tanh' skipped on this way only"),
    ("dn_raw = dn * (1 - n**2)", "dn_raw = dn * (1 - n)**2", "wrong-activation or wrong-point or missing-factor",
     "bracket at the wrong place"),
    ("drh = dn_raw @ self.p[\"Uh\"].T", "drh = dn_raw * r @ self.p[\"Uh\"].T", "repeated-factor or wrong-point",
     "r applied before the product (h @ Uh) r, another variant of GRU"),
]
