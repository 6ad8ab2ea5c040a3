"""ode minus of the residual missed.

expected kind: sign
wrong line: 45
correction 45: grad -= S.T @ (1.0 - u)
what: the cost has one minus the state squared, and the minus that the chain rule gives is missed
source: https://github.com/SciML/SciMLSensitivity.jl/pull/1038
said: in the tutorial on direct sensitivities a minus sign was missed when the chain rule was applied
"""
import numpy as np

dt, steps = 0.05, 20

def f(u, p):
    return np.array([p[0] * u[0] - p[1] * u[0] * u[1], -p[2] * u[1] + u[0] * u[1]])

def loss(u0, p):
    u, total = u0, 0.0
    for _ in range(steps):
        u = u + dt * f(u, p)
        total += 0.5 * np.sum((1.0 - u) ** 2)
    return total

def right(u0, p):
    """Forward sensitivities S = du/dp, carried along with the state."""
    u, S, grad = u0, np.zeros((2, 3)), np.zeros(3)
    for _ in range(steps):
        x, y = u
        fu = np.array([[p[0] - p[1] * y, -p[1] * x], [y, x - p[2]]])
        fp = np.array([[x, -x * y, 0.0], [0.0, 0.0, -y]])
        S = S + dt * (fu @ S + fp)
        u = u + dt * f(u, p)
        grad -= S.T @ (1.0 - u)
    return grad

def backprop(u0, p):
    """Forward sensitivities S = du/dp, carried along with the state."""
    u, S, grad = u0, np.zeros((2, 3)), np.zeros(3)
    for _ in range(steps):
        x, y = u
        fu = np.array([[p[0] - p[1] * y, -p[1] * x], [y, x - p[2]]])
        fp = np.array([[x, -x * y, 0.0], [0.0, 0.0, -y]])
        S = S + dt * (fu @ S + fp)
        u = u + dt * f(u, p)
        grad += S.T @ (1.0 - u)
    return grad

PARAMETERS = ['p']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.5, 2, size=2), rng.uniform(0.5, 1.5, size=3)
