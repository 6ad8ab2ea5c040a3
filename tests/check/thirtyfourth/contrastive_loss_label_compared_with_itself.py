"""A contrastive loss on pairs, behind a shared linear embedding.

expected kind: wrong-mask or another-loss
wrong line: 43
correction 43: if label_a[j] == label_b[j]:
what: a pair's label is compared with itself, so that every pair is drawn together
source: https://github.com/happynear/caffe-windows/issues/12
said: The backward pass compared the label of the first of a pair with itself, where the forward pass compares the two labels.
"""
import numpy as np

MARGIN = 5.0


def loss(A, B, label_a, label_b, W):
    total = 0.0
    for a, b, la, lb in zip(A, B, label_a, label_b):
        d = np.linalg.norm(a @ W - b @ W)
        total += d ** 2 if la == lb else max(MARGIN - d, 0) ** 2
    return total / (2 * len(A))


def right(A, B, label_a, label_b, W):
    n = len(A)
    dW = np.zeros_like(W)
    for j in range(n):
        diff = (A[j] - B[j]) @ W
        if label_a[j] == label_b[j]:
            d_diff = diff / n
        else:
            dist = np.sqrt(np.sum(diff ** 2))
            mdist = MARGIN - dist
            d_diff = -mdist / dist * diff / n if mdist > 0 else np.zeros_like(diff)
        dW += np.outer(A[j] - B[j], d_diff)
    return dW


def backprop(A, B, label_a, label_b, W):
    n = len(A)
    dW = np.zeros_like(W)
    for j in range(n):
        diff = (A[j] - B[j]) @ W
        if label_a[j] == label_a[j]:
            d_diff = diff / n
        else:
            dist = np.sqrt(np.sum(diff ** 2))
            mdist = MARGIN - dist
            d_diff = -mdist / dist * diff / n if mdist > 0 else np.zeros_like(diff)
        dW += np.outer(A[j] - B[j], d_diff)
    return dW


PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 2]), np.array([0, 2, 2, 1, 1, 0]), r.normal(size=(4, 3)) * 0.7]
