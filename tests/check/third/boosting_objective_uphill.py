"""Boosting objective uphill.

expected kind: sign
wrong line: 34
correction 34: grad = preds - labels
what: A custom objective hands over the labels minus the predictions, which is the way up
source: https://github.com/dmlc/xgboost/issues/1060
said: shouldn't the gradient be the label minus the prediction; no, the loss is the negative log-likelihood
"""

import numpy as np

PARAMETERS = ["trees"]


def data(seed=0):
    r = np.random.default_rng(seed)
    leaves = np.array([[0, 2], [1, 0], [1, 1], [2, 2], [0, 1], [2, 0]])
    return r.normal(size=(2, 3)), leaves, np.array([1, 0, 0, 1, 1, 0])


def loss(trees, leaves, labels):
    margin = trees[0, leaves[:, 0]] + trees[1, leaves[:, 1]]
    return np.sum(np.log(1 + np.exp(margin)) - labels * margin)


def right(trees, leaves, labels):
    e = 1 / (1 + np.exp(-trees[0][leaves[:, 0]] - trees[1][leaves[:, 1]])) - labels
    return np.array([[e[leaves[:, k] == leaf].sum() for leaf in range(3)] for k in range(2)])


def logregobj(preds, labels):
    preds = 1.0 / (1.0 + np.exp(-preds))
    grad = labels - preds
    hess = preds * (1.0 - preds)
    return grad, hess


def backprop(trees, leaves, labels):
    preds = sum(tree[leaf] for tree, leaf in zip(trees, leaves.T))
    grad, hess = logregobj(preds, labels)
    return np.stack([np.bincount(leaf, weights=grad, minlength=3) for leaf in leaves.T])
