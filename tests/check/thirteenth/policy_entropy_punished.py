"""Policy entropy punished.

expected kind: sign
wrong line: 87 or 76
correction 76: return p * (np.log(p) + entropy)
correction 87: dlogit -= ent * entropy_gradient(p)
what: The entropy is subtracted in the loss, and its gradient is added
source: https://github.com/pukkapies/dl-imperial-maths/pull/8
said: the sign of the entropy has to be changed
"""

import numpy as np

PARAMETERS = ["W1", "W2", "w_v"]

vf, ent = 0.5, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, w_v, states, returns, adv = (r.normal(size=s) for s in [(3, 4), (4, 3), 4, (6, 3), 6, 6])
    return W1, W2, w_v, states, np.array([0, 2, 1, 1, 0, 2]), returns, adv


def loss(W1, W2, w_v, states, actions, returns, adv):
    h = np.tanh(states @ W1)
    logits = h @ W2
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    policy = -np.mean(logp[np.arange(len(actions)), actions] * adv)
    value = np.mean((h @ w_v - returns) ** 2)
    entropy = -np.mean(np.sum(np.exp(logp) * logp, axis=1))
    return policy + vf * value - ent * entropy


def right(W1, W2, w_v, states, actions, returns, adv):
    N = len(actions)
    h = np.tanh(states.dot(W1))
    logits = h.dot(W2)
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    logp = np.log(probs)
    values = h.dot(w_v)

    dlogits = probs.copy()
    dlogits[np.arange(N), actions] -= 1
    dlogits *= adv[:, None] / N
    H = -np.sum(probs * logp, axis=1, keepdims=True)
    dlogits += ent / N * probs * (logp + H)
    dvalues = vf * 2 * (values - returns) / N

    dW2 = h.T.dot(dlogits)
    dw_v = h.T.dot(dvalues)
    dh = dlogits.dot(W2.T) + np.outer(dvalues, w_v)
    dW1 = states.T.dot(dh * (1 - h**2))
    return dW1, dW2, dw_v


class ActorCritic:
    def __init__(self, W1, W2, w_v):
        self.model = {"W1": W1, "W2": W2, "w_v": w_v}

    def policy_forward(self, s):
        h = np.tanh(s @ self.model["W1"])
        p = np.exp(h @ self.model["W2"])
        return p / np.sum(p), h, h @ self.model["w_v"]

    def policy_backward(self, eps_s, eps_h, eps_dlogit, eps_dv):
        dh = eps_dlogit @ self.model["W2"].T + eps_dv[:, None] * self.model["w_v"]
        dh *= 1 - eps_h**2
        return {"W1": eps_s.T @ dh, "W2": eps_h.T @ eps_dlogit, "w_v": eps_dv @ eps_h}


def entropy_gradient(p):
    """By the logits."""
    entropy = -np.sum(p * np.log(p))
    return -p * (np.log(p) + entropy)


def backprop(W1, W2, w_v, states, actions, returns, adv):
    agent = ActorCritic(W1, W2, w_v)
    hs, dlogits, dvs = [], [], []
    for s, a, R, A in zip(states, actions, returns, adv):
        p, h, v = agent.policy_forward(s)
        y = np.zeros_like(p)
        y[a] = 1
        dlogit = (p - y) * A
        dlogit += ent * entropy_gradient(p)
        hs.append(h)
        dlogits.append(dlogit)
        dvs.append(vf * 2 * (v - R))
    T = len(actions)
    return agent.policy_backward(states, np.vstack(hs), np.vstack(dlogits) / T, np.array(dvs) / T)
