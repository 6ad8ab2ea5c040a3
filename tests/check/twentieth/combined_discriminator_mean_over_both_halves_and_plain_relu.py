"""Combined discriminator mean over both halves and plain relu.

expected kind: scale + wrong-activation
wrong line: 67 and 70
correction 67: delta2 = (a2 - target) / batch_size
correction 70: delta1 = delta2[:, None] * W2 * np.where(z1 >= 0, 1, SLOPE)
what: The errors are divided by the number of real and fake ones together, but each half has its own mean; back through the leaky ReLU goes the derivative of the plain one
source: https://github.com/lipiji/rnn-theano/pull/3
said: the error has to be divided by the size of the batch, not by that of all data (the second mistake is made up)
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


def right(W1, b1, W2, b2, real, fake):
    D = Discriminator(W1, b1, W2, b2)
    p_real = D.forward(real)
    D.backward((p_real - 1) / len(real))
    p_fake = D.forward(fake)
    D.backward(p_fake / len(fake))
    return D.grads


def backprop(W1, b1, W2, b2, real, fake):
    batch_size = len(real)
    x = np.concatenate([real, fake])
    target = np.concatenate([np.ones(batch_size), np.zeros(batch_size)])
    z1 = x @ W1 + b1
    a1 = np.where(z1 >= 0, z1, SLOPE * z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    delta2 = (a2 - target) / len(x)
    grad_W2 = a1.T @ delta2
    grad_b2 = np.array([delta2.sum()])
    delta1 = delta2[:, None] * W2 * (z1 >= 0)
    grad_W1 = x.T @ delta1
    grad_b1 = np.ones(len(x)) @ delta1
    return dict(W1=grad_W1, b1=grad_b1, W2=grad_W2, b2=grad_b2)
