"""REINFORCE with a linear baseline: the advantages are fixed numbers in the policy's loss, the baseline has a loss of its own.

expected kind: repeated-term or another-loss
wrong line: 44
correction 44: dw = -S.T @ (G - S @ w) / n
what: the baseline's weights also get the gradient of the policy's loss, in which the advantages are constants
source: https://github.com/batra-mlp-lab/visdial-rl/issues/13
said: The reward in the policy gradient wasn't detached, so that the network behind it got a second gradient, scaled by the log-probabilities.
"""
import numpy as np


def log_policy(S, theta):
    z = S @ theta
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def loss(S, A, G, w_now, theta, w):
    advantage = G - S @ w_now
    chosen = log_policy(S, theta)[np.arange(len(S)), A]
    return -np.mean(chosen * advantage) + 0.5 * np.mean((G - S @ w) ** 2)


def right(S, A, G, w_now, theta, w):
    n = len(S)
    logp = log_policy(S, theta)
    advantage = G - S @ w_now
    chosen = logp[np.arange(n), A]
    dz = np.exp(logp)
    dz[np.arange(n), A] -= 1
    dtheta = S.T @ (dz * advantage[:, None]) / n
    dw = -S.T @ (G - S @ w) / n
    return dtheta, dw


def backprop(S, A, G, w_now, theta, w):
    n = len(S)
    logp = log_policy(S, theta)
    advantage = G - S @ w_now
    chosen = logp[np.arange(n), A]
    dz = np.exp(logp)
    dz[np.arange(n), A] -= 1
    dtheta = S.T @ (dz * advantage[:, None]) / n
    dw = S.T @ (chosen - (G - S @ w)) / n
    return dtheta, dw


PARAMETERS = ["theta", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w = r.normal(size=3)
    return [r.normal(size=(7, 3)), r.integers(2, size=7), r.normal(size=7), w.copy(), r.normal(size=(3, 2)), w]
