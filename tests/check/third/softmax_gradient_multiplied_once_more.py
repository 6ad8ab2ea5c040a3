"""Softmax gradient multiplied once more.

expected kind: repeated-factor
wrong line: 48
correction 48: return local
what: The gradient through the softmax is complete, and is multiplied by the gradient of its output again
source: https://github.com/pocketpy/cTensor/pull/31
said: the backward pass must use the softmax gradient as it is, and skip the extra multiplication
"""

import numpy as np

PARAMETERS = ["q", "K"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=4)


def loss(q, K, v):
    s = K @ q
    p = np.exp(s) / np.sum(np.exp(s))
    return np.sum(p * v) ** 2


def right(q, K, v):
    p = np.exp(K @ q)
    p = p / p.sum()
    m = p @ v
    d = 2 * m * p * (v - m)
    return K.T @ d, np.outer(d, q)


class Node:
    def __init__(self, value, parent=None, grad_fn=None):
        self.value, self.parent, self.grad_fn = value, parent, grad_fn


def softmax(node):
    e = np.exp(node.value - np.max(node.value))
    y = e / e.sum()
    return Node(y, node, lambda g: y * (g - np.dot(g, y)))


def push(node, grad):
    local = node.grad_fn(grad)
    return grad * local


def backprop(q, K, v):
    scores = Node(K.dot(q))
    probs = softmax(scores)
    out = probs.value.dot(v)
    d_probs = 2 * out * v
    d_scores = push(probs, d_probs)
    return K.T.dot(d_scores), np.outer(d_scores, q)
