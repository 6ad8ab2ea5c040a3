"""Skiff every step praised for the whole crossing.

expected kind: stale-value or wrong-point or another-loss
wrong line: 90
correction 90: advantage = returns[t] - base[t]
what: The score of each step is weighted by the return of the first, not by that of what follows the step
source: https://github.com/udacity/deep-reinforcement-learning/issues/42
said: one return of the whole episode stands at every step, where the return from that step on belongs
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "w3"]
GAMMA, COEF = 0.9, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1 = 0.8 * r.normal(size=(3, 5)), 0.3 * r.normal(size=5)
    W2, w3 = r.normal(size=(5, 3)), r.normal(size=5)
    return W1, b1, W2, w3, r.normal(size=(6, 3)), r.integers(0, 3, size=6), r.normal(size=6), 0.5 * r.normal(size=6)


def loss(W1, b1, W2, w3, states, actions, rewards, base):
    # one crossing; what follows an action is its return, the baseline comes from earlier crossings
    T = len(actions)
    ahead = np.arange(T) - np.arange(T).reshape(T, 1)
    discounts = np.where(ahead < 0, 0, GAMMA ** np.abs(ahead)).astype(rewards.dtype)
    returns = discounts @ rewards
    h = np.tanh(states @ W1 + b1)
    logits = h @ W2
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    actor = -np.mean(log_pi[np.arange(T), actions] * (returns - base))
    return actor + COEF * 0.5 * np.mean((h @ w3 - returns) ** 2)


class Sailor:
    """Actor and critic on the same hidden layer."""

    def __init__(self, W1, b1, W2, w3):
        self.p = dict(W1=W1, b1=b1, W2=W2, w3=w3)

    def look(self, states):
        self.s = states
        self.h = np.tanh(states @ self.p["W1"] + self.p["b1"])
        e = np.exp(self.h @ self.p["W2"])
        self.pi = e / e.sum(axis=1)[:, None]
        self.value = self.h @ self.p["w3"]

    def learn(self, actions, returns, base):
        T = len(actions)
        taken = np.eye(self.pi.shape[1])[actions]
        d_actor = (returns - base)[:, None] * (self.pi - taken) / T
        d_critic = COEF * (self.value - returns) / T
        dh = d_actor @ self.p["W2"].T + np.outer(d_critic, self.p["w3"])
        da = dh * (1 - self.h**2)
        return {"W1": self.s.T @ da, "b1": da.sum(axis=0), "W2": self.h.T @ d_actor, "w3": self.h.T @ d_critic}


def right(W1, b1, W2, w3, states, actions, rewards, base):
    returns = []
    for r in rewards[::-1]:
        returns.insert(0, r + GAMMA * (returns[0] if returns else 0))
    sailor = Sailor(W1, b1, W2, w3)
    sailor.look(states)
    return sailor.learn(actions, np.array(returns), base)


def discounted(rewards):
    out, running = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def policy(state, W1, b1, W2):
    h = np.tanh(state @ W1 + b1)
    z = h @ W2
    z = np.exp(z - z.max())
    return h, z / z.sum()


def backprop(W1, b1, W2, w3, states, actions, rewards, base):
    T = len(actions)
    returns = discounted(rewards)
    dW1, db1, dW2, dw3 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(w3)
    for t in range(T):
        h, pi = policy(states[t], W1, b1, W2)
        advantage = returns[0] - base[t]
        dlogits = pi.copy()
        dlogits[actions[t]] -= 1
        dlogits *= advantage / T
        miss = COEF / T * (h @ w3 - returns[t])
        dW2 += np.outer(h, dlogits)
        dw3 += miss * h
        da = (W2 @ dlogits + miss * w3) * (1 - h**2)
        dW1 += np.outer(states[t], da)
        db1 += da
    return dW1, db1, dW2, dw3
