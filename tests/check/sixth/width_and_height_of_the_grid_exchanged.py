"""Width and height of the grid exchanged.

expected kind: wrong-parameter or scale
wrong line: 62 or 71
correction 62: W, H = image.shape
correction 71: dgrid = np.stack([dgx * (W - 1), dgy * (H - 1)], axis=1) / 2
what: The slope along x is scaled by half the height of the picture and the one along y by half its width
source: https://github.com/speedinghzl/AlignSeg/issues/7
said: the factors that normalise the vertical and the horizontal coordinate are the other way round, in the forward
    pass there
"""

import numpy as np

PARAMETERS = ["shift", "image"]


def data(seed=0):
    r = np.random.default_rng(seed)
    base = np.stack([r.uniform(-0.8, 0.8, 6), r.uniform(-0.8, 0.8, 6)], axis=1)
    return 0.05 * r.uniform(-1, 1, 2), r.normal(size=(4, 7)), base, r.normal(size=6)


def loss(shift, image, base, target):
    total, (H, W) = 0, image.shape
    for n in range(6):
        x = (base[n, 0] + shift[0] + 1) * (W - 1) / 2
        y = (base[n, 1] + shift[1] + 1) * (H - 1) / 2
        value = 0
        for i in range(H):
            for j in range(W):
                value = value + image[i, j] * np.maximum(0, 1 - np.abs(y - i)) * np.maximum(0, 1 - np.abs(x - j))
        total = total + (value - target[n]) ** 2
    return total / 6


def right(shift, image, base, target):
    H, W = image.shape
    dshift, dimage = np.zeros(2), np.zeros((H, W))
    for point, t in zip(base + shift, target):
        x, y = (point + 1) * np.array([W - 1, H - 1]) / 2
        kx, ky = np.maximum(0, 1 - np.abs(x - np.arange(W))), np.maximum(0, 1 - np.abs(y - np.arange(H)))
        sx, sy = np.sign(np.arange(W) - x) * (kx > 0), np.sign(np.arange(H) - y) * (ky > 0)
        g = (ky @ image @ kx - t) / 3
        dimage += g * np.outer(ky, kx)
        dshift += g * np.array([ky @ image @ sx * (W - 1) / 2, sy @ image @ kx * (H - 1) / 2])
    return dshift, dimage


def sample(image, grid):
    H, W = image.shape
    gx, gy = (grid[:, 0] + 1) / 2 * (W - 1), (grid[:, 1] + 1) / 2 * (H - 1)
    x0, y0 = np.floor(gx).astype(int), np.floor(gy).astype(int)
    fx, fy = gx - x0, gy - y0
    a, b = image[y0, x0], image[y0, x0 + 1]
    c, d = image[y0 + 1, x0], image[y0 + 1, x0 + 1]
    out = (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d)
    return out, (x0, y0, fx, fy, a, b, c, d)


def sample_backward(dout, image, cache):
    H, W = image.shape
    x0, y0, fx, fy, a, b, c, d = cache
    dimage = np.zeros_like(image)
    np.add.at(dimage, (y0, x0), dout * (1 - fx) * (1 - fy))
    np.add.at(dimage, (y0, x0 + 1), dout * fx * (1 - fy))
    np.add.at(dimage, (y0 + 1, x0), dout * (1 - fx) * fy)
    np.add.at(dimage, (y0 + 1, x0 + 1), dout * fx * fy)
    dgx = dout * ((1 - fy) * (b - a) + fy * (d - c))
    dgy = dout * ((1 - fx) * (c - a) + fx * (d - b))
    dgrid = np.stack([dgx * (H - 1), dgy * (W - 1)], axis=1) / 2
    return dgrid, dimage


def backprop(shift, image, base, target):
    out, cache = sample(image, base + shift)
    dgrid, dimage = sample_backward(2 * (out - target) / len(target), image, cache)
    return dgrid.sum(axis=0), dimage
