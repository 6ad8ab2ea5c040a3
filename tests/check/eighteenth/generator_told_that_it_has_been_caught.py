"""Generator told that it has been caught.

expected kind: missing-term or wrong-point or sign
wrong line: 89
correction 89: dlogit = (d_fake - 1) / len(noise)
what: The label at which the generator aims is left at zero, as if it were to be recognised
source: https://github.com/mlpack/mlpack/pull/1933
said: the responses of the generator are zero by default, so it isn't trained with the right error
"""

import numpy as np

PARAMETERS = ["A", "a", "B", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    generator = r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3)
    return *generator, r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(6, 2))


def loss(A, a, B, c, D, d, noise):
    fake = np.tanh(np.maximum(noise @ A + a, 0) @ B + c)
    u = fake @ D
    p = 1 / (1 + np.exp(-(np.where(u > 0, u, 0.2 * u) @ d)))
    return -np.mean(np.log(p))


def right(A, a, B, c, D, d, noise):
    m = noise.shape[0]
    z0 = np.dot(noise, A) + a
    a0 = np.maximum(z0, 0)
    z1 = np.dot(a0, B) + c
    a1 = np.tanh(z1)
    z2 = np.dot(a1, D)
    a2 = np.maximum(z2, 0.2 * z2)
    a3 = 1 / (1 + np.exp(-np.dot(a2, d)))
    da3 = -1.0 / a3 / m
    dz3 = da3 * a3 * (1 - a3)
    da2 = dz3[:, None] * d[None, :]
    dz2 = np.where(z2 > 0, da2, 0.2 * da2)
    da1 = np.dot(dz2, D.T)
    dz1 = da1 * (1 - a1 * a1)
    dB = np.dot(a0.T, dz1)
    dc = np.sum(dz1, axis=0)
    da0 = np.dot(dz1, B.T)
    dz0 = da0 * (z0 > 0)
    dA = np.dot(noise.T, dz0)
    da = np.sum(dz0, axis=0)
    return dA, da, dB, dc


class Discriminator:
    def __init__(self, D, d):
        self.D, self.d = D, d

    def forward(self, x):
        self.u = x @ self.D
        self.h = np.where(self.u > 0, self.u, 0.2 * self.u)
        return 1 / (1 + np.exp(-(self.h @ self.d)))

    def backward(self, dlogit):
        dh = np.outer(dlogit, self.d)
        du = dh * np.where(self.u > 0, 1, 0.2)
        return du @ self.D.T


class Generator:
    def __init__(self, A, a, B, c):
        self.A, self.a, self.B, self.c = A, a, B, c

    def forward(self, z):
        self.z = z
        self.h = np.maximum(z @ self.A + self.a, 0)
        self.x = np.tanh(self.h @ self.B + self.c)
        return self.x

    def backward(self, dx):
        dpre = dx * (1 - self.x**2)
        dB, dc = self.h.T @ dpre, dpre.sum(axis=0)
        dh = dpre @ self.B.T
        dh[self.h == 0] = 0
        return self.z.T @ dh, dh.sum(axis=0), dB, dc


def backprop(A, a, B, c, D, d, noise):
    G, critic = Generator(A, a, B, c), Discriminator(D, d)
    d_fake = critic.forward(G.forward(noise))
    dlogit = d_fake / len(noise)
    return G.backward(critic.backward(dlogit))
