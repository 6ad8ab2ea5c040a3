"""Combined predator and prey end sign and later state.

expected kind: sign + wrong-point or stale-value
wrong line: 69 and 72
correction 69: a = zs[-1] - goal
correction 72: dparams += h * model.vjp_params(zs[k - 1], a)
what: The adjoint starts with the other sign, and the parameters are held against the state that a step has made
source: https://github.com/msurtsukov/neural-ode/pull/5
said: the sign of a(t) = dL/dz is corrected in the text; the second mistake is a usual one
"""

import numpy as np

PARAMETERS = ["params", "state0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(0.4, 1.0, 4), r.uniform(0.7, 1.5, 2), r.uniform(0.5, 2, 2)


def loss(params, state0, goal):
    x, y = state0[0], state0[1]
    for _ in range(10):
        x, y = (
            x + 0.1 * (params[0] * x - params[1] * x * y),
            y + 0.1 * (params[3] * x * y - params[2] * y),
        )
    return 0.5 * ((x - goal[0]) ** 2 + (y - goal[1]) ** 2)


def right(params, state0, goal):
    a, b, c, d = params
    s, J = state0, np.hstack([np.zeros((2, 4)), np.eye(2)])
    for _ in range(10):
        x, y = s
        F = np.array([[a - b * y, -b * x], [d * y, d * x - c]])
        P = np.array([[x, -x * y, 0, 0], [0, 0, -y, x * y]])
        J = J + 0.1 * (F @ J + np.hstack([P, np.zeros((2, 2))]))
        s = s + 0.1 * np.array([a * x - b * x * y, d * x * y - c * y])
    g = (s - goal) @ J
    return g[:4], g[4:]


class LotkaVolterra:
    def __init__(self, params):
        self.params = params

    def f(self, z):
        alpha, beta, gamma, delta = self.params
        return np.array([alpha * z[0] - beta * z[0] * z[1], delta * z[0] * z[1] - gamma * z[1]])

    def vjp_state(self, z, a):
        alpha, beta, gamma, delta = self.params
        return np.array([
            a[0] * (alpha - beta * z[1]) + a[1] * delta * z[1],
            -a[0] * beta * z[0] + a[1] * (delta * z[0] - gamma),
        ])

    def vjp_params(self, z, a):
        return np.array([a[0] * z[0], -a[0] * z[0] * z[1], -a[1] * z[1], a[1] * z[0] * z[1]])


def backprop(params, state0, goal, h=0.1, steps=10):
    model = LotkaVolterra(params)
    zs = [state0]
    for _ in range(steps):
        zs.append(zs[-1] + h * model.f(zs[-1]))
    a = goal - zs[-1]
    dparams = np.zeros(4)
    for k in range(steps, 0, -1):
        dparams += h * model.vjp_params(zs[k], a)
        a = a + h * model.vjp_state(zs[k - 1], a)
    return {"params": dparams, "state0": a}
