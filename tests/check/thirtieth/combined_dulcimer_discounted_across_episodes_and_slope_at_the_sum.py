"""Combined dulcimer discounted across episodes and slope at the sum.

expected kind: wrong-axis or another-loss + wrong-point
wrong line: 105 and 115
correction 105: gains = discount(rewards, axis=1)
correction 115: dpre = dhid * (1 - self.hid**2)
what: Rewards are discounted from episode to episode instead of from step to step, and the derivative of tanh is taken at
    the sum before it
source: https://github.com/juliusfrost/dreamer-pytorch/pull/59
said: discounts ran along the axis of the batch, where they belong on that of time
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
GAMMA, BETA = 0.8, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # four tunes of four strokes on a dulcimer: what is heard, which of three strings was struck, the applause
    W1, b1, W2, b2 = r.normal(size=(3, 4)), 0.3 * r.normal(size=4), r.normal(size=(4, 3)), 0.3 * r.normal(size=3)
    return W1, b1, W2, b2, r.normal(size=(4, 4, 3)), r.integers(0, 3, size=(4, 4)), r.normal(size=(4, 4))


def loss(W1, b1, W2, b2, heard, struck, applause):
    tunes, steps = struck.shape
    gain, gains = 0.0, []
    for t in range(steps - 1, -1, -1):
        gain = applause[:, t] + GAMMA * gain
        gains.insert(0, gain)
    logits = np.tanh(heard @ W1 + b1) @ W2 + b2
    logp = logits - np.log(np.sum(np.exp(logits), axis=2, keepdims=True))
    chosen = logp[np.arange(tunes)[:, None], np.arange(steps), struck]
    entropy = -np.sum(np.exp(logp) * logp, axis=2)
    return -np.mean(np.stack(gains, axis=1) * chosen + BETA * entropy)


def policy_forward(x, model):
    h = np.tanh(x @ model["W1"] + model["b1"])
    logits = h @ model["W2"] + model["b2"]
    e = np.exp(logits - logits.max())
    return e / e.sum(), h


def discount_rewards(r):
    discounted, running_add = np.zeros(len(r)), 0
    for t in reversed(range(len(r))):
        running_add = running_add * GAMMA + r[t]
        discounted[t] = running_add
    return discounted


def policy_backward(epx, eph, epdlogit, model):
    """Backward pass for all steps of one episode."""
    dW2 = eph.T @ epdlogit
    db2 = epdlogit.sum(axis=0)
    dh = epdlogit @ model["W2"].T
    dh = dh * (1 - eph**2)
    return {"W1": epx.T @ dh, "b1": dh.sum(axis=0), "W2": dW2, "b2": db2}


def right(W1, b1, W2, b2, heard, struck, applause):
    model = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grad_buffer = {k: np.zeros_like(v) for k, v in model.items()}
    for states, actions, rewards in zip(heard, struck, applause):
        hs, dlogits = [], []
        returns = discount_rewards(rewards)
        for x, action, gain in zip(states, actions, returns):
            p, h = policy_forward(x, model)
            dlogit = gain * p
            dlogit[action] -= gain
            logp = np.log(p)
            dlogit += BETA * p * (logp - p @ logp)
            hs.append(h)
            dlogits.append(dlogit / struck.size)
        grad = policy_backward(states, np.vstack(hs), np.vstack(dlogits), model)
        for k in model:
            grad_buffer[k] += grad[k]
    return grad_buffer


def discount(x, axis):
    x = np.moveaxis(x, axis, 0)
    out = np.zeros(x.shape)
    out[-1] = x[-1]
    for k in range(len(x) - 2, -1, -1):
        out[k] = x[k] + GAMMA * out[k + 1]
    return np.moveaxis(out, 0, axis)


class Agent:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, obs):
        self.obs = obs
        self.pre = obs @ self.W1 + self.b1
        self.hid = np.tanh(self.pre)
        logits = self.hid @ self.W2 + self.b2
        self.logp = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        self.pi = np.exp(self.logp)

    def backward(self, actions, rewards):
        gains = discount(rewards, axis=0)
        # the part that the actions have, weighted by what followed
        onehot = np.eye(self.pi.shape[-1])[actions]
        dlogits = gains[..., None] * (self.pi - onehot)
        # entropy, which is to be large
        entropy = -np.sum(self.pi * self.logp, axis=-1, keepdims=True)
        dlogits = dlogits + BETA * self.pi * (self.logp + entropy)
        dlogits /= actions.size
        dW2 = np.einsum("eth,eta->ha", self.hid, dlogits)
        dhid = dlogits @ self.W2.T
        dpre = dhid * (1 - self.pre**2)
        dW1 = np.einsum("eto,eth->oh", self.obs, dpre)
        return dW1, dpre.sum(axis=(0, 1)), dW2, dlogits.sum(axis=(0, 1))


def backprop(W1, b1, W2, b2, heard, struck, applause):
    agent = Agent(W1, b1, W2, b2)
    agent.forward(heard)
    return agent.backward(struck, applause)
