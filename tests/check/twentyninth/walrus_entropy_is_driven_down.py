"""Walrus entropy is driven down.

expected kind: sign
wrong line: 101
correction 101: dlogits -= BETA * dentropy
what: The gradient of the entropy is added, though the loss has it with a minus
source: https://github.com/DLR-RM/stable-baselines3/issues/127
said: the line should be negated, as the entropy in the loss is meant to be the negative one
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
GAMMA, BETA = 0.9, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    steps, d, hidden, actions = 8, 3, 4, 3
    W1, b1, W2, b2 = r.normal(size=(d, hidden)), r.normal(size=hidden), r.normal(size=(hidden, actions)), r.normal(size=actions)
    states, taken = r.normal(size=(steps, d)), r.integers(0, actions, size=steps)
    return W1, b1, W2, b2, states, taken, r.normal(size=steps), 0.5 * r.normal(size=steps)


def loss(W1, b1, W2, b2, ice, move, fish, expected):
    logits = np.tanh(ice @ W1 + b1) @ W2 + b2
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    total, to_come = 0.0, 0.0
    for t in range(len(move) - 1, -1, -1):
        to_come = fish[t] + GAMMA * to_come
        # what is expected was computed before, and isn't a parameter
        total = total - (to_come - expected[t]) * logp[t, move[t]]
    entropy = -np.sum(np.exp(logp) * logp)
    return total - BETA * entropy


class Agent:
    def __init__(self, W1, b1, W2, b2):
        self.params = W1, b1, W2, b2
        self.log = []

    def act(self, state, action, reward):
        W1, b1, W2, b2 = self.params
        h = np.tanh(W1.T @ state + b1)
        z = W2.T @ h + b2
        z = np.exp(z - z.max())
        self.log.append((state, h, z / z.sum(), action, reward))

    def finish(self, expected):
        """Walk back through the episode, as the return is added up from its end."""
        W1, b1, W2, b2 = self.params
        grads = [np.zeros_like(m) for m in self.params]
        G = 0.0
        for t in reversed(range(len(self.log))):
            state, h, pi, action, reward = self.log[t]
            G = reward + GAMMA * G
            advantage = G - expected[t]
            d = advantage * pi
            d[action] -= advantage
            surprise = -np.log(pi)
            d += BETA * pi * (pi @ surprise - surprise)
            grads[2] += np.outer(h, d)
            grads[3] += d
            dh = (W2 @ d) * (1 - h * h)
            grads[0] += np.outer(state, dh)
            grads[1] += dh
        return grads


def right(W1, b1, W2, b2, ice, move, fish, expected):
    agent = Agent(W1, b1, W2, b2)
    for state, action, reward in zip(ice, move, fish):
        agent.act(state, action, reward)
    return agent.finish(expected)


def discount(rewards):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def policy(p, states):
    h = np.tanh(states @ p["W1"] + p["b1"])
    e = np.exp(h @ p["W2"] + p["b2"])
    return h, e / e.sum(axis=1, keepdims=True)


def backprop(W1, b1, W2, b2, ice, move, fish, expected):
    p = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    h, pi = policy(p, ice)
    advantage = discount(fish) - expected
    onehot = np.zeros_like(pi)
    onehot[np.arange(len(move)), move] = 1
    dlogits = (pi - onehot) * advantage[:, None]
    # entropy bonus
    H = -np.sum(pi * np.log(pi), axis=1, keepdims=True)
    dentropy = -pi * (np.log(pi) + H)
    dlogits += BETA * dentropy
    dh = (dlogits @ W2.T) * (1 - h**2)
    return {"W1": ice.T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ dlogits, "b2": dlogits.sum(axis=0)}
