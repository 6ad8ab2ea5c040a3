"""A softmax layer with a temperature, between two linear maps.

expected kind: missing-factor or scale
wrong line: 54
correction 54: return self.p * (grad - inner[:, None]) / self.temperature
what: the scores are divided by the temperature, their gradient isn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

TEMPERATURE = 2.5


def loss(x, target, W, M):
    z = x @ W / TEMPERATURE
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return 0.5 * np.sum((p @ M - target) ** 2)


class SoftmaxChecked:
    def __init__(self, temperature):
        self.temperature = temperature

    def forward(self, z):
        e = np.exp((z - z.max(axis=1, keepdims=True)) / self.temperature)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad):
        inner = np.einsum("ij,ij->i", grad, self.p)
        return self.p * (grad - inner[:, None]) / self.temperature


def right(x, target, W, M):
    layer = SoftmaxChecked(TEMPERATURE)
    p = layer.forward(x @ W)
    d = p @ M - target
    return x.T @ layer.backward(d @ M.T), p.T @ d


class Softmax:
    def __init__(self, temperature):
        self.temperature = temperature

    def forward(self, z):
        e = np.exp((z - z.max(axis=1, keepdims=True)) / self.temperature)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad):
        inner = np.einsum("ij,ij->i", grad, self.p)
        return self.p * (grad - inner[:, None])


def backprop(x, target, W, M):
    layer = Softmax(TEMPERATURE)
    p = layer.forward(x @ W)
    d = p @ M - target
    return x.T @ layer.backward(d @ M.T), p.T @ d


PARAMETERS = ["W", "M"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.normal(size=(6, 2)), r.normal(size=(3, 4)), r.normal(size=(4, 2))]
