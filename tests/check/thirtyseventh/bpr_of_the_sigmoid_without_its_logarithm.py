"""bpr of the sigmoid without its logarithm.

expected kind: another-loss or repeated-factor
wrong line: 37
correction 37: g = s - 1
what: the gradient is that of one minus the sigmoid, not that of minus its logarithm
source: https://github.com/maciejkula/spotlight/issues/185
said: the loss was one minus the sigmoid of the difference, where the paper has the logarithm of the sigmoid
"""
import numpy as np

reg = 0.05

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def loss(triples, P, Q):
    total = 0.5 * reg * (np.sum(P ** 2) + np.sum(Q ** 2))
    for u, i, j in triples:
        total -= np.log(sigmoid(P[u] @ (Q[i] - Q[j])))
    return total

def right(triples, P, Q):
    dP, dQ = reg * P, reg * Q
    for u, i, j in triples:
        s = sigmoid(P[u] @ (Q[i] - Q[j]))
        g = s - 1
        dP[u] += g * (Q[i] - Q[j])
        dQ[i] += g * P[u]
        dQ[j] -= g * P[u]
    return dP, dQ

def backprop(triples, P, Q):
    dP, dQ = reg * P, reg * Q
    for u, i, j in triples:
        s = sigmoid(P[u] @ (Q[i] - Q[j]))
        g = -s * (1 - s)
        dP[u] += g * (Q[i] - Q[j])
        dQ[i] += g * P[u]
        dQ[j] -= g * P[u]
    return dP, dQ

PARAMETERS = ['P', 'Q']

def data(seed=0):
    rng = np.random.default_rng(seed)
    triples = np.array([[u, *rng.permutation(5)[:2]] for u in (0, 1, 2, 3, 0, 2, 1)])
    return triples, rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
