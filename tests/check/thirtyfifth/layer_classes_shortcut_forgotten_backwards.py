"""A net of layer classes with a residual block.

expected kind: missing-term or detached
wrong line: 52
correction 52: return g + grad
what: the residual block's backward goes through the inner layers only, the shortcut's gradient isn't added
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["A", "B", "C"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 3)), rng.normal(size=(6, 4)), rng.normal(size=(3, 4)), rng.normal(size=(4, 5)), rng.normal(size=(5, 4))

class Dense:
    def __init__(self, weight):
        self.weight = weight

    def forward(self, inputs):
        self.inputs = inputs
        return np.matmul(inputs, self.weight)

    def backward(self, grad):
        self.grad = np.matmul(self.inputs.T, grad)
        return np.matmul(grad, self.weight.T)

class Sigmoid:
    def forward(self, inputs):
        self.outputs = 1 / (1 + np.exp(-inputs))
        return self.outputs

    def backward(self, grad):
        return grad * self.outputs * (1 - self.outputs)

class Residual:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, inputs):
        out = inputs
        for layer in self.layers:
            out = layer.forward(out)
        return inputs + out

    def backward(self, grad):
        g = grad
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g

def loss(x, y, A, B, C):
    x = Sigmoid().forward(x @ A)
    return np.mean((Residual(Dense(B), Sigmoid(), Dense(C)).forward(x) - y) ** 2)

def right(x, y, A, B, C):
    h = 1 / (1 + np.exp(-x @ A))
    k = 1 / (1 + np.exp(-h @ B))
    e = 2 * (h + k @ C - y) / y.size
    dk = (e @ C.T) * k * (1 - k)
    dh = (e + dk @ B.T) * h * (1 - h)
    return x.T @ dh, h.T @ dk, k.T @ e

def backprop(x, y, A, B, C):
    a, b, c = Dense(A), Dense(B), Dense(C)
    net = [a, Sigmoid(), Residual(b, Sigmoid(), c)]
    for layer in net:
        x = layer.forward(x)
    grad = 2 * (x - y) / y.size
    for layer in reversed(net):
        grad = layer.backward(grad)
    return {"A": a.grad, "B": b.grad, "C": c.grad}
