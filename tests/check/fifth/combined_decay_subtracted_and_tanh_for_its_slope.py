"""Combined decay subtracted and tanh for its slope.

expected kind: sign + wrong-activation or wrong-point
wrong line: 47 and 60
correction 47: return 4 * e / (e + 1) ** 2
correction 60: self.dW = np.dot(self.last_input.T, output_grad) / n + self.weight_decay * self.W
what: Weight decay is subtracted from the gradient that is itself subtracted, and the slope of tanh is tanh
source: https://github.com/andersbll/nnet/issues/4
said: the decay has a minus where a plus should be, and the function for the derivative of tanh computes tanh, written
    in another way
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 4)), r.normal(size=4), r.normal(size=(6, 3)),
        r.integers(0, 4, 6),
    )


def loss(W1, b1, W2, b2, X, y, weight_decay=0.05):
    z = np.tanh(X @ W1 + b1) @ W2 + b2
    m = np.max(z, axis=1, keepdims=True)
    nll = np.log(np.sum(np.exp(z - m), axis=1)) + m[:, 0] - z[np.arange(6), y]
    return np.mean(nll) + 0.5 * weight_decay * (np.sum(W1**2) + np.sum(W2**2))


def right(W1, b1, W2, b2, X, y, weight_decay=0.05):
    h = np.tanh(X @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    d = (e / e.sum(1, keepdims=True) - np.eye(4)[y]) / 6
    g = d @ W2.T * (1 - h * h)
    return X.T @ g + weight_decay * W1, g.sum(0), h.T @ d + weight_decay * W2, d.sum(0)


def tanh(x):
    return np.tanh(x)


def tanh_d(x):
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


class Linear:
    def __init__(self, W, b, weight_decay):
        self.W, self.b, self.weight_decay = W, b, weight_decay

    def fprop(self, input):
        self.last_input = input
        return np.dot(input, self.W) + self.b

    def bprop(self, output_grad):
        n = output_grad.shape[0]
        self.dW = np.dot(self.last_input.T, output_grad) / n - self.weight_decay * self.W
        self.db = np.mean(output_grad, axis=0)
        return np.dot(output_grad, self.W.T)


class Activation:
    def __init__(self, fun, fun_d):
        self.fun, self.fun_d = fun, fun_d

    def fprop(self, input):
        self.last_input = input
        return self.fun(input)

    def bprop(self, output_grad):
        return output_grad * self.fun_d(self.last_input)


def backprop(W1, b1, W2, b2, X, y, weight_decay=0.05):
    layers = [Linear(W1, b1, weight_decay), Activation(tanh, tanh_d), Linear(W2, b2, weight_decay)]
    out = X
    for layer in layers:
        out = layer.fprop(out)
    out = np.exp(out - np.amax(out, axis=1, keepdims=True))
    out /= np.sum(out, axis=1, keepdims=True)
    grad = out - np.eye(out.shape[1])[y]
    for layer in reversed(layers):
        grad = layer.bprop(grad)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db
