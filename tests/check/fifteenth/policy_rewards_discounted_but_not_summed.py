"""Policy rewards discounted but not summed.

expected kind: another-loss or missing-term
wrong line: 78
correction 78: running_add = running_add * GAMMA + r[t]
what: Each reward is discounted by its time; those that come later are not added
source: https://github.com/hunkim/ReinforcementZeroToAll/issues/1
said: the discounted reward does not sum up what comes in the future
"""

import numpy as np

PARAMETERS = ["W1", "W2"]
GAMMA = 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, states, rewards = (r.normal(size=s) for s in [(5, 4), (3, 5), (7, 4), (7,)])
    return W1, W2, states, rewards, np.array([0, 2, 1, 1, 0, 2, 2])


def loss(W1, W2, states, rewards, actions):
    T = len(rewards)
    returns = np.array([sum(GAMMA ** (k - t) * rewards[k] for k in range(t, T)) for t in range(T)])
    advantages = returns - returns.mean()
    logits = np.maximum(0, states @ W1.T) @ W2.T
    log_probs = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.sum(log_probs[np.arange(T), actions] * advantages)


class Policy:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def act(self, states):
        self.states = states
        self.hidden = np.maximum(0, states.dot(self.W1.T))
        scores = self.hidden.dot(self.W2.T)
        scores = scores - scores.max(axis=1, keepdims=True)
        self.pi = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

    def grad_log_pi(self, t, action):
        one_hot = np.zeros(self.pi.shape[1])
        one_hot[action] = 1
        dscores = one_hot - self.pi[t]
        dhidden = self.W2.T.dot(dscores)
        dhidden = dhidden * (self.hidden[t] > 0)
        return np.outer(dhidden, self.states[t]), np.outer(dscores, self.hidden[t])


def right(W1, W2, states, rewards, actions):
    policy = Policy(W1, W2)
    policy.act(states)
    T = len(rewards)
    returns = np.zeros(T)
    for t in range(T):
        G = 0.0
        pw = 0
        for reward in rewards[t:]:
            G += GAMMA**pw * reward
            pw += 1
        returns[t] = G
    baseline = returns.mean()
    dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
    for t in range(T):
        advantage = returns[t] - baseline
        g1, g2 = policy.grad_log_pi(t, actions[t])
        dW1 -= advantage * g1
        dW2 -= advantage * g2
    return dW1, dW2


def discount_rewards(r):
    discounted_r = np.zeros_like(r)
    running_add = 0
    for t in reversed(range(len(r))):
        running_add = GAMMA**t * r[t]
        discounted_r[t] = running_add
    return discounted_r


def policy_forward(x, model):
    h = np.dot(model["W1"], x)
    h[h < 0] = 0
    logits = np.dot(model["W2"], h)
    e = np.exp(logits - np.max(logits))
    return e / np.sum(e), h


def policy_backward(eph, epx, epdlogp, model):
    dW2 = np.dot(epdlogp.T, eph)
    dh = np.dot(epdlogp, model["W2"])
    dh[eph <= 0] = 0
    dW1 = np.dot(dh.T, epx)
    return {"W1": dW1, "W2": dW2}


def backprop(W1, W2, states, rewards, actions):
    model = {"W1": W1, "W2": W2}
    xs, hs, dlogps = [], [], []
    for x, action in zip(states, actions):
        aprob, h = policy_forward(x, model)
        dlogp = aprob.copy()
        dlogp[action] -= 1
        xs.append(x)
        hs.append(h)
        dlogps.append(dlogp)
    epx, eph, epdlogp = np.vstack(xs), np.vstack(hs), np.vstack(dlogps)
    discounted_epr = discount_rewards(rewards)
    discounted_epr -= np.mean(discounted_epr)
    epdlogp *= discounted_epr[:, None]
    return policy_backward(eph, epx, epdlogp, model)
