"""Arrays control gains with the other sign.

expected kind: sign
wrong line: 74 or 76
correction 74: grad_K[i, j] -= DT * before_tanh[i] * x[j]
correction 76: return {"K": -grad_K, "x0": -gamma}
given as: arrays
what: The adjoint has the other sign throughout, which is undone for the initial state and not for the gains
source: https://github.com/martinjrobins/diffsol/issues/322
said: the adjoint gradient of one parameter of a battery model has its sign flipped, while forward sensitivities agree with differences
"""

import numpy as np

PARAMETERS = ["K", "x0"]
DT = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3)), r.normal(size=3), 0.7 * r.normal(size=(3, 3)), r.normal(size=(3, 2))


def loss(K, x0, M, B):
    x, cost = x0, 0.0
    for _ in range(4):
        u = np.tanh(K @ x)
        cost = cost + DT * (np.sum(x**2) + 0.5 * np.sum(u**2))
        x = x + DT * (M @ x + B @ u)
    return cost + np.sum(x**2)


def right(K, x0, M, B):
    xs, us = [x0], []
    for k in range(4):
        us.append(np.tanh(K.dot(xs[k])))
        xs.append(xs[k] + DT * (M.dot(xs[k]) + B.dot(us[k])))
    lam = 2 * xs[-1]
    dK = np.zeros_like(K)
    while us:
        u = us.pop()
        xs.pop()
        x = xs[-1]
        du_dz = 1 - u**2
        f_u = DT * B.T.dot(lam) * du_dz
        g_u = DT * u * du_dz
        dK += np.outer(f_u + g_u, x)
        f_x = lam + DT * M.T.dot(lam) + K.T.dot(f_u)
        g_x = 2 * DT * x + K.T.dot(g_u)
        lam = f_x + g_x
    return dK, lam


def simulate(K, x0, M, B):
    path = np.empty((5, 3))
    controls = np.empty((4, 2))
    path[0] = x0
    for n in range(4):
        controls[n] = np.tanh(K @ path[n])
        path[n + 1] = path[n] + DT * (M @ path[n] + B @ controls[n])
    return path, controls


def backprop(K, x0, M, B):
    # gamma = -lambda
    path, controls = simulate(K, x0, M, B)
    gamma = -2 * path[-1]
    grad_K = np.zeros(K.shape)
    for n in (3, 2, 1, 0):
        x, u = path[n], controls[n]
        before_tanh = (B.T @ gamma - u) * (1 - u * u)
        for i in range(2):
            for j in range(3):
                grad_K[i, j] += DT * before_tanh[i] * x[j]
        gamma = gamma + DT * (M.T @ gamma + K.T @ before_tanh - 2 * x)
    return {"K": grad_K, "x0": -gamma}
