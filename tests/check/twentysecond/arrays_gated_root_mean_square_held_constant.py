"""Arrays gated root mean square held constant.

expected kind: detached or missing-term
wrong line: 78
correction 78: du = dn * r - (dn * u).sum(1, keepdims=True) * r**3 * u / u.shape[1]
given as: arrays
what: The root mean square is a constant for the gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "G", "gain", "W"]
EPS = 1e-6


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(3, 4)), r.normal(size=(3, 4)), r.uniform(0.5, 1.8, 4), r.normal(size=(4, 3))
    return *weights, r.normal(size=(6, 3)), np.array([2, 0, 1, 1, 2, 0])


def loss(A, G, gain, W, X, labels):
    u, z = X @ A, X @ G
    normed = gain * u / np.sqrt(np.mean(u**2, axis=1, keepdims=True) + EPS)
    scores = (normed * z / (1 + np.exp(-z))) @ W
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.sum(log_p[np.arange(len(labels)), labels]) / len(labels)


def gated_norm(u, z, gain):
    rstd = 1 / np.sqrt((u * u).mean(axis=1, keepdims=True) + EPS)
    gate = 1 / (1 + np.exp(-z))
    normed = u * rstd * gain
    return normed, gate, rstd


def right(A, G, gain, W, X, labels):
    u, z = X @ A, X @ G
    normed, gate, rstd = gated_norm(u, z, gain)
    silu = z * gate
    mixed = normed * silu
    scores = mixed @ W
    scores -= scores.max(axis=1, keepdims=True)
    dscores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dscores[np.arange(len(labels)), labels] -= 1.0
    dscores /= len(labels)

    dW = np.einsum("nh,nk->hk", mixed, dscores)
    dmixed = np.einsum("nk,hk->nh", dscores, W)
    dnormed = dmixed * silu
    dz = dmixed * normed * (gate + silu * (1 - gate))
    dgain = np.sum(dnormed * u * rstd, axis=0)
    wdy = dnormed * gain
    uhat = u * rstd
    du = (wdy - uhat * np.mean(wdy * uhat, axis=1, keepdims=True)) * rstd
    return {"A": X.T @ du, "G": X.T @ dz, "gain": dgain, "W": dW}


class GatedRMSNorm:
    def __init__(self, gain):
        self.gain = gain

    def forward(self, u, z):
        self.u, self.z = u, z
        self.r = (np.sum(u**2, axis=1) / u.shape[1] + EPS) ** -0.5
        self.s = 1 / (1 + np.exp(-z))
        return self.gain * u * self.r[:, None] * z * self.s

    def backward(self, dy):
        u, z, s, r = self.u, self.z, self.s, self.r[:, None]
        swish_slope = s * (1 + z * (1 - s))
        dz = dy * self.gain * u * r * swish_slope
        dn = dy * z * s
        self.dgain = (dn * u * r).sum(0)
        dn = dn * self.gain
        du = dn * r
        return du, dz


def softmax(a):
    e = np.exp(a)
    return e / e.sum(1, keepdims=True)


def backprop(A, G, gain, W, X, labels):
    layer = GatedRMSNorm(gain)
    y = layer.forward(X.dot(A), X.dot(G))
    error = (softmax(y.dot(W)) - np.eye(W.shape[1])[labels]) / len(X)
    du, dz = layer.backward(error.dot(W.T))
    return X.T.dot(du), X.T.dot(dz), layer.dgain, y.T.dot(error)
