"""The error term has the feature in it, and is multiplied with the feature.

expected kind: repeated-factor
wrong line: 36
correction 36: return y - output
what: the error is multiplied by the features twice
source: https://github.com/udacity/deep-learning-v2-pytorch/issues/409
said: The notebook defines the error term as (y - y_hat) sigma'; its solution returns (y - output) * x, which
    the training loop multiplies by x again.
"""

import numpy as np

PARAMETERS = ["weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(9, 3)), r.integers(2, size=9) * 1.0, r.normal(size=3)]


def loss(features, targets, weights):
    z = features @ weights
    return np.mean(np.log(1 + np.exp(z)) - targets * z)


def right(features, targets, weights):
    return (1 / (1 + np.exp(-features @ weights)) - targets) @ features / len(targets)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def error_term_formula(x, y, output):
    return (y - output) * x


def backprop(features, targets, weights):
    n_records, n_features = features.shape
    del_w = np.zeros(weights.shape)
    for x, y in zip(features, targets):
        output = sigmoid(np.dot(x, weights))
        error_term = error_term_formula(x, y, output)
        del_w += error_term * x
    return -del_w / n_records
