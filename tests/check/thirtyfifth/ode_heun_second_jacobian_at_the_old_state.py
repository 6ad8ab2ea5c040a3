"""Heun's method for an epidemic: the adjoint of the second stage

expected kind: wrong-point or stale-value
wrong line: 61
correction 61: J2 = jac_u(predicted, th)
what: the Jacobian of the second stage is taken at the state before the step, not at the predicted one
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["th"]
h, steps = 0.25, 8
u0 = np.array([0.9, 0.1])


def f(u, th):
    return np.stack([-th[0] * u[0] * u[1], th[0] * u[0] * u[1] - th[1] * u[1]])


def jac_u(u, th):
    return np.array([[-th[0] * u[1], -th[0] * u[0]], [th[0] * u[1], th[0] * u[0] - th[1]]])


def jac_th(u):
    return np.array([[-u[0] * u[1], 0], [u[0] * u[1], -u[1]]])


def path(th):
    us = [u0]
    for n in range(steps):
        k1 = f(us[-1], th)
        us = us + [us[-1] + h / 2 * (k1 + f(us[-1] + h * k1, th))]
    return us


def loss(obs, th):
    return np.sum((np.stack(path(th)[1:])[:, 1] - obs) ** 2)


def right(obs, th):
    us, lam, grad = path(th), np.zeros(2), np.zeros(2)
    for u, u_next, o in zip(us[-2::-1], us[::-1], obs[::-1]):
        lam[1] += 2 * (u_next[1] - o)
        p = u + h * f(u, th)
        into_p = h / 2 * lam
        w = h / 2 * lam + h * jac_u(p, th).T @ into_p
        grad += into_p @ jac_th(p) + w @ jac_th(u)
        lam = lam + into_p @ jac_u(p, th) + w @ jac_u(u, th)
    return grad


def backprop(obs, th):
    us = path(th)
    lam, grad = np.zeros(2), np.zeros(2)
    for n in range(steps - 1, -1, -1):
        u = us[n]
        predicted = u + h * f(u, th)
        lam = lam + np.array([0, 2 * (us[n + 1][1] - obs[n])])
        J1 = jac_u(u, th)
        J2 = jac_u(u, th)
        l2 = h / 2 * lam
        l1 = h / 2 * lam + h * J2.T @ l2
        grad += jac_th(u).T @ l1 + jac_th(predicted).T @ l2
        lam = lam + J1.T @ l1 + J2.T @ l2
    return grad


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.05, 0.5, size=steps), rng.uniform([1.5, 0.3], [2.5, 0.8])]
