"""Softmax penalty as without its half.

expected kind: scale or repeated-term or repeated-factor
wrong line: 57
correction 57: dW += reg * W
what: The penalty has a half in the loss, its gradient a factor of two
source: https://github.com/cs231n/cs231n.github.io/issues/89
said: the loss has a half that the lecture notes have not; the gradient of the notes is then wrong
"""

import numpy as np

PARAMETERS = ["W"]

REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W, X = r.normal(size=(4, 3)), r.normal(size=(8, 4))
    return W, X, np.array([0, 2, 1, 1, 2, 0, 2, 2])


def loss(W, X, y):
    scores = X @ W
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logsum = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(logsum - scores[np.arange(len(y)), y]) + 0.5 * REG * np.sum(W * W)


def softmax_loss_naive(W, X, y, reg):
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        f = X[i].dot(W)
        f -= f.max()
        p = np.exp(f) / np.sum(np.exp(f))
        for k in range(num_classes):
            dW[:, k] += (p[k] - (k == y[i])) * X[i]
    dW /= num_train
    return dW + reg * W


def right(W, X, y):
    return softmax_loss_naive(W, X, y, REG)


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1)[:, np.newaxis]
    probs = np.exp(scores)
    probs /= np.sum(probs, axis=1)[:, np.newaxis]
    probs[range(num_train), y] -= 1
    dW = X.T.dot(probs)
    dW /= num_train
    dW += 2 * reg * W
    return dW


def backprop(W, X, y):
    return softmax_loss_vectorized(W, X, y, REG)
