"""Rook every ratio outside the interval stops.

expected kind: wrong-mask
wrong line: 92
correction 92: stopped = np.where(gain > 0, ratio > 1 + CLIP, ratio < 1 - CLIP)
what: All moves with a clipped ratio have no gradient, also those for which the smaller of the two is the one without clipping
source: https://github.com/openai/baselines/issues/452
said: holds that every clipped term is a constant for the gradient, and that such samples are thrown away
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
CLIP, BONUS = 0.2, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, moves = 14, 3, 4, 3
    W1, b1, W2, b2 = r.normal(size=(d, H)), 0.3 * r.normal(size=H), r.normal(size=(H, moves)), 0.3 * r.normal(size=moves)
    board, move = r.normal(size=(n, d)), r.integers(0, moves, size=n)
    logits = np.tanh(board @ W1 + b1) @ W2 + b2
    now = logits[np.arange(n), move] - np.log(np.sum(np.exp(logits), axis=1))
    # the policy has changed since: some ratios are far above one, some far below
    old = now + 0.6 * r.normal(size=n)
    return W1, b1, W2, b2, board, move, old, r.normal(size=n)


def loss(W1, b1, W2, b2, board, move, old, gain):
    n = board.shape[0]
    logits = np.tanh(board @ W1 + b1) @ W2 + b2
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    ratio = np.exp(logp[np.arange(n), move] - old)
    held = np.minimum(np.maximum(ratio, 1 - CLIP), 1 + CLIP)
    surrogate = np.minimum(ratio * gain, held * gain)
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    return -np.mean(surrogate + BONUS * entropy)


def move_gradient(logits, move, old, gain):
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    ratio = p[move] / np.exp(old)
    J = np.diag(p) - np.outer(p, p)
    dp = np.zeros(len(p))
    # the objective is flat where clipping has the last word
    if not (gain > 0 and ratio > 1 + CLIP) and not (gain < 0 and ratio < 1 - CLIP):
        dp[move] -= gain / np.exp(old)
    through_choice = J @ dp
    jac = np.diag(p) - np.outer(p, p)
    through_entropy = jac @ (BONUS * (np.log(p) + 1))
    return through_choice + through_entropy


def right(W1, b1, W2, b2, board, move, old, gain):
    n = len(board)
    dW1, db1, dW2, db2 = (np.zeros_like(w) for w in (W1, b1, W2, b2))
    for i in range(n):
        h = np.tanh(board[i] @ W1 + b1)
        g = move_gradient(h @ W2 + b2, move[i], old[i], gain[i]) / n
        dW2 += np.outer(h, g)
        db2 += g
        back = W2 @ g
        back *= 1 - h * h
        dW1 += np.outer(board[i], back)
        db1 += back
    return dW1, db1, dW2, db2


class Policy:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def log_probs(self, board):
        self.board = board
        self.h = np.tanh(board @ self.W1 + self.b1)
        logits = self.h @ self.W2 + self.b2
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    def backward(self, dlogits):
        dpre = (dlogits @ self.W2.T) * (1 - self.h**2)
        return {
            "W1": self.board.T @ dpre,
            "b1": dpre.sum(axis=0),
            "W2": self.h.T @ dlogits,
            "b2": dlogits.sum(axis=0),
        }


def surrogate_slope(ratio, gain):
    """Of the clipped objective by the logarithm of the ratio."""
    stopped = (ratio > 1 + CLIP) | (ratio < 1 - CLIP)
    return np.where(stopped, 0.0, ratio * gain)


def backprop(W1, b1, W2, b2, board, move, old, gain):
    n = len(move)
    policy = Policy(W1, b1, W2, b2)
    logp = policy.log_probs(board)
    p = np.exp(logp)
    slope = surrogate_slope(np.exp(logp[np.arange(n), move] - old), gain)
    chosen = np.zeros_like(p)
    chosen[np.arange(n), move] = 1
    entropy = -np.sum(p * logp, axis=1, keepdims=True)
    dlogits = -slope[:, None] * (chosen - p) + BONUS * p * (logp + entropy)
    return policy.backward(dlogits / n)
