"""Logistic regression for admissions, cross entropy.

expected kind: repeated-factor or another-loss or wrong-activation
wrong line: 40
correction 40: error_term = targets - output
what: the error term is multiplied by the slope of the sigmoid, which the cross entropy cancels
source: https://github.com/udacity/deep-learning-v2-pytorch/pull/105
said: a notebook that trains a sigmoid has the error term times the derivative of the sigmoid; the pull request says
    that with the cross entropy no such factor is needed (it was withdrawn, after notebooks with one layer and with
    two had been mixed up)
"""
import numpy as np

PARAMETERS = ["weights", "bias"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(9, 4))
    targets = (rng.random(9) > 0.5).astype(float)
    return features, targets, rng.normal(size=4), np.array(rng.normal())

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))

def loss(features, targets, weights, bias):
    output = sigmoid(features @ weights + bias)
    return np.mean(-targets * np.log(output) - (1 - targets) * np.log(1 - output))

def right(features, targets, weights, bias):
    diff = sigmoid(features @ weights + bias) - targets
    return diff @ features / len(targets), diff.mean()

def backprop(features, targets, weights, bias):
    n_records = features.shape[0]
    z = np.dot(features, weights) + bias
    output = sigmoid(z)
    error_term = (targets - output) * sigmoid_prime(z)
    del_w = np.zeros_like(weights)
    del_b = 0.0
    for x, e in zip(features, error_term):
        del_w += e * x
        del_b += e
    return -del_w / n_records, -del_b / n_records
