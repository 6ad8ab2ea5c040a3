"""Pendulum place moved by the old velocity.

expected kind: missing-term or stale-value
wrong line: 86
correction 86: dforce = DT * (dv + DT * dq)
what: The force goes back without what the new velocity does to the place
source: https://github.com/keenon/nimblephysics/issues/2
said: the gradients assume that the place is moved by the old velocity, and the new one is used
"""

import numpy as np

PARAMETERS = ["k", "c", "q0", "v0"]
DT = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=3), r.normal(size=3), r.normal(size=(8, 3))


def loss(k, c, q0, v0, observed):
    q, v, total = q0, v0, 0.0
    for seen in observed:
        v = v + DT * (-k * np.sin(q) - c * v)
        q = q + DT * v
        total += 0.5 * np.sum((q - seen) ** 2)
    return total * DT


class Pendulum:
    def __init__(self, k, c, q0, v0):
        self.k, self.c, self.q0, self.v0 = k, c, q0, v0

    def step(self, q, v):
        v = v - DT * (self.k * np.sin(q) + self.c * v)
        return q + DT * v, v

    def jacobian(self, q):
        dv_dq = -DT * self.k * np.cos(q)
        dv_dv = 1 - DT * self.c
        dq_dq = 1 + DT * dv_dq
        dq_dv = DT * dv_dv
        return np.array([[dq_dq, dq_dv], [dv_dq, dv_dv]])

    def sensitivity(self, q, v):
        dv_dk = -DT * np.sin(q)
        dv_dc = -DT * v
        return np.array([[DT * dv_dk, DT * dv_dc], [dv_dk, dv_dc]])


def right(k, c, q0, v0, observed):
    grads = np.zeros((4, len(k)))
    for i in range(len(k)):
        body = Pendulum(k[i], c[i], q0[i], v0[i])
        trajectory = [(body.q0, body.v0)]
        for _ in observed:
            trajectory.append(body.step(*trajectory[-1]))
        lam = np.zeros(2)
        for n in reversed(range(len(observed))):
            q, v = trajectory[n]
            lam[0] += trajectory[n + 1][0] - observed[n, i]
            grads[:2, i] += body.sensitivity(q, v).T @ lam
            lam = body.jacobian(q).T @ lam
        grads[2:, i] = lam
    grads *= DT
    return tuple(grads)


def simulate(k, c, q0, v0, steps):
    qs, vs = [q0], [v0]
    for _ in range(steps):
        force = -k * np.sin(qs[-1]) - c * vs[-1]
        vs.append(vs[-1] + DT * force)
        qs.append(qs[-1] + DT * vs[-1])
    return qs, vs


def backprop(k, c, q0, v0, observed):
    T = len(observed)
    qs, vs = simulate(k, c, q0, v0, T)
    dk, dc = np.zeros_like(k), np.zeros_like(c)
    dq, dv = np.zeros_like(q0), np.zeros_like(v0)
    for t in range(T, 0, -1):
        dq = dq + DT * (qs[t] - observed[t - 1])
        dforce = DT * dv
        dv = dv + DT * dq
        dk -= dforce * np.sin(qs[t - 1])
        dc -= dforce * vs[t - 1]
        dq = dq - dforce * k * np.cos(qs[t - 1])
        dv = dv - dforce * c
    return {"k": dk, "c": dc, "q0": dq, "v0": dv}
