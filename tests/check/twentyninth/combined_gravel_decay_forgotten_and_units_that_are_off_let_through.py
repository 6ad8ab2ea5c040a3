"""Combined gravel decay forgotten and units that are off let through.

expected kind: missing-term + missing-factor or wrong-mask
wrong line: 75 and 86
correction 75: dW = x.T @ d + REG * W
correction 86: return d * (h > 0)
what: The decay of the weights isn't in their gradients; the slopes go back through the hidden units also where these are zero
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.08
MARGIN = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # nine samples of gravel, four measures, five hidden units, three pits; the right pit has to win by a margin
    W1, W2 = r.normal(size=(4, 5)), r.normal(size=(5, 3))
    return W1, 0.4 * r.normal(size=5), W2, 0.4 * r.normal(size=3), r.normal(size=(9, 4)), r.integers(0, 3, size=9)


def loss(W1, b1, W2, b2, gravel, pit):
    n = gravel.shape[0]
    h = np.maximum(gravel @ W1 + b1, 0)
    logits = h @ W2 + b2 - MARGIN * np.eye(b2.shape[0])[pit]
    cross = np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(n), pit]
    return np.mean(cross) + 0.5 * REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


def predict(x, W1, b1, W2, b2, label):
    a = np.zeros(len(b1))
    for k in range(len(b1)):
        a[k] = sum(x[m] * W1[m, k] for m in range(len(x))) + b1[k]
    h = np.where(a > 0, a, 0.0)
    logits = b2.copy()
    for j in range(len(b2)):
        logits[j] += h @ W2[:, j]
    logits[label] -= MARGIN
    odds = np.exp(logits - logits.max())
    return a, h, odds / odds.sum()


def right(W1, b1, W2, b2, gravel, pit):
    gW1, gb1, gW2, gb2 = (np.zeros(p.shape) for p in (W1, b1, W2, b2))
    n = len(gravel)
    for x, label in zip(gravel, pit):
        a, h, q = predict(x, W1, b1, W2, b2, label)
        target = np.zeros(len(q))
        target[label] = 1.0
        delta2 = (q - target) / n
        for j in range(len(b2)):
            gW2[:, j] += delta2[j] * h
            gb2[j] += delta2[j]
        for k in range(len(b1)):
            if a[k] <= 0:
                continue
            delta1 = W2[k] @ delta2
            gW1[:, k] += delta1 * x
            gb1[k] += delta1
    # the weights decay, the offsets don't
    gW1 += REG * W1
    gW2 += REG * W2
    return gW1, gb1, gW2, gb2


def linear(x, W, b):
    """The values, and a function from their slopes to those of x, W and b."""

    def back(d):
        dx = d @ W.T
        dW = x.T @ d
        db = d.sum(axis=0)
        return dx, dW, db

    return x @ W + b, back


def relu(a):
    h = np.maximum(a, 0)

    def back(d):
        return d

    return h, back


def margin_softmax(scores, y):
    rows = np.arange(len(y))
    logits = scores.copy()
    logits[rows, y] -= MARGIN
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def back():
        d = p.copy()
        d[rows, y] -= 1
        return d / len(y)

    return -np.log(p[rows, y]).mean(), back


def backprop(W1, b1, W2, b2, gravel, pit):
    a, back_first = linear(gravel, W1, b1)
    h, back_relu = relu(a)
    scores, back_second = linear(h, W2, b2)
    _, back_loss = margin_softmax(scores, pit)
    dh, dW2, db2 = back_second(back_loss())
    _, dW1, db1 = back_first(back_relu(dh))
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
