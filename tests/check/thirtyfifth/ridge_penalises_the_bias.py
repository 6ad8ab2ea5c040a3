"""Ridge regression with two outputs: the penalty

expected kind: repeated-term or another-loss or wrong-parameter
wrong line: 42 or 41
correction 41: for name in ["weight"]:
correction 42: grads[name] = grads[name] + 2 * l2_strength * params[name] * (name == "weight")
what: the penalty is added to the gradients of all parameters in a loop, that of the bias too, which the loss doesn't penalise
source: https://github.com/Lightning-Universe/lightning-bolts/issues/668
said: the regularisation of a linear regression takes in the bias, where commonly only the weights are meant
"""
import numpy as np

PARAMETERS = ["weight", "bias"]
l2_strength = 0.3


def loss(X, Y, weight, bias):
    residual = X @ weight + bias - Y
    return np.mean(residual ** 2) + l2_strength * np.sum(weight ** 2)


def right(X, Y, weight, bias):
    params = {"weight": weight, "bias": bias}
    residual = X @ weight + bias - Y
    grads = {
        "weight": 2 * X.T @ residual / residual.size,
        "bias": 2 * residual.sum(axis=0) / residual.size,
    }
    for name in params:
        grads[name] = grads[name] + 2 * l2_strength * params[name] * (name == "weight")
    return grads


def backprop(X, Y, weight, bias):
    params = {"weight": weight, "bias": bias}
    residual = X @ weight + bias - Y
    grads = {
        "weight": 2 * X.T @ residual / residual.size,
        "bias": 2 * residual.sum(axis=0) / residual.size,
    }
    for name in params:
        grads[name] = grads[name] + 2 * l2_strength * params[name]
    return grads


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 3)), rng.normal(size=(8, 2)), rng.normal(size=(3, 2)), rng.normal(size=2)]
