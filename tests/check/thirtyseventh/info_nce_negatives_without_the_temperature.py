"""info nce negatives without the temperature.

expected kind: missing-factor or scale or another-loss
wrong line: 45
correction 45: logits = np.append(q @ k, negatives @ q) / tau
what: the positive similarity is divided by the temperature and those of the negatives are not
source: https://github.com/huiserwang/ContrastMask/issues/4
said: the authors forgot to divide by the temperature on one line of the contrastive loss
"""
import numpy as np

tau = 0.4

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def loss(X, K, negatives, W):
    total = 0.0
    for x, k in zip(X, K):
        q = x @ W
        logits = np.append(q @ k, negatives @ q) / tau
        total -= np.log(softmax(logits)[0])
    return total / len(X)

def right(X, K, negatives, W):
    dW = np.zeros_like(W)
    dneg = np.zeros_like(negatives)
    for x, k in zip(X, K):
        q = x @ W
        logits = np.append(q @ k, negatives @ q) / tau
        d = softmax(logits)
        d[0] -= 1
        d /= tau * len(X)
        dq = d[0] * k + d[1:] @ negatives
        dneg += np.outer(d[1:], q)
        dW += np.outer(x, dq)
    return dneg, dW

def backprop(X, K, negatives, W):
    dW = np.zeros_like(W)
    dneg = np.zeros_like(negatives)
    for x, k in zip(X, K):
        q = x @ W
        logits = np.append(q @ k / tau, negatives @ q)
        d = softmax(logits)
        d[0] -= 1
        d /= tau * len(X)
        dq = d[0] * k + d[1:] @ negatives
        dneg += np.outer(d[1:], q)
        dW += np.outer(x, dq)
    return dneg, dW

PARAMETERS = ['negatives', 'W']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [0.7 * rng.normal(size=s) for s in [(4, 5), (4, 3), (6, 3), (5, 3)]]
