"""Gan fakes praised.

expected kind: sign
wrong line: 97 or 99
correction 97: dlogit_fake = d_fake / m
correction 99: grads_fake = discriminator_backward(d_fake / m, cache_fake, params)
what: The part of the false pictures has the other sign
source: https://github.com/rosinality/style-based-gan-pytorch/pull/60
said: the sign of the discriminator's loss is reversed
"""

import numpy as np

PARAMETERS = ["D1", "c1", "D2", "c2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), 4, (4, 1), 1, (2, 3), 3, (6, 3), (6, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(D1, c1, D2, c2, G1, g1, real, noise):
    fake = np.tanh(noise @ G1 + g1)
    p_real = sigmoid(np.tanh(real @ D1 + c1) @ D2 + c2)
    p_fake = sigmoid(np.tanh(fake @ D1 + c1) @ D2 + c2)
    return -np.mean(np.log(p_real)) - np.mean(np.log(1 - p_fake))


class Discriminator:
    def __init__(self, *weights):
        self.weights = weights
        self.zero_grad()

    def zero_grad(self):
        self.grads = [np.zeros(w.shape) for w in self.weights]

    def __call__(self, x):
        D1, c1, D2, c2 = self.weights
        self.x, self.h = x, np.tanh(x @ D1 + c1)
        self.p = sigmoid(self.h @ D2 + c2)
        return self.p

    def backward(self, dp):
        D1, _, D2, _ = self.weights
        dz2 = dp * self.p * (1 - self.p)
        dz1 = dz2 @ D2.T * (1 - self.h * self.h)
        for grad, value in zip(self.grads, (self.x.T @ dz1, dz1.sum(0), self.h.T @ dz2, dz2.sum(0))):
            grad += value
        return dz1 @ D1.T


def right(D1, c1, D2, c2, G1, g1, real, noise):
    netD = Discriminator(D1, c1, D2, c2)
    n = len(noise)
    fake = np.tanh(noise @ G1 + g1)

    # the generator's turn, through the discriminator
    dfake = netD.backward(-1 / netD(fake) / n)
    g_grads = noise.T @ (dfake * (1 - fake**2))
    assert g_grads.shape == G1.shape

    # the discriminator's turn
    netD.zero_grad()
    netD.backward(-1 / netD(real) / len(real))
    netD.backward(1 / (1 - netD(fake)) / n)
    return netD.grads


def discriminator_forward(x, params):
    h = np.tanh(np.dot(x, params["D1"]) + params["c1"])
    logit = np.dot(h, params["D2"]) + params["c2"]
    return sigmoid(logit), (x, h)


def discriminator_backward(dlogit, cache, params):
    x, h = cache
    grads = {"D2": h.T.dot(dlogit), "c2": dlogit.sum(axis=0)}
    dh = dlogit.dot(params["D2"].T)
    dpre = dh * (1 - h**2)
    grads["D1"] = x.T.dot(dpre)
    grads["c1"] = dpre.sum(axis=0)
    return grads


def backprop(D1, c1, D2, c2, G1, g1, real, noise):
    params = {"D1": D1, "c1": c1, "D2": D2, "c2": c2}
    m = real.shape[0]
    fake = np.tanh(noise.dot(G1) + g1)
    d_real, cache_real = discriminator_forward(real, params)
    d_fake, cache_fake = discriminator_forward(fake, params)
    dlogit_real = -(1 - d_real) / m
    dlogit_fake = -d_fake / m
    grads_real = discriminator_backward(dlogit_real, cache_real, params)
    grads_fake = discriminator_backward(dlogit_fake, cache_fake, params)
    return {name: grads_real[name] + grads_fake[name] for name in params}
