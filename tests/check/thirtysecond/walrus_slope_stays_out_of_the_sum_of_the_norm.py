"""Walrus slope stays out of the sum of the norm.

expected kind: swapped-operands or diagonal-jacobian
wrong line: 78 or 79
correction 78: dx = dy - y * np.sum(y * dy)
correction 79: return (dy - y * np.sum(y * dy)) / norm
what: In the derivative of the normalised vector the incoming slope stands outside the sum, which is over the vector alone
source: https://github.com/PaddlePaddle/Paddle/issues/12053
said: the comment over the gradient of the norm multiplies the slope by one minus the vector times its own sum; the lines below it sum the product of vector and slope
"""

import numpy as np

PARAMETERS = ["W", "C"]
MARGIN, SCALE = 0.3, 4.0


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven photographs of walruses (five numbers each), three herds that they belong to
    return r.normal(size=(5, 4)), r.normal(size=(3, 4)), r.normal(size=(7, 5)), r.integers(0, 3, size=7)


def loss(W, C, photos, herd):
    e = photos @ W
    e = e / np.sqrt(np.sum(e**2, axis=1, keepdims=True))
    c = C / np.sqrt(np.sum(C**2, axis=1, keepdims=True))
    cos = e @ c.T
    mine = np.eye(len(C))[herd]
    s = SCALE * (mine * np.cos(np.arccos(cos) + MARGIN) + (1 - mine) * cos)
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - np.sum(mine * s, axis=1))


def unit_rows(M):
    norm = np.linalg.norm(M, axis=1, keepdims=True)
    U = M / norm

    def back(dU):
        return (dU - U * np.sum(U * dU, axis=1, keepdims=True)) / norm

    return U, back


def arc_margin(cos, labels):
    rows = np.arange(len(labels))
    theta = np.arccos(cos[rows, labels])
    out = cos.copy()
    out[rows, labels] = np.cos(theta + MARGIN)

    def back(dout):
        dcos = dout.copy()
        dcos[rows, labels] *= np.sin(theta + MARGIN) / np.sin(theta)
        return dcos

    return out, back


def right(W, C, photos, herd):
    E, back_e = unit_rows(photos @ W)
    U, back_c = unit_rows(C)
    logits, back_margin = arc_margin(E @ U.T, herd)
    p = np.exp(SCALE * logits)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(herd)), herd] -= 1
    dcos = back_margin(SCALE * p / len(herd))
    return {"W": photos.T @ back_e(dcos @ U), "C": back_c(dcos.T @ E)}


class ArcFace:
    def __init__(self, W, C):
        self.W, self.C = W, C
        self.dW, self.dC = np.zeros(W.shape), np.zeros(C.shape)

    @staticmethod
    def normalize_backward(x, dy):
        norm = np.sqrt(np.sum(x**2))
        y = x / norm
        dx = dy - dy * y * np.sum(y)
        return dx / norm

    def cosine(self, x, y):
        return x @ y / np.sqrt((x @ x) * (y @ y))

    def accumulate(self, photo, label, weight):
        e = photo @ self.W
        cosines = np.array([self.cosine(e, c) for c in self.C])
        logits = SCALE * cosines
        sine = np.sqrt(1 - cosines[label] ** 2)
        logits[label] = SCALE * (cosines[label] * np.cos(MARGIN) - sine * np.sin(MARGIN))
        p = np.exp(logits) / np.sum(np.exp(logits))
        de = np.zeros(len(e))
        for j, c in enumerate(self.C):
            d = weight * SCALE * (p[j] - (j == label))
            if j == label:
                d *= np.cos(MARGIN) + np.sin(MARGIN) * cosines[j] / sine
            de += d * c / np.linalg.norm(c)
            self.dC[j] += self.normalize_backward(c, d * e / np.linalg.norm(e))
        self.dW += np.outer(photo, self.normalize_backward(e, de))


def backprop(W, C, photos, herd):
    net = ArcFace(W, C)
    for photo, label in zip(photos, herd):
        net.accumulate(photo, label, 1 / len(herd))
    return net.dW, net.dC
