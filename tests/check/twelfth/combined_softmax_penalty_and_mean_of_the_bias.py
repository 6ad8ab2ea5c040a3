"""Combined softmax penalty and mean of the bias.

expected kind: scale or missing-factor + sum-for-mean or scale
wrong line: 80 and 79 or 81
correction 79: dW /= num_train; db /= num_train
correction 80: dW += 2 * reg * W
correction 81: return dW, db / num_train
what: The two of the squared penalty is missing; the bias is not divided by the examples
source: https://github.com/jingtinghuang/CS231n-Spring-2017/issues/3
said: the gradient of the regularisation lacks a factor of two; the forgotten mean is made up
"""

import numpy as np

PARAMETERS = ["W", "b"]

reg = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, X = (r.normal(size=s) for s in [(5, 4), 4, (7, 5)])
    return W, b, X, np.array([1, 0, 3, 3, 2, 1, 3])


def loss(W, b, X, y):
    scores = X @ W + b
    log_sum = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_sum - scores[np.arange(len(y)), y]) + reg * np.sum(W * W)


class SoftmaxClassifier:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.dW = np.zeros_like(W)
        self.db = np.zeros_like(b)

    def forward(self, x):
        scores = np.dot(x, self.W) + self.b
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.x, self.probs = x, e / e.sum(axis=1, keepdims=True)
        return self.probs

    def backward(self, y):
        N = y.shape[0]
        dscores = self.probs.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        self.dW += np.dot(self.x.T, dscores)
        self.dW += 2 * reg * self.W
        self.db += np.sum(dscores, axis=0)


def right(W, b, X, y):
    model = SoftmaxClassifier(W, b)
    model.forward(X)
    model.backward(y)
    return model.dW, model.db


def backprop(W, b, X, y):
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        scores -= np.max(scores)
        exp_scores = np.exp(scores)
        sum_exp = np.sum(exp_scores)
        for j in range(num_classes):
            p = exp_scores[j] / sum_exp
            if j == y[i]:
                dW[:, j] += (p - 1) * X[i]
                db[j] += p - 1
            else:
                dW[:, j] += p * X[i]
                db[j] += p
    dW /= num_train
    dW += reg * W
    return dW, db
