"""A small framework of Layer objects; one Dense layer is used twice."""

import numpy as np

PARAMETERS = ["W1", "b1", "Ws", "bs", "W2", "b2"]
REG = 0.3


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, d, h, c = 6, 3, 4, 5
    shapes = [(d, h), (h,), (h, h), (h,), (h, c), (c,)]
    return rng.normal(size=(n, d)), rng.integers(0, c, size=n), *[rng.normal(size=s) for s in shapes]


def loss(X, y, W1, b1, Ws, bs, W2, b2):
    h = np.tanh(X @ W1 + b1)
    h = np.tanh(h @ Ws + bs)
    h = np.tanh(h @ Ws + bs)
    scores = h @ W2 + b2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    nll = -np.mean(log_p[np.arange(len(y)), y])
    return nll + 0.5 * REG * (np.sum(W1**2) + np.sum(Ws**2) + np.sum(W2**2))


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
        self.inputs = []

    def forward(self, x):
        self.inputs.append(x)
        return x @ self.W + self.b

    def backward(self, dout):
        x = self.inputs.pop()
        self.dW += x.T @ dout
        self.db += np.sum(dout, axis=0)
        return dout @ self.W.T


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)


class SoftmaxCrossEntropy:
    def forward(self, scores, y):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.y = y

    def backward(self):
        n = len(self.y)
        dscores = self.p.copy()
        dscores[np.arange(n), self.y] -= 1
        return dscores / n


def backprop(X, y, W1, b1, Ws, bs, W2, b2):
    first, shared, last = Dense(W1, b1), Dense(Ws, bs), Dense(W2, b2)
    layers = [first, Tanh(), shared, Tanh(), shared, Tanh(), last]
    out = X
    for layer in layers:
        out = layer.forward(out)
    criterion = SoftmaxCrossEntropy()
    criterion.forward(out, y)
    grad = criterion.backward()
    for layer in reversed(layers):
        grad = layer.backward(grad)
    for layer in (first, shared, last):
        layer.dW = layer.dW + REG * layer.W
    grads = {"W1": first.dW, "b1": first.db, "Ws": shared.dW, "bs": shared.db}
    return {**grads, "W2": last.dW, "b2": last.db}


MISTAKES = [
    ("self.dW += x.T @ dout", "self.dW = x.T @ dout", "missing-term",
     "the layer used twice keeps only the gradient of its first use"),
    ("self.inputs.pop()", "self.inputs[-1]", "stale-value or wrong-point",
     "the cache is never popped, so the first use sees the input of the second"),
    ("self.inputs.pop()", "self.inputs.pop(0)", "stale-value or wrong-point",
     "queue instead of a stack: the inputs of both uses exchanged"),
    ("self.db += np.sum(dout, axis=0)", "self.db += np.sum(dout)", "wrong-axis",
     "bias gradient summed over everything and broadcast"),
    ("dscores[np.arange(n), self.y] -= 1\n        return dscores / n",
     "dscores = dscores / n\n        dscores[np.arange(n), self.y] -= 1\n        return dscores", "sum-for-mean",
     "order: divided by n before the one-hot labels are subtracted"),
    ("return dscores / n", "return dscores", "sum-for-mean", "loss is a mean, gradient a sum"),
    ("dout * (1 - self.out**2)", "dout * self.out * (1 - self.out)", "wrong-activation",
     "derivative of the sigmoid left from another layer class"),
    ("dout * (1 - self.out**2)", "dout * (1 - np.tanh(self.out) ** 2)", "wrong-point or repeated-factor",
     "tanh' written as a function of the input but given the output"),
    ("layers = [first, Tanh(), shared, Tanh(), shared, Tanh(), last]",
     "act = Tanh()\n    layers = [first, act, shared, act, shared, act, last]", "stale-value or wrong-point",
     "one Tanh object for all places: its cache is overwritten by the last"),
    ("        self.dW += x.T @ dout\n", "        self.dW += x.T @ dout + REG * self.W\n", "repeated-term",
     "weight decay in backward too, at every use of the layer"),
    ("        self.db += np.sum(dout, axis=0)\n        return dout @ self.W.T",
     "        self.db += np.sum(dout, axis=0)\n        self.W = self.W - 0.5 * self.dW\n        return dout @ self.W.T",
     "updated-parameter", "SGD step inside backward before the gradient is handed on"),
    ("for layer in (first, shared, last):", "for layer in layers[::6]:", "missing-term",
     "weight decay only for the first and last layer"),
    ('"bs": shared.db', '"bs": first.db', "wrong-parameter", "copy and paste in the returned dict"),
]  # fmt: skip
