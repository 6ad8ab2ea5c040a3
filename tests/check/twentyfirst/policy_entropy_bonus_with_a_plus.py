"""Policy entropy bonus with a plus.

expected kind: sign
wrong line: 68 or 67
correction 67: d_entropy = pi * (log_pi + H)
correction 68: dz = (d_policy - BETA * d_entropy) / len(actions)
what: The loss has minus the entropy, its gradient is added
source: https://github.com/openai/universe-starter-agent/pull/110
said: proposes to add the entropy to the loss with a plus (it belongs there with a minus)
"""

import numpy as np

PARAMETERS = ["theta", "bias"]
BETA = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    actions = np.array([0, 2, 1, 3, 2])
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(5, 3)), actions, 1 + r.normal(size=5), 0.8


def loss(theta, bias, states, actions, returns, baseline):
    logits = states @ theta + bias
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    chosen = np.sum(np.eye(4)[actions] * logp, axis=1)
    return -np.mean(chosen * (returns - baseline)) - BETA * np.mean(entropy)


def policy(theta, bias, state):
    scores = [sum(theta[i][a] * state[i] for i in range(3)) + bias[a] for a in range(4)]
    exps = [np.exp(s) for s in scores]
    return [e / sum(exps) for e in exps]


def right(theta, bias, states, actions, returns, baseline):
    grad_theta = [[0.0] * 4 for _ in range(3)]
    grad_bias = [0.0] * 4
    T = len(states)
    for t in range(T):
        probs = policy(theta, bias, states[t])
        mean_log = sum(p * np.log(p) for p in probs)
        G = returns[t] - baseline
        for a in range(4):
            grad_log = (1.0 if a == actions[t] else 0.0) - probs[a]
            bonus = probs[a] * (np.log(probs[a]) - mean_log)
            step = (BETA * bonus - grad_log * G) / T
            grad_bias[a] += step
            for i in range(3):
                grad_theta[i][a] += step * states[t][i]
    return np.array(grad_theta), np.array(grad_bias)


def backprop(theta, bias, states, actions, returns, baseline):
    z = states.dot(theta) + bias
    z -= z.max(axis=1, keepdims=True)
    pi = np.exp(z)
    pi /= pi.sum(axis=1, keepdims=True)
    log_pi = np.log(pi)
    adv = (returns - baseline)[:, None]
    taken = np.zeros_like(pi)
    taken[np.arange(len(actions)), actions] = 1
    H = -(pi * log_pi).sum(axis=1, keepdims=True)
    d_policy = (pi - taken) * adv
    d_entropy = -pi * (log_pi + H)
    dz = (d_policy + BETA * d_entropy) / len(actions)
    return states.T.dot(dz), dz.sum(axis=0)
