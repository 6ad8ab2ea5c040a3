"""Critic advantage of the whole batch.

expected kind: wrong-point or mean-for-sum or missing-factor or wrong-axis
wrong line: 80
correction 80: dlogits *= advantages[:, None] / n
what: Each step is weighed by the mean of all advantages
source: https://github.com/PacktPublishing/Deep-Reinforcement-Learning-Hands-On/pull/9
said: the advantage was an average across the minibatch instead of one value per sample
"""

import numpy as np

GAMMA, COEF = 0.95, 0.5
PARAMETERS = ["W", "Wp", "wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    done = np.array([False, False, True, False, False, False, True])
    return r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=(7, 3)), np.array([0, 2, 1, 1, 0, 2, 2]), r.normal(size=7), done, r.normal(size=7)


def loss(W, Wp, wv, states, actions, rewards, done, old_values):
    R, running = [], 0
    for t in reversed(range(7)):
        running = rewards[t] + (0 if done[t] else GAMMA * running)
        R.insert(0, running)
    R = np.array(R)
    h = np.maximum(states @ W, 0)
    s = h @ Wp
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    actor = -np.mean(logp[np.arange(7), actions] * (R - old_values))
    return actor + COEF * np.mean((h @ wv - R) ** 2)


def right(W, Wp, wv, states, actions, rewards, done, old_values):
    grads = {"W": 0 * W, "Wp": 0 * Wp, "wv": 0 * wv}
    n, G = len(rewards), 0
    for t in reversed(range(n)):  # from the end, so that the return is at hand
        G = rewards[t] + GAMMA * G * (1 - done[t])
        pre = states[t] @ W
        h = np.where(pre > 0, pre, 0)
        e = np.exp(h @ Wp)
        pi = e / e.sum()
        g_logits = pi * 1.0
        g_logits[actions[t]] -= 1
        g_logits *= G - old_values[t]
        g_value = 2 * COEF * (h @ wv - G)
        grads["Wp"] += np.outer(h, g_logits) / n
        grads["wv"] += h * g_value / n
        g_h = Wp @ g_logits
        g_h = g_h + wv * g_value
        g_pre = np.where(pre > 0, g_h, 0)
        grads["W"] += np.outer(states[t], g_pre) / n
    return grads


def discount(rewards, done):
    out, acc = np.zeros_like(rewards), 0.0
    for t in range(len(rewards) - 1, -1, -1):
        if done[t]:
            acc = 0.0
        acc = rewards[t] + GAMMA * acc
        out[t] = acc
    return out


def backprop(W, Wp, wv, states, actions, rewards, done, old_values):
    n = len(actions)
    returns = discount(rewards, done)
    hidden = states.dot(W)
    active = hidden > 0
    hidden = hidden * active
    policy = np.exp(hidden.dot(Wp))
    policy /= policy.sum(axis=1, keepdims=True)
    values = hidden.dot(wv)
    advantages = returns - old_values
    dlogits = policy.copy()
    dlogits[np.arange(n), actions] -= 1
    dlogits *= advantages.mean() / n
    dvalues = COEF * 2 * (values - returns) / n
    dhidden = dlogits.dot(Wp.T) + np.outer(dvalues, wv)
    dW = states.T.dot(dhidden * active)
    return dW, hidden.T.dot(dlogits), hidden.T.dot(dvalues)
