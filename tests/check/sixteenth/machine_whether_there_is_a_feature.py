"""Machine whether there is a feature.

expected kind: missing-factor or wrong-mask or wrong-point or wrong-activation
wrong line: 65
correction 65: dw[i] += d * x[i]
what: The gradient of the linear weights has whether a feature is there in place of its value
source: https://github.com/apache/systemds/pull/526
said: the gradient of the weights counts where the features differ from zero
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


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def predict(params, X):
    XV = np.dot(X, params["V"])
    interactions = np.sum(XV**2 - np.dot(X**2, params["V"] ** 2), axis=1) / 2
    return params["w0"] + np.dot(X, params["w"]) + interactions, XV


def right(w0, w, V, X, y):
    params = {"w0": w0, "w": w, "V": V}
    scores, XV = predict(params, X)
    dscore = -y * sigmoid(-y * scores) / len(y)
    grads = {"w0": np.array([np.sum(dscore)]), "w": np.dot(X.T, dscore)}
    grads["V"] = np.dot(X.T, dscore[:, None] * XV) - np.dot((X**2).T, dscore)[:, None] * V
    grads["V"] += 2 * LAM * V
    return grads


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
            dw[i] += d * (x[i] != 0)
            for f in range(self.k):
                dV[i, f] += d * x[i] * (self.sums[f] - self.V[i, f] * x[i])


def backprop(w0, w, V, X, y):
    fm = FM(w0, w, V)
    dw0, dw, dV = np.zeros(1), np.zeros(len(w)), 2 * LAM * V
    for x, label in zip(X, y):
        s = fm.score(x)
        fm.grad(x, -label / (1 + np.exp(label * s)) / len(y), dw0, dw, dV)
    return dw0, dw, dV
