"""Ode sign of the initial state.

expected kind: sign
wrong line: 87 or 88
correction 87: du0 = np.array([la, lb])
correction 88: return -du0, dp
what: The gradient of the initial state has the other sign, those of the rates are right
source: https://github.com/SciML/SciMLSensitivity.jl/issues/543
said: the gradient of the initial condition seems to have the wrong sign, and was corrected where it is used
"""

import numpy as np

PARAMETERS = ["u0", "p"]

H = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(0.5, 2, size=2), r.uniform(0.5, 1.5, size=4), r.uniform(0.5, 2, size=(6, 2))


def loss(u0, p, observed):
    """Hares and lynxes by Euler's steps, observed at all times, the first included."""
    hares, lynxes, total = u0[0], u0[1], 0.0
    for n in range(len(observed)):
        total = total + (hares - observed[n, 0]) ** 2 + (lynxes - observed[n, 1]) ** 2
        born, eaten = p[0] * hares - p[1] * hares * lynxes, p[2] * hares * lynxes - p[3] * lynxes
        hares, lynxes = hares + H * born, lynxes + H * eaten
    return total


def rhs(u, p):
    return np.array([p[0] * u[0] - p[1] * u[0] * u[1], p[2] * u[0] * u[1] - p[3] * u[1]])


def jac_u(u, p):
    return np.array([[p[0] - p[1] * u[1], -p[1] * u[0]], [p[2] * u[1], p[2] * u[0] - p[3]]])


def jac_p(u, p):
    return np.array([[u[0], -u[0] * u[1], 0.0, 0.0], [0.0, 0.0, u[0] * u[1], -u[1]]])


def solve_backward(us, p, grads):
    lam = grads[-1]
    grad_p = np.zeros_like(p)
    for n in reversed(range(len(us) - 1)):
        grad_p += H * jac_p(us[n], p).T @ lam
        lam = lam + H * jac_u(us[n], p).T @ lam
        lam = lam + grads[n]
    return lam, grad_p


def right(u0, p, observed):
    us = [u0]
    for _ in range(len(observed) - 1):
        us.append(us[-1] + H * rhs(us[-1], p))
    grads = [2 * (u - y) for u, y in zip(us, observed)]
    return solve_backward(us, p, grads)


class AdjointSensitivity:
    def __init__(self, p, steps):
        self.p, self.steps = p, steps

    def solve(self, u0):
        u = np.empty((self.steps, 2))
        u[0] = u0
        for n in range(self.steps - 1):
            a, b = u[n]
            u[n + 1, 0] = a + H * (self.p[0] * a - self.p[1] * a * b)
            u[n + 1, 1] = b + H * (self.p[2] * a * b - self.p[3] * b)
        return u

    def adjoint(self, u, dg):
        alpha, beta, delta, gamma = self.p
        la, lb = dg[-1]
        dp = np.zeros(4)
        for n in range(self.steps - 2, -1, -1):
            a, b = u[n]
            dp += H * np.array([la * a, -la * a * b, lb * a * b, -lb * b])
            la_new = la + H * (la * (alpha - beta * b) + lb * delta * b) + dg[n, 0]
            lb_new = lb + H * (lb * (delta * a - gamma) - la * beta * a) + dg[n, 1]
            la, lb = la_new, lb_new
        du0 = -np.array([la, lb])
        return du0, dp


def backprop(u0, p, observed):
    problem = AdjointSensitivity(p, len(observed))
    u = problem.solve(u0)
    dg = 2 * (u - observed)
    return problem.adjoint(u, dg)
