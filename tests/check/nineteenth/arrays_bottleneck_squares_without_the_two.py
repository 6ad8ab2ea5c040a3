"""Arrays bottleneck squares without the two.

expected kind: scale
wrong line: 53
correction 53: delta = 2 * (activations[-1] - x) / len(x)
given as: arrays
what: The squares are derived as if there were a half before them
source: https://github.com/davisking/dlib/issues/1169
said: the gradient of the mean square lacks a factor of two, or the loss a half
"""

import numpy as np

PARAMETERS = ["encoder", "decoder", "b1", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=(3, 5)), r.normal(size=3), r.normal(size=5), r.uniform(size=(6, 5))


def loss(encoder, decoder, b1, b2, x):
    a = 1 / (1 + np.exp(-(x @ encoder + b1)))
    z = 1 / (1 + np.exp(-(a @ decoder + b2)))
    return np.mean(np.sum((z - x) ** 2, axis=1))


def right(encoder, decoder, b1, b2, x):
    a = 1 / (1 + np.exp(-(np.dot(x, encoder) + b1)))
    z = 1 / (1 + np.exp(-(np.dot(a, decoder) + b2)))
    m = x.shape[0]
    # error of the reconstruction
    error_0 = 2 * (z - x) * z * (1 - z) / m
    g_decoder = np.dot(a.T, error_0)
    g_b2 = np.sum(error_0, axis=0)
    # one layer down
    error_1 = np.dot(error_0, decoder.T) * a * (1 - a)
    g_encoder = np.dot(x.T, error_1)
    g_b1 = np.sum(error_1, axis=0)
    return g_encoder, g_decoder, g_b1, g_b2


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def backprop(encoder, decoder, b1, b2, x):
    weights, biases = [encoder, decoder], [b1, b2]
    activations = [x]
    for W, b in zip(weights, biases):
        activations.append(sigmoid(activations[-1] @ W + b))
    nabla_w, nabla_b = [], []
    delta = (activations[-1] - x) / len(x)
    for W, inputs, outputs in zip(reversed(weights), activations[-2::-1], activations[::-1]):
        delta = delta * outputs * (1 - outputs)
        nabla_w.insert(0, inputs.T @ delta)
        nabla_b.insert(0, delta.sum(axis=0))
        delta = delta @ W.T
    return (*nabla_w, *nabla_b)
