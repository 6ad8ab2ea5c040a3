"""The deterministic policy gradient of one agent's actor.

expected kind: wrong-point or wrong-parameter or stale-value
wrong line: 38
correction 38: hidden, value = critic(s, action, Ks, Ka, k)
what: the critic's derivative is taken at the action of the replay buffer and not at the actor's
source: https://github.com/KornbergFresnel/ModelRepo/issues/2
said: for the gradient of an agent's actor, the Q network was fed with the actions of the replay buffer and not with what the policy network gives
"""
import numpy as np

def critic(s, a, Ks, Ka, k):
    hidden = np.tanh(s @ Ks + a @ Ka)
    return hidden, hidden @ k

def loss(A1, A2, s, replayed, Ks, Ka, k):
    """The actor's objective of DDPG: minus the mean value of what the actor would do."""
    action = np.tanh(np.tanh(s @ A1) @ A2)
    return -np.mean(critic(s, action, Ks, Ka, k)[1])


def right(A1, A2, s, replayed, Ks, Ka, k):
    h = np.tanh(s @ A1)
    action = np.tanh(h @ A2)
    hidden, value = critic(s, action, Ks, Ka, k)
    dq = -np.ones(len(s)) / len(s)
    dhidden = np.outer(dq, k) * (1 - hidden ** 2)
    daction = dhidden @ Ka.T
    dpre = daction * (1 - action ** 2)
    dA2 = h.T @ dpre
    dA1 = s.T @ (dpre @ A2.T * (1 - h ** 2))
    return dA1, dA2


def backprop(A1, A2, s, replayed, Ks, Ka, k):
    h = np.tanh(s @ A1)
    action = np.tanh(h @ A2)
    hidden, value = critic(s, replayed, Ks, Ka, k)
    dq = -np.ones(len(s)) / len(s)
    dhidden = np.outer(dq, k) * (1 - hidden ** 2)
    daction = dhidden @ Ka.T
    dpre = daction * (1 - action ** 2)
    dA2 = h.T @ dpre
    dA1 = s.T @ (dpre @ A2.T * (1 - h ** 2))
    return dA1, dA2


PARAMETERS = ["A1", "A2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(3, 4), (4, 2), (6, 3), (6, 2), (3, 5), (2, 5), (5,)]]
