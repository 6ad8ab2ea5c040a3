"""Machine pairs of a feature with itself.

expected kind: missing-term
wrong line: 75 or 76
correction 75: grads["V"] = np.dot(X.T, dscore[:, None] * XV) - np.dot((X**2).T, dscore)[:, None] * V
correction 76: grads["V"] += 2 * LAM * V - np.dot((X**2).T, dscore)[:, None] * V
what: The gradient of the factors lacks the term that takes each feature's pair with itself away
source: https://github.com/apache/systemds/pull/696
said: the second term of the gradient of the factors couldn't be brought into its shape, and was left out
"""

import numpy as np

PARAMETERS = ["w0", "w", "V"]
LAM = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(7, 4)) * np.array([[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 1, 0]])
    return r.normal(size=1), r.normal(size=4), r.normal(size=(4, 3)), X, np.array([1, -1, 1, 1, -1, -1, 1])


def loss(w0, w, V, X, y):
    pairs = 0.5 * np.sum((X @ V) ** 2 - X**2 @ V**2, axis=1)
    score = w0 + X @ w + pairs
    return np.mean(np.log(1 + np.exp(-y * score))) + LAM * np.sum(V**2)


class FM:
    def __init__(self, w0, w, V):
        self.w0, self.w, self.V = w0, w, V
        self.n, self.k = V.shape

    def score(self, x):
        total = self.w0[0] + self.w.dot(x)
        self.sums = np.zeros(self.k)
        for f in range(self.k):
            self.sums[f] = np.sum(self.V[:, f] * x)
            total += 0.5 * (self.sums[f] ** 2 - np.sum((self.V[:, f] * x) ** 2))
        return total

    def grad(self, x, d, dw0, dw, dV):
        dw0 += d
        for i in np.nonzero(x)[0]:
            dw[i] += d * x[i]
            for f in range(self.k):
                dV[i, f] += d * x[i] * (self.sums[f] - self.V[i, f] * x[i])


def right(w0, w, V, X, y):
    fm = FM(w0, w, V)
    dw0, dw, dV = np.zeros(1), np.zeros(len(w)), 2 * LAM * V
    for x, label in zip(X, y):
        s = fm.score(x)
        fm.grad(x, -label / (1 + np.exp(label * s)) / len(y), dw0, dw, dV)
    return dw0, dw, dV


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def predict(params, X):
    XV = np.dot(X, params["V"])
    interactions = np.sum(XV**2 - np.dot(X**2, params["V"] ** 2), axis=1) / 2
    return params["w0"] + np.dot(X, params["w"]) + interactions, XV


def backprop(w0, w, V, X, y):
    params = {"w0": w0, "w": w, "V": V}
    scores, XV = predict(params, X)
    dscore = -y * sigmoid(-y * scores) / len(y)
    grads = {"w0": np.array([np.sum(dscore)]), "w": np.dot(X.T, dscore)}
    grads["V"] = np.dot(X.T, dscore[:, None] * XV)
    grads["V"] += 2 * LAM * V
    return grads
