"""The gradients of a triplet loss with inner products, for one with squared distances.

expected kind: another-loss or missing-term
wrong line: 46 and 47
correction 46: fpos_diff = -2 * (x[i] - x1[i])
correction 47: fneg_diff = 2 * (x[i] - x2[i])
what: the gradients by the positive and the negative are those of inner products
source: https://github.com/xiaolonw/caffe-video_triplet/issues/2
said: For squared distances a reader derives 2(x2 - x1) and so on; the answer: the layer assumes normalised
    vectors, so products remain.
"""

import numpy as np

PARAMETERS = ["W"]
MARGIN = 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return [*r.normal(size=(3, 20, 3)), 0.7 * r.normal(size=(3, 2))]


def loss(anchor, positive, negative, W):
    a, p, n = anchor @ W, positive @ W, negative @ W
    return np.sum(np.maximum(0, MARGIN + np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)))


def right(anchor, positive, negative, W):
    dp, dn = anchor - positive, anchor - negative
    on = MARGIN + ((dp @ W) ** 2).sum(1) > ((dn @ W) ** 2).sum(1)
    return 2 * (dp[on].T @ dp[on] - dn[on].T @ dn[on]) @ W


def embed(v, W):
    return v @ W


def backprop(anchor, positive, negative, W):
    x, x1, x2 = embed(anchor, W), embed(positive, W), embed(negative, W)
    dW = np.zeros_like(W)
    for i in range(len(x)):
        tloss = MARGIN + np.sum((x[i] - x1[i]) ** 2) - np.sum((x[i] - x2[i]) ** 2)
        if tloss > 0:
            fori_diff = 2 * (x2[i] - x1[i])
            fpos_diff = -2 * x[i]
            fneg_diff = 2 * x[i]
            dW += np.outer(anchor[i], fori_diff)
            dW += np.outer(positive[i], fpos_diff)
            dW += np.outer(negative[i], fneg_diff)
    return dW
