"""Choir penalty without its two.

expected kind: scale
wrong line: 85
correction 85: grads[name] += 2 * LAMBDA * value
what: The penalty is the square without a half, but its gradient has no two
source: https://github.com/scikit-learn/scikit-learn/pull/2827
said: the loss as written and the subgradient of the penalty differ by a factor
"""

import numpy as np

PARAMETERS = ["W", "T"]
MARGIN, LAMBDA = 1.5, 0.07


def data(seed=0):
    r = np.random.default_rng(seed)
    W, T = 0.5 * r.normal(size=(4, 3)), 0.5 * r.normal(size=(3, 3))
    # pairs of singers, each of them has one of three voices
    voices = np.array([[0, 1], [2, 2], [1, 0], [0, 2], [1, 1], [2, 0], [0, 0]])
    return W, T, r.normal(size=(7, 2, 4)), voices


def loss(W, T, singers, voices):
    n = len(voices)
    s = singers @ W
    scores = s[:, 0].reshape(n, 3, 1) + s[:, 1].reshape(n, 1, 3) + T
    missed = 1 - np.eye(3)[voices]
    costs = missed[:, 0].reshape(n, 3, 1) + missed[:, 1].reshape(n, 1, 3)
    worst = np.max((scores + MARGIN * costs).reshape(n, 9), axis=1)
    hinge = worst - scores[np.arange(n), voices[:, 0], voices[:, 1]]
    return np.mean(hinge) + LAMBDA * (np.sum(W**2) + np.sum(T**2))


def worst_pair(scores, T, voices):
    """Loss-augmented inference: whichever pair violates the margin most."""
    best, found = -np.inf, None
    for first in range(len(T)):
        for second in range(len(T)):
            cost = MARGIN * (first != voices[0]) + MARGIN * (second != voices[1])
            value = scores[0, first] + scores[1, second] + T[first, second] + cost
            if value > best:
                best, found = value, (first, second)
    return found


def right(W, T, singers, voices):
    n = len(voices)
    dW, dT = np.zeros_like(W), np.zeros_like(T)
    for pair, truth in zip(singers, voices):
        guess = worst_pair(pair @ W, T, truth)
        dT[guess] += 1 / n
        dT[tuple(truth)] -= 1 / n
        for x, guessed, true in zip(pair, guess, truth):
            dW[:, guessed] += x / n
            dW[:, true] -= x / n
    dW += 2 * LAMBDA * W
    dT += 2 * LAMBDA * T
    return dW, dT


class StructuredHinge:
    def __init__(self, W, T):
        self.params = {"W": W, "T": T}

    def infer(self, singers, voices):
        W, T = self.params["W"], self.params["T"]
        local = np.einsum("npd,dk->npk", singers, W)
        local += MARGIN * (np.arange(len(T)) != voices[:, :, None])
        joint = local[:, 0, :, None] + local[:, 1, None, :] + T
        return np.stack(np.unravel_index(joint.reshape(len(joint), -1).argmax(axis=1), T.shape), axis=1)

    def features(self, singers, labels):
        """Sums of what is multiplied by W and by T."""
        hot = np.eye(len(self.params["T"]))[labels]
        return {"W": np.einsum("npd,npk->dk", singers, hot), "T": np.einsum("nj,nk->jk", hot[:, 0], hot[:, 1])}

    def gradient(self, singers, voices):
        wrong = self.features(singers, self.infer(singers, voices))
        true = self.features(singers, voices)
        grads = {}
        for name, value in self.params.items():
            grads[name] = (wrong[name] - true[name]) / len(voices)
            grads[name] += LAMBDA * value
        return grads


def backprop(W, T, singers, voices):
    return StructuredHinge(W, T).gradient(singers, voices)
