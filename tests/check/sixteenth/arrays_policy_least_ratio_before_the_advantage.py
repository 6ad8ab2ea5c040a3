"""Arrays policy least ratio before the advantage.

expected kind: wrong-mask
wrong line: 70 or 71
correction 70: unclipped = ratio * advantages <= clipped * advantages
correction 71: return -advantages * (ratio * advantages <= clipped * advantages) / len(advantages)
given as: arrays
what: Which of the two ratios is the lesser is decided before they are multiplied by the advantage
source: https://github.com/takuseno/ppo/issues/3
said: the lesser of the two has to be taken behind the product with the advantage, not before it
"""

import numpy as np

PARAMETERS = ["W", "b"]
CLIP = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    actions = np.array([0, 2, 1, 1, 0, 2, 2, 0, 1, 0])
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(10, 3)), actions, r.normal(size=10), -2 * r.uniform(size=10)


def loss(W, b, states, actions, advantages, old_logp):
    logits = states @ W + b
    logp = logits[np.arange(len(actions)), actions] - np.log(np.sum(np.exp(logits), axis=1))
    ratio = np.exp(logp - old_logp)
    clipped = np.minimum(np.maximum(ratio, 1 - CLIP), 1 + CLIP)
    return -np.mean(np.minimum(ratio * advantages, clipped * advantages))


class Policy:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def probabilities(self, state):
        e = np.exp(state @ self.W + self.b)
        return e / e.sum()

    def grad_log(self, state, action):
        score = -self.probabilities(state)
        score[action] += 1
        return np.outer(state, score), score


def right(W, b, states, actions, advantages, old_logp):
    policy = Policy(W, b)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for s, a, adv, old in zip(states, actions, advantages, old_logp):
        ratio = policy.probabilities(s)[a] / np.exp(old)
        if adv > 0 and ratio > 1 + CLIP:
            continue
        if adv < 0 and ratio < 1 - CLIP:
            continue
        gW, gb = policy.grad_log(s, a)
        weight = adv * ratio / len(actions)
        dW -= weight * gW
        db -= weight * gb
    return dW, db


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def surrogate_backward(ratio, advantages):
    clipped = np.clip(ratio, 1 - CLIP, 1 + CLIP)
    unclipped = ratio <= clipped
    return -advantages * unclipped / len(advantages)


def backprop(W, b, states, actions, advantages, old_logp):
    rows = np.arange(len(actions))
    logp = log_softmax(states.dot(W) + b)
    ratio = np.exp(logp[rows, actions] - old_logp)
    dratio = surrogate_backward(ratio, advantages)
    dlogp = dratio * ratio
    dlogits = -np.exp(logp) * dlogp[:, None]
    dlogits[rows, actions] += dlogp
    return states.T.dot(dlogits), dlogits.sum(axis=0)
