"""Policy entropy with the other sign.

expected kind: sign
wrong line: 72 or 63
correction 72: dz -= BETA * agent.grad_entropy(s)
correction 63: return p * (np.log(p) + H)
what: The bonus for the entropy is added to the gradient as a punishment
source: https://github.com/nebuly-ai/optimate/pull/250
said: the sign is mended, so that the entropy is maximised
"""

import numpy as np

PARAMETERS = ["W", "b"]


BETA = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), r.integers(0, 3, size=6), r.normal(size=6)


def loss(W, b, states, actions, returns):
    z = states @ W + b
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    advantage = returns - np.mean(returns)
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    return -np.mean(advantage * logp[np.arange(6), actions]) - BETA * np.mean(entropy)


def right(W, b, states, actions, returns):
    T = len(states)
    probs = np.exp(states @ W + b)
    probs = probs / probs.sum(axis=1, keepdims=True)
    chosen = np.zeros_like(probs)
    chosen[range(T), actions] = 1
    adv = (returns - returns.mean())[:, None]
    dpolicy = adv * (probs - chosen)
    inner = np.log(probs) + 1
    dentropy = -probs * (inner - (probs * inner).sum(axis=1, keepdims=True))
    dlogits = (dpolicy - BETA * dentropy) / T
    return {"W": states.T @ dlogits, "b": dlogits.sum(axis=0)}


class Agent:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def policy(self, s):
        e = np.exp(s @ self.W + self.b)
        return e / e.sum()

    def grad_logp(self, s, a):
        g = -self.policy(s)
        g[a] += 1
        return g

    def grad_entropy(self, s):
        p = self.policy(s)
        H = -np.sum(p * np.log(p))
        return -p * (np.log(p) + H)


def backprop(W, b, states, actions, returns):
    agent = Agent(W, b)
    baseline = returns.mean()
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for s, a, R in zip(states, actions, returns):
        dz = -(R - baseline) * agent.grad_logp(s, a)
        dz += BETA * agent.grad_entropy(s)
        dW += np.outer(s, dz) / len(states)
        db += dz / len(states)
    return dW, db
