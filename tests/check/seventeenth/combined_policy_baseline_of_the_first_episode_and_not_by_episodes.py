"""Combined policy baseline of the first episode and not by episodes.

expected kind: wrong-axis or wrong-point or stale-value or wrong-mask + mean-for-sum or sum-for-mean or scale or missing-factor
wrong line: 87 and 100 or 99
correction 87: adv = R - R.mean(axis=1, keepdims=True)
correction 99: error = (x @ v - R.ravel()) / E
correction 100: dv = x.T @ error / E
what: All episodes have the baseline of the first; the gradient of the values isn't divided by their number
source: https://github.com/ServiceNow/PipelineRL/pull/54
said: only the first rollout was used to compute the mean reward
"""

import numpy as np

GAMMA = 0.9
PARAMETERS = ["W1", "W2", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=3), r.normal(size=(2, 5, 3)), np.array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]]), r.normal(size=(2, 5))


def discounted(rewards):
    n = len(rewards)
    return np.array([sum(GAMMA ** (k - t) * rewards[k] for k in range(t, n)) for t in range(n)])


def loss(W1, W2, v, states, actions, rewards):
    total = 0
    for episode in range(2):
        s = np.tanh(states[episode] @ W1) @ W2
        logp = s[np.arange(5), actions[episode]] - np.log(np.sum(np.exp(s), axis=1))
        R = discounted(rewards[episode])
        value = states[episode] @ v
        total = total - np.sum(logp * (R - np.mean(R))) + 0.5 * np.sum((R - value) ** 2)
    return total / 2


class Agent:
    def __init__(self, W1, W2, v):
        self.W1, self.W2, self.v = W1, W2, v
        self.grads = {"W1": np.zeros_like(W1), "W2": np.zeros_like(W2), "v": np.zeros_like(v)}

    def policy(self, state):
        h = np.tanh(state.dot(self.W1))
        e = np.exp(h.dot(self.W2))
        return h, e / e.sum()

    def returns(self, rewards):
        G, out = 0, []
        for r in rewards[::-1]:
            G = r + GAMMA * G
            out.insert(0, G)
        return np.array(out)

    def learn(self, states, actions, rewards, n_episodes):
        R = self.returns(rewards)
        baseline = R.mean()
        for t in range(len(states)):
            h, p = self.policy(states[t])
            advantage = R[t] - baseline
            dlog = -p
            dlog[actions[t]] += 1
            dscore = -dlog * advantage / n_episodes
            self.grads["W2"] += np.outer(h, dscore)
            dh = self.W2.dot(dscore) * (1 - h**2)
            self.grads["W1"] += np.outer(states[t], dh)
            td = states[t].dot(self.v) - R[t]
            self.grads["v"] += td * states[t] / n_episodes


def right(W1, W2, v, states, actions, rewards):
    agent = Agent(W1, W2, v)
    for s, a, r in zip(states, actions, rewards):
        agent.learn(s, a, r, len(states))
    return agent.grads


def backprop(W1, W2, v, states, actions, rewards):
    E, T, D = states.shape
    R = np.zeros((E, T))
    running = np.zeros(E)
    for t in range(T - 1, -1, -1):
        running = running * GAMMA + rewards[:, t]
        R[:, t] = running
    adv = R - R[0].mean()
    x = states.reshape(E * T, D)
    h = np.tanh(x @ W1)
    prob = np.exp(h @ W2)
    prob /= prob.sum(axis=1, keepdims=True)
    chosen = np.eye(2)[actions.ravel()]
    dlogits = (prob - chosen) * adv.reshape(-1, 1)
    dlogits /= E
    dW2 = h.T @ dlogits
    dhidden = dlogits @ W2.T
    dhidden *= 1 - h**2
    dW1 = x.T @ dhidden
    error = x @ v - R.ravel()
    dv = x.T @ error
    return dW1, dW2, dv
