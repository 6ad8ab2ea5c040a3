"""Max pooling with overlapping windows: the last window wins.

expected kind: missing-sum or missing-term
wrong line: 56
correction 56: delta_array[d, start + k] += sensitivity_array[d, i]
what: the gradient of a position is overwritten by the next window that it wins
source: https://github.com/ghosert/cmd-editor/issues/2058
said: A position may be the maximum of several windows, so their sensitivities have to be added, not assigned.
"""

import numpy as np

PARAMETERS = ["w", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 5)), r.normal(size=(5, 9)), r.normal(size=7), r.normal(size=3)]


def loss(x, w, v, t):
    a = np.tanh(x @ w)
    pooled = np.stack([np.max(a[:, i : i + 3], axis=1) for i in range(7)], axis=1)
    return np.sum((pooled @ v - t) ** 2)


def right(x, w, v, t):
    a = np.tanh(x @ w)
    where = np.argmax(np.lib.stride_tricks.sliding_window_view(a, 3, axis=1), axis=2) + np.arange(7)
    rows = np.arange(3)[:, None]
    g = 2 * (a[rows, where] @ v - t)
    da = np.zeros_like(a)
    np.add.at(da, (rows, where), np.outer(g, v))
    return x.T @ (da * (1 - a**2)), a[rows, where].T @ g


class MaxPoolingLayer:
    def __init__(self, filter_width, stride):
        self.filter_width, self.stride = filter_width, stride

    def forward(self, input_array):
        self.input_array = input_array
        n = (input_array.shape[1] - self.filter_width) // self.stride + 1
        self.output_array = np.zeros((input_array.shape[0], n))
        for i in range(n):
            patch = input_array[:, i * self.stride: i * self.stride + self.filter_width]
            self.output_array[:, i] = patch.max(axis=1)
        return self.output_array

    def backward(self, sensitivity_array):
        delta_array = np.zeros(self.input_array.shape)
        for d in range(sensitivity_array.shape[0]):
            for i in range(sensitivity_array.shape[1]):
                start = i * self.stride
                k = np.argmax(self.input_array[d, start: start + self.filter_width])
                delta_array[d, start + k] = sensitivity_array[d, i]
        return delta_array


def backprop(x, w, v, t):
    pool = MaxPoolingLayer(3, 1)
    act = np.tanh(x @ w)
    p = pool.forward(act)
    err = 2 * (p @ v - t)
    dact = pool.backward(err[:, None] * v)
    return x.T @ (dact * (1 - act ** 2)), p.T @ err
