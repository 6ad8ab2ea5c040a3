"""Combined wordvectors slope behind the cross entropy and no mean.

expected kind: repeated-factor + sum-for-mean
wrong line: 58 and 60
correction 58: d_layer_2 = diff
correction 60: d_w = layer_1.T.dot(d_layer_2) / N
what: The slope of the output's sigmoid is there though the cross-entropy cancels it; the gradient of the weights is a sum
source: https://github.com/hunkim/DeepLearningZeroToAll/issues/20
said: the derivative of the sigmoid isn't needed there, and the gradient of the weights has to be divided by the number of samples
"""

import numpy as np

PARAMETERS = ["E", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    reviews = np.array([[0, 3, 3, 5], [1, 2, 4, 6], [6, 0, 1, 6], [5, 2, 3, 4], [4, 4, 0, 1]])
    return r.normal(size=(7, 3)), r.normal(size=3), r.normal(size=1), reviews, np.array([1, 0, 0, 1, 1])


def loss(E, w, b, reviews, positive):
    h = 1 / (1 + np.exp(-np.sum(E[reviews], axis=1)))
    p = 1 / (1 + np.exp(-(h @ w + b)))
    return -np.mean(positive * np.log(p) + (1 - positive) * np.log(1 - p))


sigmoid = lambda x: 1 / (1 + np.exp(-x))


def right(E, w, b, reviews, positive):
    weights_0_1, weights_1_2 = E, w
    grad_0_1, grad_1_2, grad_b = np.zeros(E.shape), np.zeros(w.shape), np.zeros(b.shape)
    for words, y in zip(reviews, positive):
        layer_1 = sigmoid(np.sum(weights_0_1[words], axis=0))
        layer_2 = sigmoid(np.dot(layer_1, weights_1_2) + b)
        layer_2_delta = (layer_2 - y) / len(positive)
        layer_1_delta = layer_2_delta * weights_1_2 * layer_1 * (1 - layer_1)
        for word in words:
            grad_0_1[word] += layer_1_delta
        grad_1_2 += layer_2_delta * layer_1
        grad_b += layer_2_delta
    return grad_0_1, grad_1_2, grad_b


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def backprop(E, w, b, reviews, positive):
    N = positive.shape[0]
    # forward
    layer_1 = sigma(E[reviews].sum(axis=1))
    y_pred = sigma(layer_1.dot(w) + b)
    # back
    diff = y_pred - positive
    d_layer_2 = diff * y_pred * (1 - y_pred)
    d_b = np.array([np.mean(d_layer_2)])
    d_w = layer_1.T.dot(d_layer_2)
    d_h = np.outer(d_layer_2, w) / N
    d_layer_1 = d_h * layer_1 * (1 - layer_1)
    d_E = np.zeros(E.shape)
    np.add.at(d_E, reviews, d_layer_1[:, None, :])
    return {"E": d_E, "w": d_w, "b": d_b}
