"""Policy returns in the order of the way back.

expected kind: reversed or another-loss or wrong-point
wrong line: 92 or 93
correction 92: rtgs.insert(0, later)
correction 93: return rtgs[::-1]
what: The returns stay in the order in which they were summed, from the last step to the first
source: https://github.com/ericyangyu/PPO-for-Beginners/pull/15
said: turning only one of the two orders round matches the returns with the wrong states and actions, said the author to the proposal
"""

import numpy as np

PARAMETERS = ["W1", "W2"]
GAMMA = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, states, rewards = (r.normal(size=s) for s in [(5, 3), 5, (7, 3), 7])
    return W1, W2, states, np.array([1, 0, 0, 1, 1, 0, 1]), rewards, np.array([0, 0, 1, 0, 0, 0, 1])


def discounted(rewards, done):
    values, running = np.zeros(len(rewards)), 0
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + GAMMA * running * (1 - done[t])
        values[t] = running
    return values


def loss(W1, W2, states, actions, rewards, done):
    logp = np.maximum(0, states @ W1.T) @ W2
    log_likelihood = actions * logp - np.log(1 + np.exp(logp))
    return -np.sum(log_likelihood * discounted(rewards, done))


def discount_rewards(r, done):
    discounted_r = np.zeros_like(r)
    running_add = 0
    for t in reversed(range(0, r.size)):
        if done[t]:
            running_add = 0
        running_add = running_add * GAMMA + r[t]
        discounted_r[t] = running_add
    return discounted_r


def policy_forward(model, x):
    h = np.dot(model["W1"], x)
    h[h < 0] = 0
    logp = np.dot(model["W2"], h)
    return 1.0 / (1.0 + np.exp(-logp)), h


def policy_backward(model, epx, eph, epdlogp):
    dW2 = np.dot(eph.T, epdlogp).ravel()
    dh = np.outer(epdlogp, model["W2"])
    dh[eph <= 0] = 0
    dW1 = np.dot(dh.T, epx)
    return {"W1": dW1, "W2": dW2}


def right(W1, W2, states, actions, rewards, done):
    model = {"W1": W1, "W2": W2}
    hs, dlogps = [], []
    for x, y in zip(states, actions):
        aprob, h = policy_forward(model, x)
        hs.append(h)
        dlogps.append(y - aprob)
    epdlogp = np.vstack(dlogps)
    epdlogp *= discount_rewards(rewards, done)[:, None]
    grad = policy_backward(model, states, np.vstack(hs), epdlogp)
    return {k: -v for k, v in grad.items()}


class Agent:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2
        self.gradients = [np.zeros_like(W1), np.zeros_like(W2)]
        self.memory = []

    def remember(self, *transition):
        self.memory.append(transition)

    def compute_rtgs(self):
        rtgs, later = [], 0
        for _, _, reward, over in reversed(self.memory):
            if over:
                later = 0
            later = reward + GAMMA * later
            rtgs.append(later)
        return rtgs

    def learn(self):
        rtgs = self.compute_rtgs()
        for (state, action, _, _), G in zip(self.memory, rtgs):
            z = self.W1 @ state
            h = np.where(z > 0, z, 0)
            up = 1 / (1 + np.exp(-(self.W2 @ h)))
            d = (up - action) * G
            self.gradients[1] += d * h
            self.gradients[0] += np.outer(d * self.W2 * (z > 0), state)


def backprop(W1, W2, states, actions, rewards, done):
    agent = Agent(W1, W2)
    for transition in zip(states, actions, rewards, done):
        agent.remember(*transition)
    agent.learn()
    return agent.gradients
