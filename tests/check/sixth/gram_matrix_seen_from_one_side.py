"""Gram matrix seen from one side.

expected kind: missing-term
wrong line: 38
correction 38: return np.dot(dG + dG.T, self.F) / self.n
what: The Gram matrix is a product of the features with themselves, and only the first factor is led back
source: https://github.com/NervanaSystems/neon/issues/169
said: of dot(x, x.T) the gradient is half of what it should be, since that of x.T isn't added to that of x
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 6)), r.normal(size=(6, 9)), r.normal(size=(4, 4))


def loss(W, image, style):
    F = np.tanh(W @ image)
    return np.sum((F @ F.T / 9 - style) ** 2) / 4


def right(W, image, style):
    F = np.tanh(W @ image)
    D = (F @ F.T / 9 - style) / 2
    return ((D + D.T) @ F / 9 * (1 - F**2)) @ image.T


class Gram:
    def forward(self, F):
        self.F, self.n = F, F.shape[1]
        return np.dot(F, F.T) / self.n

    def backward(self, dG):
        return np.dot(dG, self.F) / self.n


class Tanh:
    def forward(self, z):
        self.out = np.tanh(z)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out * self.out)


def backprop(W, image, style):
    tanh, gram = Tanh(), Gram()
    G = gram.forward(tanh.forward(W @ image))
    dG = 2 * (G - style) / len(G)
    dz = tanh.backward(gram.backward(dG))
    return dz @ image.T
