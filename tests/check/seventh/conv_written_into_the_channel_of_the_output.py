"""Conv written into the channel of the output.

expected kind: wrong-shape or wrong-axis or wrong-parameter
wrong line: 68
correction 68: grad_image[d, h * step + r, w * step + s] += kernels[m, d, r, s] * e
what: The gradient of the image is written into the channel with the number of the filter, and not that of the
    channel that was read
source: https://github.com/NervanaSystems/neon/issues/111
said: in the naive backward loop of the convolution the index of the channel should be that of the input, d, and not
    m
"""

import numpy as np

PARAMETERS = ["image", "kernels"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 6, 5)), r.normal(size=(2, 2, 3, 3)), r.normal(size=(2, 3, 3))


def correlate(image, kernels, step=2, border=1):
    padded = np.pad(image, ((0, 0), (border, border), (border, border)))
    maps = []
    for kernel in kernels:
        rows = []
        for top in range(0, padded.shape[1] - 2, step):
            row = []
            for left in range(0, padded.shape[2] - 2, step):
                row.append(np.sum(padded[:, top : top + 3, left : left + 3] * kernel))
            rows.append(row)
        maps.append(rows)
    return np.array(maps)


def loss(image, kernels, wanted):
    return np.sum(np.abs(correlate(image, kernels) - wanted) ** 3)


def right(image, kernels, wanted):
    d = correlate(image, kernels) - wanted
    g = 3 * d * np.abs(d)
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    di, dk = np.zeros_like(padded), np.zeros_like(kernels)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            here = np.s_[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            di[here] += np.tensordot(g[:, i, j], kernels, 1)
            dk += np.multiply.outer(g[:, i, j], padded[here])
    return di[:, 1:-1, 1:-1], dk


def backprop(image, kernels, wanted, step=2, border=1):
    K, C, R, S = kernels.shape
    error = correlate(image, kernels) - wanted
    grad = 3 * error**2 * np.sign(error)
    padded = np.pad(image, ((0, 0), (border, border), (border, border)))
    grad_image, grad_kernels = np.zeros(padded.shape), np.zeros(kernels.shape)
    for m in range(K):
        for h in range(grad.shape[1]):
            for w in range(grad.shape[2]):
                e = grad[m, h, w]
                for d in range(C):
                    for r in range(R):
                        for s in range(S):
                            grad_kernels[m, d, r, s] += padded[d, h * step + r, w * step + s] * e
                            grad_image[m, h * step + r, w * step + s] += kernels[m, d, r, s] * e
    return grad_image[:, border:-border, border:-border], grad_kernels
