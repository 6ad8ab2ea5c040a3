"""ode input in the output forgotten.

expected kind: missing-term or detached
wrong line: 50 or 52
correction 50: dy_dq = s_q + inflow(t)
correction 52: dq += (y - m) * (dy_dq + inflow(t))
what: the input is measured along with the state, and its own share of the output's derivative is forgotten
source: https://github.com/kroneckerbio/kroneckerbio/issues/15
said: the sensitivities of the outputs were wrong where an input contributes to an output directly, since that share was missing
"""
import numpy as np

h = 0.1

def inflow(t):
    return np.exp(-t)

def loss(x0, measured, k, q):
    x, total = x0[0], 0.0
    for i, m in enumerate(measured):
        t = i * h
        total += 0.5 * (x + q[0] * inflow(t) - m) ** 2
        x = x + h * (-k[0] * x / (k[1] + x) + q[0] * inflow(t))
    return total

def right(x0, measured, k, q):
    x, s_k, s_q = x0[0], np.zeros(2), 0.0
    dk, dq = np.zeros(2), np.zeros(1)
    for i, m in enumerate(measured):
        t = i * h
        y = x + q[0] * inflow(t)
        dy_dk = s_k
        dy_dq = s_q + inflow(t)
        dk += (y - m) * dy_dk
        dq += (y - m) * dy_dq
        jac = -k[0] * k[1] / (k[1] + x) ** 2
        by_k = np.array([-x / (k[1] + x), k[0] * x / (k[1] + x) ** 2])
        s_k = s_k + h * (jac * s_k + by_k)
        s_q = s_q + h * (jac * s_q + inflow(t))
        x = x + h * (-k[0] * x / (k[1] + x) + q[0] * inflow(t))
    return dk, dq

def backprop(x0, measured, k, q):
    x, s_k, s_q = x0[0], np.zeros(2), 0.0
    dk, dq = np.zeros(2), np.zeros(1)
    for i, m in enumerate(measured):
        t = i * h
        y = x + q[0] * inflow(t)
        dy_dk = s_k
        dy_dq = s_q
        dk += (y - m) * dy_dk
        dq += (y - m) * dy_dq
        jac = -k[0] * k[1] / (k[1] + x) ** 2
        by_k = np.array([-x / (k[1] + x), k[0] * x / (k[1] + x) ** 2])
        s_k = s_k + h * (jac * s_k + by_k)
        s_q = s_q + h * (jac * s_q + inflow(t))
        x = x + h * (-k[0] * x / (k[1] + x) + q[0] * inflow(t))
    return dk, dq

PARAMETERS = ['k', 'q']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(1, 2, size=1), rng.uniform(0, 2, size=15), rng.uniform(0.5, 1.5, size=2), rng.uniform(0.5, 1.5, size=1)
