"""Penguin bad steps are clipped like the good ones.

expected kind: wrong-mask
wrong line: 100 or 101
correction 100: inside = np.where(A > 0, ratio < 1 + CLIP, ratio > 1 - CLIP)
correction 101: dlogp = -(np.where(A > 0, ratio < 1 + CLIP, ratio > 1 - CLIP) * ratio * A)
what: Where the advantage is negative the slope ends above the clip and goes on below, as where it is positive
source: https://github.com/ray-project/ray/issues/37334
said: a user takes the minimum for wrong where advantages are negative and wants the sign taken out of it, so that a large ratio is clipped there too
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2"]
GAMMA, LAMBDA, CLIP, BETA = 0.9, 0.8, 0.2, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    walks, steps, senses, hidden, ways = 4, 6, 3, 4, 3
    # what penguins saw, where they went, how likely that was to them, the fish they found, what they had hoped for
    W1, b1, W2 = r.normal(size=(senses, hidden)), 0.3 * r.normal(size=hidden), r.normal(size=(hidden, ways))
    seen, went = r.normal(size=(walks, steps, senses)), r.integers(0, ways, size=(walks, steps))
    return W1, b1, W2, seen, went, np.log(r.uniform(0.1, 0.9, size=(walks, steps))), r.normal(size=(walks, steps)), r.normal(size=(walks, steps + 1))


def loss(W1, b1, W2, seen, went, old, fish, hoped):
    s = np.tanh(seen @ W1 + b1) @ W2
    logp = s - np.log(np.sum(np.exp(s), axis=2, keepdims=True))
    total = 0.0
    for n, t in np.ndindex(went.shape):
        surprise = fish[n] + GAMMA * hoped[n, 1:] - hoped[n, :-1]
        advantage = sum((GAMMA * LAMBDA) ** (k - t) * surprise[k] for k in range(t, len(surprise)))
        ratio = np.exp(logp[n, t, went[n, t]] - old[n, t])
        total = total - np.minimum(ratio * advantage, np.clip(ratio, 1 - CLIP, 1 + CLIP) * advantage)
        total = total + BETA * np.sum(np.exp(logp[n, t]) * logp[n, t])
    return total / went.size


class PPOAgent:
    def __init__(self, W1, b1, W2):
        self.theta = [W1, b1, W2]
        self.grad = [np.zeros(w.shape) for w in self.theta]

    def act(self, state):
        W1, b1, W2 = self.theta
        self.state, self.h = state, np.tanh(state @ W1 + b1)
        e = np.exp(self.h @ W2)
        return e / np.sum(e)

    def compute_advantage(self, rewards, values):
        td = [r + GAMMA * values[t + 1] - values[t] for t, r in enumerate(rewards)]
        decay = GAMMA * LAMBDA
        return [sum(decay ** (k - t) * td[k] for k in range(t, len(td))) for t in range(len(td))]

    def learn(self, probs, dscore):
        dz = (self.theta[2] @ dscore) * (1 - self.h**2)
        for g, step in zip(self.grad, (np.outer(self.state, dz), dz, np.outer(self.h, dscore))):
            g += step

    def update(self, states, actions, old, rewards, values):
        for s, a, logp_old, adv in zip(states, actions, old, self.compute_advantage(rewards, values)):
            probs = self.act(s)
            ratio = probs[a] / np.exp(logp_old)
            clipped = min(max(ratio, 1 - CLIP), 1 + CLIP)
            dscore = np.zeros(len(probs))
            if ratio * adv <= clipped * adv:
                dscore += adv * ratio * probs
                dscore[a] -= adv * ratio
            entropy = -np.sum(probs * np.log(probs))
            dscore += BETA * probs * (np.log(probs) + entropy)
            self.learn(probs, dscore)


def right(W1, b1, W2, seen, went, old, fish, hoped):
    agent = PPOAgent(W1, b1, W2)
    for walk in zip(seen, went, old, fish, hoped):
        agent.update(*walk)
    return tuple(g / went.size for g in agent.grad)


def advantages(fish, hoped):
    delta = fish + GAMMA * hoped[:, 1:] - hoped[:, :-1]
    out, running = np.zeros_like(delta), 0.0
    for t in reversed(range(delta.shape[1])):
        running = delta[:, t] + GAMMA * LAMBDA * running
        out[:, t] = running
    return out


def backprop(W1, b1, W2, seen, went, old, fish, hoped):
    A = advantages(fish, hoped).ravel()
    x, actions = seen.reshape(-1, seen.shape[2]), went.ravel()
    h = np.tanh(x @ W1 + b1)
    p = np.exp(h @ W2)
    p = p / p.sum(axis=1, keepdims=True)
    logp = np.log(p)
    ratio = np.exp(logp[np.arange(len(x)), actions] - old.ravel())
    # beyond the clip nothing is to be gained, so there is no slope
    inside = ratio < 1 + CLIP
    dlogp = -(inside * ratio * A)
    dscore = dlogp[:, None] * (np.eye(p.shape[1])[actions] - p)
    dscore += BETA * p * (logp - np.sum(p * logp, axis=1, keepdims=True))
    dscore /= len(x)
    dz = dscore @ W2.T * (1 - h**2)
    return {"W1": x.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ dscore}
