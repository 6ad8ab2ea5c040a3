"""Softmax focal class weights squared.

expected kind: repeated-factor
wrong line: 66 or 64
correction 66: dscore = focus * (probs[k] - (k == c))
correction 64: focus /= N
what: The weight of the class is multiplied in twice
source: https://github.com/open-mmlab/mmdetection/issues/845
said: the weight of the cross entropy has been used in an earlier line already, and is used once more
"""

import numpy as np

PARAMETERS = ["W", "b"]
GAMMA = 2.0
ALPHA = np.array([0.5, 1.0, 2.0])


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(7, 4)), np.array([0, 1, 2, 2, 1, 0, 2])


def loss(W, b, X, labels):
    z = X @ W + b
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    pt = np.sum(p * np.eye(3)[labels], axis=1)
    return np.mean(-ALPHA[labels] * (1 - pt) ** GAMMA * np.log(pt))


class FocalLoss:
    def forward(self, logits, labels):
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = exps / exps.sum(axis=1, keepdims=True)
        self.labels = labels
        self.pt = self.p[np.arange(len(labels)), labels]
        return -(ALPHA[labels] * (1 - self.pt) ** GAMMA * np.log(self.pt)).mean()

    def backward(self):
        n, pt = len(self.labels), self.pt
        weight = ALPHA[self.labels]
        dpt = weight * (GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt) - (1 - pt) ** GAMMA / pt)
        onehot = np.eye(self.p.shape[1])[self.labels]
        dlogits = (dpt * pt)[:, None] * (onehot - self.p)
        return dlogits / n


def right(W, b, X, labels):
    criterion = FocalLoss()
    criterion.forward(X @ W + b, labels)
    dlogits = criterion.backward()
    return X.T @ dlogits, dlogits.sum(axis=0)


def backprop(W, b, X, labels):
    N, K = X.shape[0], W.shape[1]
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(N):
        scores = X[i].dot(W) + b
        probs = np.exp(scores) / np.sum(np.exp(scores))
        c = labels[i]
        pt = probs[c]
        focus = (1 - pt) ** GAMMA - GAMMA * pt * (1 - pt) ** (GAMMA - 1) * np.log(pt)
        focus *= ALPHA[c] / N
        for k in range(K):
            dscore = ALPHA[c] * focus * (probs[k] - (k == c))
            dW[:, k] += dscore * X[i]
            db[k] += dscore
    return dW, db
