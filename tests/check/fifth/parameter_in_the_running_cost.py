"""Parameter in the running cost.

expected kind: missing-term or detached
wrong line: 57
correction 57: dp += DT * (lam @ dfdp + np.array([y, 0, 0]))
what: The running cost depends on the parameters themselves, and the gradient has only what goes through the state
source: https://github.com/SciML/SciMLSensitivity.jl/pull/285
said: the missing derivative of the running cost by the parameters is added to the integral
"""

import numpy as np

PARAMETERS = ["p", "u0"]
DT = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(0.5, 1.5, size=3), r.uniform(0.5, 1.5, size=2)


def loss(p, u0, steps=6):
    u, cost = u0, 0.0
    for _ in range(steps):
        cost = cost + DT * (u[0] ** 2 + p[0] * u[1])
        u = u + DT * np.stack([p[0] * u[0] - p[1] * u[0] * u[1], p[2] * u[0] * u[1] - u[1]])
    return cost


def right(p, u0, steps=6):
    # forward sensitivities: the columns are p and u0
    u, S, g = u0, np.hstack([np.zeros((2, 3)), np.eye(2)]), np.zeros(5)
    for _ in range(steps):
        g += DT * (np.array([2 * u[0], p[0]]) @ S + np.array([u[1], 0, 0, 0, 0]))
        J = np.array([[p[0] - p[1] * u[1], -p[1] * u[0]], [p[2] * u[1], p[2] * u[0] - 1]])
        F = np.zeros((2, 5))
        F[0, 0], F[0, 1], F[1, 2] = u[0], -u[0] * u[1], u[0] * u[1]
        u = u + DT * np.array([p[0] * u[0] - p[1] * u[0] * u[1], p[2] * u[0] * u[1] - u[1]])
        S = S + DT * (J @ S + F)
    return g[:3], g[3:]


def f(u, p):
    return np.array([p[0] * u[0] - p[1] * u[0] * u[1], p[2] * u[0] * u[1] - u[1]])


def backprop(p, u0, steps=6):
    us = [u0]
    for _ in range(steps):
        us.append(us[-1] + DT * f(us[-1], p))
    lam, dp = np.zeros(2), np.zeros(3)
    for u in reversed(us[:-1]):
        x, y = u
        dfdu = np.array([[p[0] - p[1] * y, -p[1] * x], [p[2] * y, p[2] * x - 1]])
        dfdp = np.array([[x, -x * y, 0], [0, 0, x * y]])
        dgdu = np.array([2 * x, p[0]])
        dp += DT * (lam @ dfdp)
        lam = lam + DT * (lam @ dfdu + dgdu)
    return {"p": dp, "u0": lam}
