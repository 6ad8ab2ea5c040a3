"""Nielsen's second network: cross entropy, L2, a mini-batch in a loop.

expected kind: missing-sum or missing-term or unexplained
wrong line: 55
correction 55: nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_w)]
what: the gradients of the weights aren't added up over the mini-batch, the last example's are left
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["w1", "w2", "b1", "b2"]
lmbda = 0.5

def data(seed=0):
    rng = np.random.default_rng(seed)
    batch = [(rng.normal(size=(3, 1)), rng.random((2, 1))) for _ in range(4)]
    return batch, rng.normal(size=(5, 3)), rng.normal(size=(2, 5)), rng.normal(size=(5, 1)), rng.normal(size=(2, 1))

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def loss(batch, w1, w2, b1, b2):
    cost = 0.0
    for x, y in batch:
        a = sigmoid(w2 @ sigmoid(w1 @ x + b1) + b2)
        cost -= np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))
    return cost / len(batch) + 0.5 * lmbda / len(batch) * (np.sum(w1 ** 2) + np.sum(w2 ** 2))

def right(batch, w1, w2, b1, b2):
    n = len(batch)
    nabla_b = [np.zeros(b.shape) for b in (b1, b2)]
    nabla_w = [np.zeros(w.shape) for w in (w1, w2)]
    for x, y in batch:
        delta_b, delta_w = single(x, y, w1, w2, b1, b2)
        nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_b)]
        nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_w)]
    gw = [nw / n + lmbda / n * w for nw, w in zip(nabla_w, (w1, w2))]
    gb = [nb / n for nb in nabla_b]
    return gw[0], gw[1], gb[0], gb[1]

def single(x, y, w1, w2, b1, b2):
    hidden = sigmoid(np.dot(w1, x) + b1)
    delta = sigmoid(np.dot(w2, hidden) + b2) - y
    before = np.dot(w2.transpose(), delta) * hidden * (1 - hidden)
    return [before, delta], [np.dot(before, x.transpose()), np.dot(delta, hidden.transpose())]

def backprop(batch, w1, w2, b1, b2):
    n = len(batch)
    nabla_b = [np.zeros(b.shape) for b in (b1, b2)]
    nabla_w = [np.zeros(w.shape) for w in (w1, w2)]
    for x, y in batch:
        delta_b, delta_w = single(x, y, w1, w2, b1, b2)
        nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_b)]
        nabla_w = [dnw for nw, dnw in zip(nabla_w, delta_w)]
    gw = [nw / n + lmbda / n * w for nw, w in zip(nabla_w, (w1, w2))]
    gb = [nb / n for nb in nabla_b]
    return gw[0], gw[1], gb[0], gb[1]
