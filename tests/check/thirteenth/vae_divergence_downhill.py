"""Vae divergence downhill.

expected kind: sign
wrong line: 92 or 93 or 104
correction 92: glogvar = -0.5 * (1 - var)
correction 93: return gmu, -glogvar
correction 104: grads.update(encoder.backward(gz + gmu / n, gz * eps * sd / 2 - glogvar / n))
what: The divergence's gradient by the log of the variance has the other sign
source: https://github.com/Kaixhin/Autoencoders/issues/9
said: the gradients of the divergence seem to be reversed
"""

import numpy as np

PARAMETERS = ["W1", "Wmu", "Wlv", "V1", "V2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, Wmu, Wlv, V1, V2, eps = (0.8 * r.normal(size=s) for s in [(5, 4), (4, 2), (4, 2), (2, 4), (4, 5), (3, 2)])
    return W1, Wmu, Wlv, V1, V2, np.array([[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [1, 1, 0, 0, 1]]), eps


def loss(W1, Wmu, Wlv, V1, V2, x, eps):
    h = np.tanh(x @ W1)
    mu, logvar = h @ Wmu, h @ Wlv
    z = mu + np.exp(0.5 * logvar) * eps
    logits = np.tanh(z @ V1) @ V2
    bce = np.sum(np.log(1 + np.exp(logits)) - x * logits)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + kl) / x.shape[0]


def right(W1, Wmu, Wlv, V1, V2, x, eps):
    N = x.shape[0]
    # encoder
    h = np.tanh(x.dot(W1))
    mu, logvar = h.dot(Wmu), h.dot(Wlv)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    # decoder
    g = np.tanh(z.dot(V1))
    y = 1 / (1 + np.exp(-g.dot(V2)))

    dlogits = (y - x) / N
    dV2 = g.T.dot(dlogits)
    dg = dlogits.dot(V2.T) * (1 - g**2)
    dV1 = z.T.dot(dg)
    dz = dg.dot(V1.T)
    # reparametrisation and divergence
    dmu = dz + mu / N
    dlogvar = dz * eps * 0.5 * std
    dlogvar += 0.5 * (np.exp(logvar) - 1) / N
    dWmu = h.T.dot(dmu)
    dWlv = h.T.dot(dlogvar)
    dh = dmu.dot(Wmu.T) + dlogvar.dot(Wlv.T)
    dW1 = x.T.dot(dh * (1 - h**2))
    return dW1, dWmu, dWlv, dV1, dV2


class Encoder:
    def __init__(self, W1, Wmu, Wlv):
        self.p = {"W1": W1, "Wmu": Wmu, "Wlv": Wlv}

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.p["W1"])
        self.mu, self.logvar = self.h @ self.p["Wmu"], self.h @ self.p["Wlv"]
        return self.mu, self.logvar

    def backward(self, gmu, glv):
        gh = gmu @ self.p["Wmu"].T + glv @ self.p["Wlv"].T
        return {"Wmu": self.h.T @ gmu, "Wlv": self.h.T @ glv, "W1": self.x.T @ (gh * (1 - self.h * self.h))}


class Decoder:
    def __init__(self, V1, V2):
        self.V1, self.V2 = V1, V2

    def forward(self, z):
        self.z, self.h = z, np.tanh(z @ self.V1)
        return 1 / (1 + np.exp(-(self.h @ self.V2)))

    def backward(self, g):
        gh = g @ self.V2.T * (1 - self.h * self.h)
        return gh @ self.V1.T, {"V2": self.h.T @ g, "V1": self.z.T @ gh}


def kl_gradients(mu, logvar):
    var = np.exp(logvar)
    gmu = mu
    glogvar = 0.5 * (1 - var)
    return gmu, glogvar


def backprop(W1, Wmu, Wlv, V1, V2, x, eps):
    n = len(x)
    encoder, decoder = Encoder(W1, Wmu, Wlv), Decoder(V1, V2)
    mu, logvar = encoder.forward(x)
    sd = np.exp(logvar / 2)
    probs = decoder.forward(mu + sd * eps)
    gz, grads = decoder.backward((probs - x) / n)
    gmu, glogvar = kl_gradients(mu, logvar)
    grads.update(encoder.backward(gz + gmu / n, gz * eps * sd / 2 + glogvar / n))
    return grads
