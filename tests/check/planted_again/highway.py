"""Highway network: input projection, two highway layers, softmax classifier."""
import numpy as np

PARAMETERS = ["Win", "Wh", "bh", "Wt", "bt", "Wo"]
N, D, H, C, L = 6, 3, 4, 5, 2


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, D))
    labels = rng.integers(0, C, size=N)
    Win = 0.8 * rng.normal(size=(D, H))
    Wh = 0.8 * rng.normal(size=(L, H, H))
    bh = 0.5 * rng.normal(size=(L, H))
    Wt = 0.8 * rng.normal(size=(L, H, H))
    bt = -0.5 + 0.5 * rng.normal(size=(L, H))
    Wo = rng.normal(size=(H, C))
    return x, labels, Win, Wh, bh, Wt, bt, Wo


def loss(x, labels, Win, Wh, bh, Wt, bt, Wo):
    a = x @ Win
    for l in range(L):
        h = np.tanh(a @ Wh[l] + bh[l])
        t = 1 / (1 + np.exp(-(a @ Wt[l] + bt[l])))
        a = t * h + (1 - t) * a
    scores = a @ Wo
    logz = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(logz - scores[np.arange(len(labels)), labels])


class HighwayLayer:
    def __init__(self, Wh, bh, Wt, bt):
        self.Wh, self.bh, self.Wt, self.bt = Wh, bh, Wt, bt

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.Wh + self.bh)
        self.t = 1 / (1 + np.exp(-(x @ self.Wt + self.bt)))
        return self.t * self.h + (1 - self.t) * x

    def backward(self, dy):
        dh = dy * self.t
        dt = dy * (self.h - self.x)
        dzh = dh * (1 - self.h**2)
        dzt = dt * self.t * (1 - self.t)
        self.dWh = self.x.T @ dzh
        self.dbh = dzh.sum(axis=0)
        self.dWt = self.x.T @ dzt
        self.dbt = dzt.sum(axis=0)
        dx = dy * (1 - self.t)
        dx += dzh @ self.Wh.T
        dx += dzt @ self.Wt.T
        return dx


def backprop(x, labels, Win, Wh, bh, Wt, bt, Wo):
    layers = [HighwayLayer(*p) for p in zip(Wh, bh, Wt, bt)]
    a = x @ Win
    for layer in layers:
        a = layer.forward(a)
    e = np.exp(a @ Wo)
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[np.arange(N), labels] -= 1
    dscores /= N
    dWo = a.T @ dscores
    grad = dscores @ Wo.T
    for layer in reversed(layers):
        grad = layer.backward(grad)
    dWin = x.T @ grad
    return {
        "Win": dWin,
        "Wh": np.stack([layer.dWh for layer in layers]),
        "bh": np.stack([layer.dbh for layer in layers]),
        "Wt": np.stack([layer.dWt for layer in layers]),
        "bt": np.stack([layer.dbt for layer in layers]),
        "Wo": dWo,
    }


MISTAKES = [
    ("dx = dy * (1 - self.t)", "dx = np.zeros_like(dy)", "missing-term", "carry path forgotten"),
    ("        dx += dzt @ self.Wt.T\n", "", "missing-term", "nothing flows back through the gate"),
    ("        dx += dzh @ self.Wh.T\n", "", "missing-term", "transform path forgotten"),
    ("dx += dzh @ self.Wh.T", "dx = dzh @ self.Wh.T", "missing-term", "= for +=: carry path overwritten"),
    ("dx = dy * (1 - self.t)", "dx = dy.copy()", "missing-factor", "plain residual connection's derivative, the gate forgotten"),
    ("dx = dy * (1 - self.t)", "dx = dy * self.t", "wrong-point or stale-value", "the other gate at the carry path"),
    ("dt = dy * (self.h - self.x)", "dt = dy * self.h", "missing-term", "t also stands in 1 - t"),
    ("dt = dy * (self.h - self.x)", "dt = dy * (self.x - self.h)", "sign", "difference turned around"),
    ("dt = dy * (self.h - self.x)", "dt = dy * (self.h + self.x)", "sign", "minus of (1 - t) forgotten"),
    ("dzt = dt * self.t * (1 - self.t)", "dzt = dt", "missing-factor", "sigmoid' forgotten"),
    ("dzt = dt * self.t * (1 - self.t)", "dzt = dt * (1 - self.t**2)", "wrong-activation", "tanh' at the gate"),
    ("dzt = dt * self.t * (1 - self.t)", "dzt = dt * self.h * (1 - self.h)", "wrong-point or stale-value", "sigmoid' of the wrong cache"),
    ("dh = dy * self.t", "dh = dy", "missing-factor", "gate forgotten on the transform path"),
    ("dh = dy * self.t", "dh = dy * (1 - self.t)", "wrong-point or stale-value or wrong-parameter", "gates exchanged"),
    ("dzh = dh * (1 - self.h**2)", "dzh = dh * (1 - (self.t * self.h) ** 2)", "wrong-point", "tanh' at the gated value"),
    ("dzh = dh * (1 - self.h**2)", "dzh = dy * (1 - self.h**2)", "missing-factor", "dy taken where dh was meant"),
    ("dx += dzt @ self.Wt.T", "dx += dzt @ self.Wt", "transpose", "not transposed, square"),
    ("dx += dzt @ self.Wt.T", "dx += dzt @ self.Wh.T", "wrong-parameter", "copied line, weights not changed"),
    ("self.dWt = self.x.T @ dzt", "self.dWt = self.h.T @ dzt", "wrong-point or stale-value", "the wrong cache entry"),
    ("self.dWh = self.x.T @ dzh", "self.dWh = dzh.T @ self.x", "transpose or swapped-operands", "turned around, square"),
    ("self.dbt = dzt.sum(axis=0)", "self.dbt = dzh.sum(axis=0)", "wrong-parameter", "copied line, h for t"),
    ("        grad = layer.backward(grad)\n", "        layer.backward(grad)\n", "missing-factor", "the result isn't handed on"),
    ("for layer in reversed(layers):", "for layer in layers:", "reversed or stale-value", "backwards in the forward order"),
    ("    dscores /= N\n", "", "sum-for-mean", "mean over the batch forgotten"),
    ("    dscores[np.arange(N), labels] -= 1\n", "", "missing-term", "minus one-hot forgotten"),
    ("dWin = x.T @ grad", "dWin = x.T @ (grad * (1 - np.tanh(x @ Win) ** 2))", "wrong-activation or repeated-factor", "an activation that the input projection hasn't"),
]
