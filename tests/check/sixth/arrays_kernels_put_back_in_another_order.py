"""Arrays kernels put back in another order.

expected kind: transpose
wrong line: 47
correction 47: return np.array([row.reshape(3, 3) for row in dflat])
given as: arrays
what: The flattened gradient of the kernels is brought back to its shape in the order of columns
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 3)), r.normal(size=(6, 6)), r.normal(size=(2, 4, 4))


def loss(K, image, T):
    out = 0
    for i in range(3):
        for j in range(3):
            out = out + K[:, i, j][:, None, None] * image[i : i + 4, j : j + 4]
    return 0.5 * np.sum((np.maximum(out, 0) - T) ** 2)


def right(K, image, T):
    dK = np.zeros_like(K)
    for f in range(2):
        for y in range(4):
            for x in range(4):
                patch = image[y : y + 3, x : x + 3]
                o = np.sum(K[f] * patch)
                if o > 0:
                    dK[f] += (o - T[f, y, x]) * patch
    return dK


def backprop(K, image, T):
    cols = np.array([image[y : y + 3, x : x + 3].ravel() for y in range(4) for x in range(4)])
    out = K.reshape(2, 9) @ cols.T
    dout = (np.maximum(out, 0) - T.reshape(2, 16)) * (out > 0)
    dflat = dout @ cols
    return np.array([row.reshape(3, 3, order="F") for row in dflat])
