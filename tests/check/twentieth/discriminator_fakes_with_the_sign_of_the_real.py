"""Discriminator fakes with the sign of the real.

expected kind: sign
wrong line: 71
correction 71: D.backward(p_fake / len(fake))
what: The gradient of the fakes' part has the sign which makes them more likely to be taken for real
source: https://github.com/caogang/wgan-gp/issues/43
said: asks what the one and the minus one are for that the real and the fake part are sent back with
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
SLOPE = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=1), r.normal(size=(6, 3)), r.normal(size=(6, 3))


def loss(W1, b1, W2, b2, real, fake):
    z = real @ W1 + b1
    p_real = 1 / (1 + np.exp(-(np.where(z > 0, z, SLOPE * z) @ W2 + b2)))
    z = fake @ W1 + b1
    p_fake = 1 / (1 + np.exp(-(np.where(z > 0, z, SLOPE * z) @ W2 + b2)))
    return -np.mean(np.log(p_real)) - np.mean(np.log(1 - p_fake))


def right(W1, b1, W2, b2, real, fake):
    batch_size = len(real)
    x = np.concatenate([real, fake])
    target = np.concatenate([np.ones(batch_size), np.zeros(batch_size)])
    z1 = x @ W1 + b1
    a1 = np.where(z1 >= 0, z1, SLOPE * z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    delta2 = (a2 - target) / batch_size
    grad_W2 = a1.T @ delta2
    grad_b2 = np.array([delta2.sum()])
    delta1 = delta2[:, None] * W2 * np.where(z1 >= 0, 1, SLOPE)
    grad_W1 = x.T @ delta1
    grad_b1 = np.ones(len(x)) @ delta1
    return dict(W1=grad_W1, b1=grad_b1, W2=grad_W2, b2=grad_b2)


class Discriminator:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.grads = [np.zeros_like(p) for p in (W1, b1, W2, b2)]

    def forward(self, x):
        self.x = x
        self.z = x.dot(self.W1) + self.b1
        self.a = np.maximum(self.z, SLOPE * self.z)
        return 1 / (1 + np.exp(-(self.a.dot(self.W2) + self.b2)))

    def backward(self, dlogit):
        self.grads[2] += self.a.T.dot(dlogit)
        self.grads[3] += dlogit.sum()
        da = np.outer(dlogit, self.W2)
        dz = np.where(self.z > 0, da, SLOPE * da)
        self.grads[0] += self.x.T.dot(dz)
        self.grads[1] += dz.sum(axis=0)


def backprop(W1, b1, W2, b2, real, fake):
    D = Discriminator(W1, b1, W2, b2)
    p_real = D.forward(real)
    D.backward((p_real - 1) / len(real))
    p_fake = D.forward(fake)
    D.backward(-p_fake / len(fake))
    return D.grads
