"""Factorisation machine for clicks: pairwise interactions, logistic loss, L2 on the factors."""
import numpy as np

PARAMETERS = ["w0", "w", "V"]
REG = 0.05


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, d, k = 6, 5, 3
    X = rng.normal(size=(n, d))
    y = rng.permutation(n) % 2
    return X, y, rng.normal(size=1), 0.7 * rng.normal(size=d), 0.6 * rng.normal(size=(d, k))


def loss(X, y, w0, w, V):
    square_of_sum = (X @ V) ** 2
    sum_of_squares = X**2 @ V**2
    out = w0 + X @ w + 0.5 * np.sum(square_of_sum - sum_of_squares, axis=1)
    return np.mean(np.log(1 + np.exp(out)) - y * out) + REG * np.sum(V**2)


class FM:
    def __init__(self, w0, w, V):
        self.p = {"w0": w0, "w": w, "V": V}
        self.g = {name: np.zeros_like(value) for name, value in self.p.items()}

    def forward(self, X):
        w0, w, V = self.p.values()
        self.X = X
        self.S = X @ V
        out = w0[0] + X @ w
        for f in range(V.shape[1]):
            out = out + 0.5 * (self.S[:, f] ** 2 - X**2 @ V[:, f] ** 2)
        return 1 / (1 + np.exp(-out))

    def backward(self, dout):
        X, V, g = self.X, self.p["V"], self.g
        d, k = V.shape
        for n, delta in enumerate(dout):
            g["w0"] += delta
            g["w"] += delta * X[n]
            for i in range(d):
                xi = X[n, i]
                for f in range(k):
                    s = self.S[n, f]
                    g["V"][i, f] += delta * (xi * s - V[i, f] * xi**2)
        g["V"] += 2 * REG * V


def backprop(X, y, w0, w, V):
    model = FM(w0, w, V)
    p = model.forward(X)
    model.backward((p - y) / len(y))
    return model.g


MISTAKES = [
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * xi * s", "missing-term", "the feature's interaction with itself not subtracted"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (xi * s - V[i, f] * xi)", "missing-factor", "square of x forgotten"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (xi * s + V[i, f] * xi**2)", "sign", "plus"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * xi * s - V[i, f] * xi**2", "missing-factor", "brackets forgotten"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (s - V[i, f] * xi**2)", "missing-factor", "x in front of the sum forgotten"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (s - V[i, f] * xi)", "missing-factor", "both without x"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (xi * s - V[i, f] ** 2 * xi**2)", "repeated-factor or wrong-activation", "V not differentiated"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * 0.5 * (xi * s - V[i, f] * xi**2)", "scale", "½ kept, 2 of the squares forgotten"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (xi * s - 2 * V[i, f] * xi**2)", "scale", "½ forgotten in one of the two"),
    ("delta * (xi * s - V[i, f] * xi**2)", "delta * (xi * s**2 - V[i, f] * xi**2)", "repeated-factor or wrong-activation", "square of the sum not differentiated"),
    ("delta * (xi * s - V[i, f] * xi**2)", "(xi * s - V[i, f] * xi**2)", "missing-factor", "the error forgotten"),
    ("g[\"V\"][i, f] += delta", "g[\"V\"][i, f] = delta", "missing-sum or missing-term", "last example only"),
    ("for f in range(k):", "for f in range(1, k):", "missing-term", "starts at the second factor"),
    ("for f in range(k):", "for f in range(k - 1):", "missing-term", "last factor left out"),
    ("s = self.S[n, f]", "s = self.S[i, f]", "wrong-point or stale-value", "wrong index: feature for example"),
    ("s = self.S[n, f]", "s = self.S[n].sum()", "wrong-axis or wrong-point or repeated-term", "sum over the factors"),
    ("s = self.S[n, f]", "s = self.S[:, f].sum()", "wrong-axis or wrong-point or repeated-term", "sum over the examples"),
    ("s = self.S[n, f]", "s = V[:, f].sum()", "missing-factor or wrong-point", "sum without x"),
    ("                xi = X[n, i]\n", "                xi = X[i, i]\n", "wrong-point or stale-value", "wrong index"),
    ("self.S = X @ V\n", "self.S = X @ V - X[:, :1] * V[0]\n", "another-loss or missing-term or wrong-point", "first feature taken for the bias and left out of the sum"),
    ("g[\"w\"] += delta * X[n]", "g[\"w\"] += delta", "missing-factor", "x forgotten"),
    ("g[\"w\"] += delta * X[n]", "g[\"w\"] = delta * X[n]", "missing-sum or missing-term", "not accumulated"),
    ("g[\"w\"] += delta * X[n]", "g[\"w\"] += delta * X[n] + 2 * REG * self.p[\"w\"]", "repeated-term", "w regularised, and at every example"),
    ("        g[\"V\"] += 2 * REG * V\n", "", "missing-term", "regularisation forgotten"),
    ("        g[\"V\"] += 2 * REG * V\n", "        g[\"V\"] += REG * V\n", "scale", "2 of the square forgotten"),
    ("        g[\"V\"] += 2 * REG * V\n", "            g[\"V\"] += 2 * REG * V\n", "repeated-term or scale", "in the loop over the examples"),
    ("model.backward((p - y) / len(y))", "model.backward(p - y)", "sum-for-mean", "mean forgotten"),
    ("model.backward((p - y) / len(y))", "model.backward((p - y) * p * (1 - p) / len(y))", "repeated-factor", "sigmoid' once more"),
    ("model.backward((p - y) / len(y))", "model.backward((y - p) / len(y))", "sign", "label minus prediction"),
    ("model.backward((p - y) / len(y))", "model.backward(p - y / len(y))", "sum-for-mean or missing-factor", "brackets: only y is divided"),
    ("model.backward((p - y) / len(y))", "model.backward((p - (2 * y - 1)) / len(y))", "another-loss or wrong-point or missing-term", "labels -1, 1 as of another version of the loss"),
    ("return 1 / (1 + np.exp(-out))", "return out", "missing-factor or another-loss or wrong-point", "error of the raw output, no sigmoid"),
]
