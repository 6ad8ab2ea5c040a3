"""Lotka and Volterra's model by Euler's method, with the discrete adjoint.

expected kind: wrong-point or stale-value
wrong line: 50
correction 50: grad_p += h * dfdp(ys[n - 1]).T @ lam
what: the derivative by the parameters is taken at the state after the step, as in a backward Euler
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

h, steps = 0.05, 12

def rhs(y, p):
    return np.array([p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]])

def dfdy(y, p):
    return np.array([[p[0] - p[1] * y[1], -p[1] * y[0]], [p[2] * y[1], p[2] * y[0] - p[3]]])

def dfdp(y):
    return np.array([[y[0], -y[0] * y[1], 0, 0], [0, 0, y[0] * y[1], -y[1]]])

def euler(y0, p):
    ys = [y0]
    for _ in range(steps):
        ys.append(ys[-1] + h * rhs(ys[-1], p))
    return np.array(ys)

def loss(y0, p, obs):
    return 0.5 * np.sum((euler(y0, p)[1:] - obs) ** 2)


def right(y0, p, obs):
    ys = euler(y0, p)
    lam = np.zeros(2)
    grad_p = np.zeros(4)
    for n in range(steps, 0, -1):
        lam = lam + ys[n] - obs[n - 1]
        grad_p += h * dfdp(ys[n - 1]).T @ lam
        lam = lam + h * dfdy(ys[n - 1], p).T @ lam
    return lam, grad_p


def backprop(y0, p, obs):
    ys = euler(y0, p)
    lam = np.zeros(2)
    grad_p = np.zeros(4)
    for n in range(steps, 0, -1):
        lam = lam + ys[n] - obs[n - 1]
        grad_p += h * dfdp(ys[n]).T @ lam
        lam = lam + h * dfdy(ys[n - 1], p).T @ lam
    return lam, grad_p


PARAMETERS = ["y0", "p"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.8, 1.6, size=2), rng.uniform(0.6, 1.4, size=4), rng.uniform(0.5, 2, size=(steps, 2))]
