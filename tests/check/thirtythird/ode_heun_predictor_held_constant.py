"""A damped pendulum by Heun, the loss at the end; the adjoint of the discrete steps.

expected kind: missing-term or detached
wrong line: 64
correction 64: d1 = h / 2 * lam + h * dmid
what: the second slope is taken at a point that itself depends on the first slope; that path is left out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

n, h = 12, 0.1


def slope(u, k):
    angle, speed = u
    return np.array([speed, -k[0] * speed - k[1] * np.sin(angle)])


def jacobians(u, k):
    angle, speed = u
    return np.array([[0.0, 1.0], [-k[1] * np.cos(angle), -k[0]]]), np.array([[0.0, 0.0], [-speed, -np.sin(angle)]])


def loss(u0, goal, k):
    u = u0
    for _ in range(n):
        k1 = slope(u, k)
        k2 = slope(u + h * k1, k)
        u = u + h / 2 * (k1 + k2)
    return np.sum((u - goal) ** 2)


def right(u0, goal, k):
    path = [u0]
    for _ in range(n):
        u = path[-1]
        k1 = slope(u, k)
        path.append(u + h / 2 * (k1 + slope(u + h * k1, k)))
    lam, dk = 2 * (path[-1] - goal), np.zeros(2)
    for u in path[-2::-1]:
        Ju, Jk = jacobians(u, k)
        Pu, Pk = jacobians(u + h * slope(u, k), k)
        d2 = h / 2 * lam
        dmid = Pu.T @ d2
        d1 = h / 2 * lam + h * dmid
        dk += Pk.T @ d2 + Jk.T @ d1
        lam = lam + dmid + Ju.T @ d1
    return lam, dk


def backprop(u0, goal, k):
    path = [u0]
    for _ in range(n):
        u = path[-1]
        k1 = slope(u, k)
        path.append(u + h / 2 * (k1 + slope(u + h * k1, k)))
    lam, dk = 2 * (path[-1] - goal), np.zeros(2)
    for u in path[-2::-1]:
        Ju, Jk = jacobians(u, k)
        Pu, Pk = jacobians(u + h * slope(u, k), k)
        d2 = h / 2 * lam
        dmid = Pu.T @ d2
        d1 = h / 2 * lam
        dk += Pk.T @ d2 + Jk.T @ d1
        lam = lam + dmid + Ju.T @ d1
    return lam, dk


PARAMETERS = ["u0", "k"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [1 + 0.5 * r.random(2), r.normal(size=2), np.array([0.3, 2.0]) + r.random(2)]
