"""Lotka-Volterra by Runge and Kutta's method, its parameters by forward sensitivities.

expected kind: detached or missing-term or stale-value
wrong line: 60
correction 60: dk = Fx @ (dx + c * DT * dk) + Fp
what: the derivatives of the four stages are put together like the stages themselves, each at its own point, but none goes through the stage before it
source: https://github.com/loco-3d/crocoddyl/issues/60
said: It was proposed to do with the derivatives of the integration points just what is done with the vectors; this did not pass the comparison with numerical differences.
"""
import numpy as np

DT = 0.1
STAGES = ((0.0, 1 / 6), (0.5, 1 / 3), (0.5, 1 / 3), (1.0, 1 / 6))


def rhs(x, th):
    return np.array([th[0] * x[0] - th[1] * x[0] * x[1], th[2] * x[0] * x[1] - th[3] * x[1]])


def loss(x0, observed, theta):
    x, total = x0, 0.0
    for obs in observed:
        k1 = rhs(x, theta)
        k2 = rhs(x + DT / 2 * k1, theta)
        k3 = rhs(x + DT / 2 * k2, theta)
        k4 = rhs(x + DT * k3, theta)
        x = x + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        total += np.sum((x - obs) ** 2)
    return total


def right(x0, observed, theta):
    x, dx, grad = x0, np.zeros((2, 4)), np.zeros(4)
    for obs in observed:
        k, dk = np.zeros(2), np.zeros((2, 4))
        step, dstep = np.zeros(2), np.zeros((2, 4))
        for c, weight in STAGES:
            u, v = x + c * DT * k
            Fx = np.array([[theta[0] - theta[1] * v, -theta[1] * u], [theta[2] * v, theta[2] * u - theta[3]]])
            Fp = np.array([[u, -u * v, 0, 0], [0, 0, u * v, -v]])
            k = rhs((u, v), theta)
            dk = Fx @ (dx + c * DT * dk) + Fp
            step = step + weight * k
            dstep = dstep + weight * dk
        x, dx = x + DT * step, dx + DT * dstep
        grad += 2 * (x - obs) @ dx
    return grad


def backprop(x0, observed, theta):
    x, dx, grad = x0, np.zeros((2, 4)), np.zeros(4)
    for obs in observed:
        k, dk = np.zeros(2), np.zeros((2, 4))
        step, dstep = np.zeros(2), np.zeros((2, 4))
        for c, weight in STAGES:
            u, v = x + c * DT * k
            Fx = np.array([[theta[0] - theta[1] * v, -theta[1] * u], [theta[2] * v, theta[2] * u - theta[3]]])
            Fp = np.array([[u, -u * v, 0, 0], [0, 0, u * v, -v]])
            k = rhs((u, v), theta)
            dk = Fx @ dx + Fp
            step = step + weight * k
            dstep = dstep + weight * dk
        x, dx = x + DT * step, dx + DT * dstep
        grad += 2 * (x - obs) @ dx
    return grad


PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.uniform(0.5, 1.5, size=2), r.uniform(0.5, 1.5, size=(6, 2)), r.uniform(0.8, 1.6, size=4)]
