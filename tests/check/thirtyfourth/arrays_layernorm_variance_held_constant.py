"""layer normalisation: the variance held constant.

expected kind: missing-term or detached
wrong line: 26
correction 26: return self.rstd * (dn - dn.mean(-1, keepdims=True) - self.n * (dn * self.n).mean(-1, keepdims=True))
given as: arrays
what: dx only takes off the mean; the path through the standard deviation is forgotten
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

class LayerNorm:
    def __init__(self, g, b, eps=1e-5):
        self.g, self.b, self.eps = g, b, eps

    def forward(self, x):
        self.c = x - x.mean(-1, keepdims=True)
        self.rstd = ((self.c ** 2).mean(-1, keepdims=True) + self.eps) ** -0.5
        self.n = self.c * self.rstd
        return self.g * self.n + self.b

    def backward(self, dy):
        self.dg, self.db = (dy * self.n).sum(0), dy.sum(0)
        dn = dy * self.g
        return self.rstd * (dn - dn.mean(-1, keepdims=True))

def loss(x, g, b, t):
    c = x - np.mean(x, axis=-1, keepdims=True)
    y = g * c / np.sqrt(np.mean(c ** 2, axis=-1, keepdims=True) + 1e-5) + b
    return 0.5 * np.sum((y - t) ** 2)

def right(x, g, b, t):
    c = x - x.mean(-1, keepdims=True)
    s = np.sqrt((c ** 2).mean(-1, keepdims=True) + 1e-5)
    dy = g * c / s + b - t
    ds = np.sum(-dy * g * c / s ** 2, axis=-1, keepdims=True)
    dc = dy * g / s + ds * c / s / x.shape[-1]
    return dc - dc.mean(-1, keepdims=True), (dy * c / s).sum(0), dy.sum(0)

def backprop(x, g, b, t):
    layer = LayerNorm(g, b)
    dx = layer.backward(layer.forward(x) - t)
    return dx, layer.dg, layer.db

PARAMETERS = ["x", "g", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(3, 5))]
