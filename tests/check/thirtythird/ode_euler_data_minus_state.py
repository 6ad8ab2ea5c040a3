"""Lotka-Volterra by Euler, observed at every step; the parameters' gradient by the adjoint.

expected kind: sign
wrong line: 49 or 55
correction 49: adj = adj + us[i + 1] - observed[i]
correction 55: return {"u0": -adj, "p": -grad}
what: what every observation adds to the adjoint is data minus state, the direction down the loss
source: https://github.com/SciML/SciMLSensitivity.jl/issues/111
said: In the manual's example of the adjoint, Lotka-Volterra with half the squares of one minus u, the derivative of the cost was given as one minus u.
"""
import numpy as np

steps, dt = 10, 0.08


def f(u, p):
    prey, pred = u
    return np.array([p[0] * prey - p[1] * prey * pred, p[2] * prey * pred - p[3] * pred])


def simulate(u0, p):
    us = [u0]
    for _ in range(steps):
        us.append(us[-1] + dt * f(us[-1], p))
    return us


def loss(observed, u0, p):
    return 0.5 * sum(np.sum((u - o) ** 2) for u, o in zip(simulate(u0, p)[1:], observed))


def right(observed, u0, p):
    us = simulate(u0, p)
    adj, grad = np.zeros(2), np.zeros(4)
    for i in range(steps - 1, -1, -1):
        adj = adj + us[i + 1] - observed[i]
        prey, pred = us[i]
        df_dp = np.array([[prey, -prey * pred, 0, 0], [0, 0, prey * pred, -pred]])
        df_du = np.array([[p[0] - p[1] * pred, -p[1] * prey], [p[2] * pred, p[2] * prey - p[3]]])
        grad += dt * df_dp.T @ adj
        adj = adj + dt * df_du.T @ adj
    return {"u0": adj, "p": grad}


def backprop(observed, u0, p):
    us = simulate(u0, p)
    adj, grad = np.zeros(2), np.zeros(4)
    for i in range(steps - 1, -1, -1):
        adj = adj + observed[i] - us[i + 1]
        prey, pred = us[i]
        df_dp = np.array([[prey, -prey * pred, 0, 0], [0, 0, prey * pred, -pred]])
        df_du = np.array([[p[0] - p[1] * pred, -p[1] * prey], [p[2] * pred, p[2] * prey - p[3]]])
        grad += dt * df_dp.T @ adj
        adj = adj + dt * df_du.T @ adj
    return {"u0": adj, "p": grad}


PARAMETERS = ["u0", "p"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [1 + r.random((steps, 2)), 0.8 + r.random(2), 0.5 + r.random(4)]
