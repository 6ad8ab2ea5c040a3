"""An actor-critic with a softmax policy.

expected kind: wrong-parameter or missing-term or wrong-point or stale-value
wrong line: 41
correction 41: grad_theta = s.T @ (dlogits * td_error[:, None])
what: the actor's score is weighted by q and not by the TD error
source: https://github.com/princewen/tensorflow_practice/issues/28
said: the code says that its actor-critic goes by the TD error, but the gradient of the actor was computed with q
"""
import numpy as np

def policy(s, theta):
    z = s @ theta
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def loss(theta, w, s, a, q, baseline):
    """The actor's and the critic's objective; q - baseline, the TD error of the rollout, is a constant of the actor's."""
    logp = np.log(policy(s, theta)[np.arange(len(a)), a])
    return -np.sum(logp * (q - baseline)) + 0.5 * np.sum((q - s @ w) ** 2)


def right(theta, w, s, a, q, baseline):
    # critic
    grad_w = -s.T @ (q - s @ w)
    # actor
    td_error = q - baseline
    onehot = np.eye(theta.shape[1])[a]
    dlogits = policy(s, theta) - onehot
    grad_theta = s.T @ (dlogits * td_error[:, None])
    return {"theta": grad_theta, "w": grad_w}


def backprop(theta, w, s, a, q, baseline):
    # critic
    grad_w = -s.T @ (q - s @ w)
    # actor
    td_error = q - baseline
    onehot = np.eye(theta.shape[1])[a]
    dlogits = policy(s, theta) - onehot
    grad_theta = s.T @ (dlogits * q[:, None])
    return {"theta": grad_theta, "w": grad_w}


PARAMETERS = ["theta", "w"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    s, w = rng.normal(size=(8, 3)), rng.normal(size=3)
    return [rng.normal(size=(3, 4)), w, s, rng.integers(4, size=8), rng.normal(size=8), s @ (w + 0.3 * rng.normal(size=3))]
