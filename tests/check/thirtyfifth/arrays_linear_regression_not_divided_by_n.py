"""Linear regression: a sum for the mean

expected kind: sum-for-mean or scale
wrong line: 35
correction 35: return np.dot(phi.T, prediction - y) / len(y)
given as: arrays
what: the gradient is summed over the examples, the loss is their mean
source: https://github.com/nndl/nndl-exercise-ans/issues/1
said: the gradient of an exercise in linear regression has to be divided by the number of the examples, or the weights run away
"""
import numpy as np

PARAMETERS = ["w"]


def basis(x):
    centres = np.linspace(-2, 2, 4)
    gauss = np.exp(-0.5 * (x[:, None] - centres) ** 2)
    return np.concatenate([np.ones((len(x), 1)), gauss], axis=1)


def loss(x, y, w):
    return 0.5 * np.mean((basis(x) @ w - y) ** 2)


def right(x, y, w):
    phi = basis(x)
    prediction = np.dot(phi, w)
    return np.dot(phi.T, prediction - y) / len(y)


def backprop(x, y, w):
    phi = basis(x)
    prediction = np.dot(phi, w)
    return np.dot(phi.T, prediction - y)


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-2, 2, size=11), rng.normal(size=11), rng.normal(size=5)]
