"""Contrastive margin without the difference.

expected kind: missing-factor
wrong line: 47
correction 47: bout[i, d] = -alpha * diff[i, d]
what: A pair that is not alike gets the coefficient alone, without the difference of the two vectors
source: https://github.com/BVLC/caffe/pull/7100
said: the kernel writes the coefficient where the coefficient times the difference belongs
"""

import numpy as np

PARAMETERS = ["A", "B"]
MARGIN = 9.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), np.array([1, 0, 0, 1, 0, 1])


def loss(A, B, similar):
    d2 = np.sum((A - B) ** 2, axis=1)
    return np.sum(np.where(similar == 1, d2, np.maximum(MARGIN - d2, 0))) / 2 / len(similar)


def right(A, B, similar):
    D = A - B
    near = np.sum(D * D, axis=1) < MARGIN
    c = np.where(similar == 1, 1.0, -1.0 * near) / len(similar)
    return c[:, None] * D, -c[:, None] * D


def backprop(A, B, similar):
    num, channels = A.shape
    diff = A - B
    dist_sq = (diff**2).sum(axis=1)
    grads = []
    for sign in (1, -1):
        bout = np.zeros((num, channels))
        alpha = sign / num
        for i in range(num):
            for d in range(channels):
                if similar[i]:
                    bout[i, d] = alpha * diff[i, d]
                elif MARGIN - dist_sq[i] > 0:
                    bout[i, d] = -alpha
        grads.append(bout)
    return tuple(grads)
