"""Generator of the other game.

expected kind: another-loss or missing-term or wrong-point
wrong line: 53
correction 53: dlogit = (prob - 1) / len(noise)
what: The gradient is that of the game in which the generator minimises log(1 - D), where the loss is -log D
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["G1", "G2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 5)), r.normal(size=(5, 3)), r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 2))


def loss(G1, G2, D1, d2, noise):
    fake = np.tanh(noise @ G1) @ G2
    D = 1 / (1 + np.exp(-(np.tanh(fake @ D1) @ d2)))
    return -np.mean(np.log(D))


def right(G1, G2, D1, d2, noise):
    h = np.tanh(noise @ G1)
    k = np.tanh(h @ G2 @ D1)
    e = -1 / (1 + np.exp(k @ d2)) / len(noise)
    df = np.outer(e, d2) * (1 - k**2) @ D1.T
    return noise.T @ (df @ G2.T * (1 - h**2)), h.T @ df


class Discriminator:
    def __init__(self, D1, d2):
        self.D1, self.d2 = D1, d2

    def forward(self, x):
        self.h = np.tanh(x @ self.D1)
        self.prob = 1 / (1 + np.exp(-self.h @ self.d2))
        return self.prob

    def input_grad(self, dlogit):
        dh = dlogit[:, None] * self.d2[None, :]
        return (dh * (1 - self.h**2)) @ self.D1.T


def backprop(G1, G2, D1, d2, noise):
    disc = Discriminator(D1, d2)
    h = np.tanh(noise @ G1)
    prob = disc.forward(h @ G2)
    dlogit = -prob / len(noise)
    dfake = disc.input_grad(dlogit)
    dG2 = h.T @ dfake
    dh = dfake @ G2.T
    dG1 = noise.T @ (dh * (1 - h * h))
    return dict(G1=dG1, G2=dG2)
