"""Scaled maps through tanh and an overlapping max pooling.

expected kind: repeated-term or stale-value or unexplained
wrong line: 47
correction 47: grad = np.zeros_like(maps)
what: the gradient is added into an array that isn't cleared: it is a copy of the maps and still has their values
source: https://github.com/pytorch/executorch/pull/21687
said: the backward pass of max pooling adds to the places of the maxima of an output that was resized, not set to
    zero, so that everything is added to what the buffer held before
"""
import numpy as np

PARAMETERS = ["scale", "shift"]
K, S = 3, 2

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(2, 1, 1)) + 1, rng.normal(size=(2, 1, 1)), rng.normal(size=(2, 2, 2, 2))

def pool(maps):
    view = np.lib.stride_tricks.sliding_window_view(maps, (K, K), axis=(2, 3))[:, :, ::S, ::S]
    return view.max(axis=(4, 5))

def loss(x, scale, shift, target):
    return 0.5 * np.sum((pool(np.tanh(scale * x + shift)) - target) ** 2)

def right(x, scale, shift, target):
    maps = np.tanh(scale * x + shift)
    top = pool(maps) - target
    grad = np.zeros_like(maps)
    N, C, rows, cols = top.shape
    for n in range(N):
        for c in range(C):
            for i in range(rows):
                for j in range(cols):
                    window = maps[n, c, i * S:i * S + K, j * S:j * S + K]
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    grad[n, c, i * S + a, j * S + b] += top[n, c, i, j]
    dz = grad * (1 - maps ** 2)
    dscale = np.sum(dz * x, axis=(0, 2, 3)).reshape(scale.shape)
    dshift = np.sum(dz, axis=(0, 2, 3)).reshape(shift.shape)
    return dscale, dshift

def backprop(x, scale, shift, target):
    maps = np.tanh(scale * x + shift)
    top = pool(maps) - target
    grad = maps.copy()
    N, C, rows, cols = top.shape
    for n in range(N):
        for c in range(C):
            for i in range(rows):
                for j in range(cols):
                    window = maps[n, c, i * S:i * S + K, j * S:j * S + K]
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    grad[n, c, i * S + a, j * S + b] += top[n, c, i, j]
    dz = grad * (1 - maps ** 2)
    dscale = np.sum(dz * x, axis=(0, 2, 3)).reshape(scale.shape)
    dshift = np.sum(dz, axis=(0, 2, 3)).reshape(shift.shape)
    return dscale, dshift
