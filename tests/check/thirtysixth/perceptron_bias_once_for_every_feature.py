"""A perceptron with loops over examples and features.

expected kind: repeated-term or scale or repeated-factor
wrong line: 34
correction 34: d_bias -= label if i == 0 else 0
what: the bias is changed within the loop over the features, so once for each of them
source: https://github.com/luisguiserrano/manning/issues/46
said: In the notebook the bias is updated within the loop over the weights, in the book after it; so it moves once for every feature.
"""
import numpy as np


def loss(weights, bias, features, labels):
    scores = features @ weights + bias
    return np.sum(np.maximum(0, -labels * scores))


def right(weights, bias, features, labels):
    missed = labels * (features @ weights + bias) < 0
    pull = np.where(missed, -labels, 0.0)
    return pull @ features, pull.sum()


def backprop(weights, bias, features, labels):
    number = len(weights)
    d_weights, d_bias = np.zeros(number), 0.0
    for x, label in zip(features, labels):
        score = bias
        for i in range(number):
            score += weights[i] * x[i]
        if label * score < 0:
            for i in range(number):
                d_weights[i] -= label * x[i]
                d_bias -= label
    return d_weights, d_bias


PARAMETERS = ["weights", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    features = r.normal(size=(11, 3))
    weights, bias = r.normal(size=3), -1 - r.random()
    labels = np.where(r.random(11) < 0.8, 1, -1)
    return weights, bias, features, labels
