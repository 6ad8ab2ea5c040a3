"""Combined episode other actions with a plus and no slope of tanh.

expected kind: sign + missing-factor
wrong line: 76 and 79 or 80
correction 76: eligibility = np.where(chosen, 1 - self.pi, -self.pi)
correction 79: dpre = d @ self.W2.T * (1 - self.hidden**2)
correction 80: return self.states.T @ (dpre * (1 - self.hidden**2)), dW2
what: The actions that weren't taken have their probability with a plus; the hidden layer is without the slope of tanh
source: https://github.com/ShangtongZhang/reinforcement-learning-an-introduction/issues/64
said: somebody thinks that other actions should have the probability itself, not minus it; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["W1", "W2", "w"]
GAMMA = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, w = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=3)
    return W1, W2, w, r.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2]), r.normal(size=6), r.normal(size=6)


def returns(rewards):
    out, running = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def loss(W1, W2, w, states, actions, rewards, baseline):
    G = returns(rewards)
    preferences = np.tanh(states @ W1) @ W2
    log_pi = preferences - np.log(np.sum(np.exp(preferences), axis=1, keepdims=True))
    taken = log_pi[np.arange(len(actions)), actions]
    policy = -np.sum(GAMMA ** np.arange(len(G)) * (G - baseline) * taken)
    return policy + 0.5 * np.sum((G - states @ w) ** 2)


def softmax(h):
    e = np.exp(h - np.max(h))
    return e / np.sum(e)


def right(W1, W2, w, states, actions, rewards, baseline):
    dW1, dW2, dw = np.zeros_like(W1), np.zeros_like(W2), np.zeros_like(w)
    G = returns(rewards)
    for t, (s, a) in enumerate(zip(states, actions)):
        hidden = np.tanh(s @ W1)
        pi = softmax(hidden @ W2)
        weight = GAMMA**t * (G[t] - baseline[t])
        dpref = weight * pi
        dpref[a] -= weight
        dW2 += np.outer(hidden, dpref)
        dhidden = W2 @ dpref
        dW1 += np.outer(s, dhidden * (1 - hidden**2))
        dw -= (G[t] - s @ w) * s
    return dW1, dW2, dw


class SoftmaxPolicy:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def act(self, states):
        self.states = states
        self.hidden = np.tanh(states @ self.W1)
        e = np.exp(self.hidden @ self.W2)
        self.pi = e / e.sum(axis=1, keepdims=True)
        return self.pi

    def descend(self, actions, weights):
        chosen = np.arange(self.pi.shape[1]) == actions[:, None]
        eligibility = np.where(chosen, 1 - self.pi, self.pi)
        d = -weights[:, None] * eligibility
        dW2 = self.hidden.T @ d
        dpre = d @ self.W2.T
        return self.states.T @ dpre, dW2


class LinearCritic:
    def __init__(self, w):
        self.w = w

    def descend(self, states, targets):
        return states.T @ (states @ self.w - targets)


def backprop(W1, W2, w, states, actions, rewards, baseline):
    G = returns(rewards)
    policy, critic = SoftmaxPolicy(W1, W2), LinearCritic(w)
    policy.act(states)
    discount = np.cumprod(np.full(len(G), GAMMA)) / GAMMA
    dW1, dW2 = policy.descend(actions, discount * (G - baseline))
    return {"W1": dW1, "W2": dW2, "w": critic.descend(states, G)}
