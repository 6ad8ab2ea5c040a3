"""Gan generator by the loss that saturates.

expected kind: another-loss or wrong-point
wrong line: 77
correction 77: dlogit = -(1 - p) / len(p)
what: The generator's gradient is that of log(1 - D), the loss is -log D
source: https://github.com/llSourcell/Generative_Adversarial_networks_LIVE/issues/5
said: instead of log(1 - D(G(z))) I think it is log(D(G(z)))
"""

import numpy as np

PARAMETERS = ["G1", "g1", "G2", "g2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(2, 4), 4, (4, 3), 3, (3, 5), 5, (5, 1), 1, (6, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def loss(G1, g1, G2, g2, D1, d1, D2, d2, z):
    fake = np.tanh(np.maximum(0, z @ G1 + g1) @ G2 + g2)
    a = fake @ D1 + d1
    logit = np.maximum(a, 0.2 * a) @ D2 + d2
    return np.mean(np.log(1 + np.exp(-logit)))


def through_discriminator(x, D1, d1, D2, d2):
    """Return the logit and what leads its gradient back to the picture."""
    a = D1.T @ x + d1
    slope = np.ones(len(a))
    slope[a < 0] = 0.2
    logit = (D2.T @ (a * slope) + d2)[0]
    return logit, lambda d: D1 @ (slope * D2[:, 0] * d)


def right(G1, g1, G2, g2, D1, d1, D2, d2, z):
    dG1, dg1, dG2, dg2 = (np.zeros_like(p) for p in (G1, g1, G2, g2))
    for noise in z:
        pre = noise @ G1 + g1
        hidden = pre * (pre > 0)
        picture = np.tanh(hidden @ G2 + g2)
        logit, back = through_discriminator(picture, D1, d1, D2, d2)
        prob = 1 / (1 + np.exp(-logit))

        dlogit = prob - 1
        dpicture = back(dlogit)
        dtanh = dpicture * (1 - picture * picture)
        dG2 += np.outer(hidden, dtanh)
        dg2 += dtanh
        dpre = (G2 @ dtanh) * (pre > 0)
        dG1 += np.outer(noise, dpre)
        dg1 += dpre
    count = len(z)
    return dG1 / count, dg1 / count, dG2 / count, dg2 / count


class Gan:
    def __init__(self, generator, discriminator):
        self.G = generator
        self.D = discriminator

    def generate(self, z):
        self.z = z
        self.h = np.maximum(0, z @ self.G["W1"] + self.G["b1"])
        self.fake = np.tanh(self.h @ self.G["W2"] + self.G["b2"])
        return self.fake

    def discriminate(self, x):
        self.a = x @ self.D["W1"] + self.D["b1"]
        self.h_d = np.where(self.a > 0, self.a, 0.2 * self.a)
        return 1 / (1 + np.exp(-(self.h_d @ self.D["W2"] + self.D["b2"])))

    def backward_generator(self):
        p = self.discriminate(self.generate(self.z))
        dlogit = -p / len(p)
        da = dlogit @ self.D["W2"].T * np.where(self.a > 0, 1, 0.2)
        dfake = da @ self.D["W1"].T
        dout = dfake * (1 - self.fake**2)
        dh = dout @ self.G["W2"].T
        dh[self.h <= 0] = 0
        return self.z.T @ dh, dh.sum(axis=0), self.h.T @ dout, dout.sum(axis=0)


def backprop(G1, g1, G2, g2, D1, d1, D2, d2, z):
    gan = Gan(dict(W1=G1, b1=g1, W2=G2, b2=g2), dict(W1=D1, b1=d1, W2=D2, b2=d2))
    gan.generate(z)
    return gan.backward_generator()
