"""Returned after the first patch.

expected kind: missing-term
wrong line: 54
correction 54: pass
what: The backward pass of a max pool is left by a return that is indented too far, after the first patch
source: github.com/riccardoandreoni0/CNN-from-scratch, issue 1
said: Most of the gradients that reach the layer before are zero; the return stands inside the loop.
"""

import numpy as np

PARAMETERS = ["image", "scale"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(), r.normal(size=(2, 2))


def loss(image, scale, target):
    J = 0
    for h in range(2):
        for w in range(2):
            J = J + (np.max(image[2 * h : 2 * h + 2, 2 * w : 2 * w + 2]) * scale - target[h, w]) ** 2
    return J


def right(image, scale, target):
    m = image.reshape(2, 2, 2, 2).max(axis=(1, 3))
    d = 2 * (m * scale - target)
    big = np.kron(m, np.ones((2, 2)))
    return (image == big) * np.kron(d * scale, np.ones((2, 2))), (d * m).sum()


def patches(image):
    for h in range(image.shape[0] // 2):
        for w in range(image.shape[1] // 2):
            yield image[2 * h : 2 * h + 2, 2 * w : 2 * w + 2], h, w


class MaxPool:
    def forward(self, image):
        self.image = image
        return np.array([p.max() for p, _, _ in patches(image)]).reshape(2, 2)

    def back_prop(self, dE_dY, dE_dX):
        for patch, h, w in patches(self.image):
            biggest = np.amax(patch)
            for i in range(2):
                for j in range(2):
                    if patch[i, j] == biggest:
                        dE_dX[2 * h + i, 2 * w + j] = dE_dY[h, w]
            return


def backprop(image, scale, target):
    pool = MaxPool()
    y = pool.forward(image)
    dE = 2 * (y * scale - target)
    dimage = np.zeros(image.shape)
    pool.back_prop(dE * scale, dimage)
    return dimage, np.sum(dE * y)
