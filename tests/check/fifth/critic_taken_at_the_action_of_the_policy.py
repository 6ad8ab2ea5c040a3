"""Critic taken at the action of the policy.

expected kind: wrong-point or stale-value
wrong line: 54 or 55
correction 54: act = a
correction 55: return critic.gradients(s, a, td)
what: The gradient of the critic is taken at the action that the policy would choose, its error at the one that was
    done
source: https://github.com/KornbergFresnel/ModelRepo/issues/1
said: the code uses the policy's action of the state where it should use the action that was taken
"""

import numpy as np

PARAMETERS = ["Ws", "Wa", "q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 5)), r.normal(size=(2, 5)), r.normal(size=5), r.normal(size=(3, 2)),
        r.normal(size=(6, 3)), r.normal(size=(6, 2)), r.normal(size=6),
    )


def loss(Ws, Wa, q, policy, s, a, target):
    value = np.tanh(s @ Ws + a @ Wa) @ q
    return np.mean((value - target) ** 2)


def right(Ws, Wa, q, policy, s, a, target):
    h = np.tanh(s @ Ws + a @ Wa)
    d = 2 * (h @ q - target) / len(s)
    g = np.outer(d, q) * (1 - h**2)
    return s.T @ g, a.T @ g, d @ h


class Critic:
    def __init__(self, Ws, Wa, q):
        self.Ws, self.Wa, self.q = Ws, Wa, q

    def __call__(self, s, a):
        return np.tanh(s @ self.Ws + a @ self.Wa)

    def gradients(self, s, a, td):
        h = self(s, a)
        dh = td[:, None] * self.q * (1 - h**2)
        return {"Ws": s.T @ dh, "Wa": a.T @ dh, "q": h.T @ td}


def backprop(Ws, Wa, q, policy, s, a, target):
    critic = Critic(Ws, Wa, q)
    td = 2 * (critic(s, a) @ q - target) / len(s)
    act = np.tanh(s @ policy)
    return critic.gradients(s, act, td)
