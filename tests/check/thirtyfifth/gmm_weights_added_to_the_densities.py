"""A mixture of Gaussians in one dimension: the responsibilities

expected kind: another-loss or wrong-point or unexplained
wrong line: 42
correction 42: joint = pi * density
what: the weights are added to the densities instead of multiplied by them where the responsibilities are computed
source: https://github.com/JavierAntoran/Bayesian-Neural-Networks/issues/15
said: the likelihood of a mixture of two Gaussians had pi + exp(...) where it should be pi * exp(...)
"""
import numpy as np

PARAMETERS = ["means", "logits"]
sd = np.array([0.6, 0.9, 1.3])


def loss(x, means, logits):
    total = 0
    z = np.sum(np.exp(logits))
    for xi in x:
        density = np.exp(-0.5 * ((xi - means) / sd) ** 2) / sd
        total = total - np.log(np.sum(np.exp(logits) / z * density))
    return total / len(x)


def right(x, means, logits):
    pi = np.exp(logits) / np.sum(np.exp(logits))
    grad_means, grad_logits = np.zeros(3), np.zeros(3)
    for xi in x:
        density = np.exp(-0.5 * ((xi - means) / sd) ** 2) / sd
        joint = pi * density
        gamma = joint / joint.sum()
        grad_means -= gamma * (xi - means) / sd ** 2
        grad_logits -= gamma - pi
    return grad_means / len(x), grad_logits / len(x)


def backprop(x, means, logits):
    pi = np.exp(logits) / np.sum(np.exp(logits))
    grad_means, grad_logits = np.zeros(3), np.zeros(3)
    for xi in x:
        density = np.exp(-0.5 * ((xi - means) / sd) ** 2) / sd
        joint = pi + density
        gamma = joint / joint.sum()
        grad_means -= gamma * (xi - means) / sd ** 2
        grad_logits -= gamma - pi
    return grad_means / len(x), grad_logits / len(x)


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=8) * 1.5, rng.normal(size=3), rng.normal(size=3)]
