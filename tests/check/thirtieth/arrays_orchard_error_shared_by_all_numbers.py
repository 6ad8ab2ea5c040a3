"""Arrays orchard error shared by all numbers.

expected kind: mean-for-sum
wrong line: 100
correction 100: return 2 * off / off.shape[0]
given as: arrays
what: The slope of the squared error is divided by how many numbers there are, not by how many trees
source: https://github.com/fetchai/ledger/pull/1348
said: the mean squared error took the size of the tensor, where it is the number of data points
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
ALPHA, REG = -0.6, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # six trees of an orchard, four measures each; how many apples and how many pears
    W1, W2, W3 = r.normal(size=(4, 5)), 0.7 * r.normal(size=(5, 3)), r.normal(size=(3, 2))
    b1, b2, b3 = 0.5 * r.normal(size=5), 0.5 * r.normal(size=3), r.normal(size=2)
    return W1, b1, W2, b2, W3, b3, r.normal(size=(6, 4)), r.normal(size=(6, 2))


def loss(W1, b1, W2, b2, W3, b3, trees, fruit):
    h = trees
    for W, b in ((W1, b1), (W2, b2)):
        z = h @ W + b
        h = np.where(z > 0, z, ALPHA * (np.exp(np.minimum(z, 0)) - 1))
    off = h @ W3 + b3 - fruit
    decay = np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)
    return np.sum(off**2) / trees.shape[0] + REG * decay


class OrchardNet:
    def __init__(self, **params):
        self.params = params
        self.L = len(params) // 2
        self.cache = {}

    def elu(self, z):
        return np.where(z > 0, z, ALPHA * (np.exp(np.minimum(z, 0)) - 1))

    def elu_backward(self, dout, z, out):
        """Below zero the derivative is ALPHA * exp(z), that is out + ALPHA."""
        return dout * np.where(z > 0, 1.0, out + ALPHA)

    def forward(self, X):
        self.cache["h0"] = X
        for l in range(1, self.L + 1):
            z = self.cache[f"h{l - 1}"] @ self.params[f"W{l}"] + self.params[f"b{l}"]
            self.cache[f"z{l}"] = z
            self.cache[f"h{l}"] = self.elu(z) if l < self.L else z
        return self.cache[f"h{self.L}"]

    def backward(self, dout):
        grads = {}
        for l in range(self.L, 0, -1):
            if l < self.L:
                dout = self.elu_backward(dout, self.cache[f"z{l}"], self.cache[f"h{l}"])
            grads[f"W{l}"] = self.cache[f"h{l - 1}"].T @ dout + 2 * REG * self.params[f"W{l}"]
            grads[f"b{l}"] = dout.sum(axis=0)
            dout = dout @ self.params[f"W{l}"].T
        return grads


def right(W1, b1, W2, b2, W3, b3, trees, fruit):
    net = OrchardNet(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    predicted = net.forward(trees)
    return net.backward(2 * (predicted - fruit) / len(trees))


def dense(x, W, b):
    """Return the output and a function from its gradient to those of x, W and b."""

    def back(g):
        return g @ W.T, x.T @ g, np.ones(len(x)) @ g

    return x @ W + b, back


def elu(z):
    low = z <= 0
    y = z.copy()
    y[low] = ALPHA * np.expm1(z[low])

    def back(g):
        g = g.copy()
        g[low] *= ALPHA * np.exp(z[low])
        return g

    return y, back


def mean_squared_error(y, target):
    off = y - target

    def back():
        return 2 * off / off.size

    return np.sum(off * off) / off.shape[0], back


def backprop(W1, b1, W2, b2, W3, b3, trees, fruit):
    a1, dense1 = dense(trees, W1, b1)
    h1, elu1 = elu(a1)
    a2, dense2 = dense(h1, W2, b2)
    h2, elu2 = elu(a2)
    y, dense3 = dense(h2, W3, b3)
    _, start = mean_squared_error(y, fruit)

    g, dW3, db3 = dense3(start())
    g, dW2, db2 = dense2(elu2(g))
    _, dW1, db1 = dense1(elu1(g))
    for dW, W in ((dW1, W1), (dW2, W2), (dW3, W3)):
        dW += 2 * REG * W
    return dW1, db1, dW2, db2, dW3, db3
