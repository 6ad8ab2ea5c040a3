"""RK4 for the oscillator of van der Pol: the adjoint of the third stage

expected kind: scale
wrong line: 67
correction 67: a3, g3 = vjp(u + h / 2 * k2, p, h / 3 * lam + h * a4)
what: the last stage is at u + h k3; its adjoint goes into the third with h/2, as those of the other stages do
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["u0", "p"]
h, N = 0.2, 6


def rhs(u, p):
    return np.stack([u[1], p[0] * (1 - u[0] ** 2) * u[1] - p[1] * u[0]])


def stages(u, p):
    k1 = rhs(u, p)
    k2 = rhs(u + h / 2 * k1, p)
    k3 = rhs(u + h / 2 * k2, p)
    k4 = rhs(u + h * k3, p)
    return k1, k2, k3, k4


def loss(target, u0, p):
    u = u0
    for _ in range(N):
        k1, k2, k3, k4 = stages(u, p)
        u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return 0.5 * np.sum((u - target) ** 2)


def vjp(u, p, w):
    du = np.array([w[1] * (-2 * p[0] * u[0] * u[1] - p[1]), w[0] + w[1] * p[0] * (1 - u[0] ** 2)])
    return du, w[1] * np.array([(1 - u[0] ** 2) * u[1], -u[0]])


def right(target, u0, p):
    path = [u0]
    for _ in range(N):
        k1, k2, k3, k4 = stages(path[-1], p)
        path.append(path[-1] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    lam, gp = path[-1] - target, np.zeros(2)
    for u in path[-2::-1]:
        k1, k2, k3, k4 = stages(u, p)
        a4, g4 = vjp(u + h * k3, p, h / 6 * lam)
        a3, g3 = vjp(u + h / 2 * k2, p, h / 3 * lam + h * a4)
        a2, g2 = vjp(u + h / 2 * k1, p, h / 3 * lam + h / 2 * a3)
        a1, g1 = vjp(u, p, h / 6 * lam + h / 2 * a2)
        gp += g1 + g2 + g3 + g4
        lam = lam + a1 + a2 + a3 + a4
    return lam, gp


def backprop(target, u0, p):
    path = [u0]
    for _ in range(N):
        k1, k2, k3, k4 = stages(path[-1], p)
        path.append(path[-1] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    lam, gp = path[-1] - target, np.zeros(2)
    for u in path[-2::-1]:
        k1, k2, k3, k4 = stages(u, p)
        a4, g4 = vjp(u + h * k3, p, h / 6 * lam)
        a3, g3 = vjp(u + h / 2 * k2, p, h / 3 * lam + h / 2 * a4)
        a2, g2 = vjp(u + h / 2 * k1, p, h / 3 * lam + h / 2 * a3)
        a1, g1 = vjp(u, p, h / 6 * lam + h / 2 * a2)
        gp += g1 + g2 + g3 + g4
        lam = lam + a1 + a2 + a3 + a4
    return lam, gp


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=2), rng.uniform(0.5, 1.5, size=2), rng.uniform(0.6, 1.4, size=2)]
