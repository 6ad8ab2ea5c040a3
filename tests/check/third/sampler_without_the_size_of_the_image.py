"""Sampler without the size of the image.

expected kind: missing-factor or scale
wrong line: 57
correction 57: grad_grid = np.stack([yf * (H - 1) / 2, xf * (W - 1) / 2], axis=1)
what: The grid runs from -1 to 1 and is stretched over the image; the gradient is not stretched back
source: https://github.com/qassemoquab/stnbhwd/issues/29
said: somebody asks why the factor is there, and finds that it is the derivative of the stretching
"""

import numpy as np

PARAMETERS = ["grid", "image"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(-0.9, 0.9, size=(5, 2)), r.normal(size=(4, 6)), r.normal(size=5)


def loss(grid, image, t):
    py, px = (grid[:, 0] + 1) * 1.5, (grid[:, 1] + 1) * 2.5
    wy = np.maximum(0, 1 - np.abs(py[:, None] - np.arange(4)))
    wx = np.maximum(0, 1 - np.abs(px[:, None] - np.arange(6)))
    return np.sum((np.sum((wy @ image) * wx, axis=1) - t) ** 2)


def right(grid, image, t):
    g, gi = np.zeros((5, 2)), np.zeros((4, 6))
    for k in range(5):
        y, x = (grid[k, 0] + 1) * 1.5, (grid[k, 1] + 1) * 2.5
        a = np.maximum(0, 1 - np.abs(y - np.arange(4)))
        b = np.maximum(0, 1 - np.abs(x - np.arange(6)))
        e = 2 * (a @ image @ b - t[k])
        gi += e * np.outer(a, b)
        g[k] = e * 1.5 * (-np.sign(y - np.arange(4)) * (a > 0)) @ image @ b, e * 2.5 * a @ image @ (
            -np.sign(x - np.arange(6)) * (b > 0)
        )
    return g, gi


def backprop(grid, image, t):
    H, W = image.shape
    rows, cols = np.arange(H), np.arange(W)
    y = (grid[:, 0] + 1) * (H - 1) / 2
    x = (grid[:, 1] + 1) * (W - 1) / 2
    dist_y, dist_x = y[:, None] - rows, x[:, None] - cols
    wy = np.clip(1 - np.abs(dist_y), 0, None)
    wx = np.clip(1 - np.abs(dist_x), 0, None)
    sampled = np.einsum("kh,hw,kw->k", wy, image, wx)
    grad_out = 2 * (sampled - t)
    grad_image = np.einsum("k,kh,kw->hw", grad_out, wy, wx)
    slope_y = -np.sign(dist_y) * (wy > 0)
    slope_x = -np.sign(dist_x) * (wx > 0)
    yf = grad_out * np.einsum("kh,hw,kw->k", slope_y, image, wx)
    xf = grad_out * np.einsum("kh,hw,kw->k", wy, image, slope_x)
    grad_grid = np.stack([yf, xf], axis=1)
    return grad_grid, grad_image
