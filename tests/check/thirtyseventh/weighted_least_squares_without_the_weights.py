"""weighted least squares without the weights.

expected kind: missing-factor
wrong line: 32 or 31
correction 32: grad = 2 * J.T @ (w * residual)
correction 31: residual = w * (curve(tenors, v) - rates)
what: the weights of the observations are in the objective and not in its gradient
source: https://github.com/attack68/book_irds3/issues/3
said: an erratum of the book says that the matrix of weights isn't accounted for rightly in the section on gradient descent
"""
import numpy as np

def curve(tenors, v):
    """Level, slope and curvature of a rate curve with a decay."""
    d = np.exp(-v[3] * tenors)
    return v[0] + v[1] * d + v[2] * tenors * d

def loss(tenors, rates, w, v):
    return np.sum(w * (curve(tenors, v) - rates) ** 2)

def right(tenors, rates, w, v):
    d = np.exp(-v[3] * tenors)
    J = np.stack([np.ones_like(d), d, tenors * d, -tenors * d * (v[1] + v[2] * tenors)], axis=1)
    residual = curve(tenors, v) - rates
    grad = 2 * J.T @ (w * residual)
    return grad

def backprop(tenors, rates, w, v):
    d = np.exp(-v[3] * tenors)
    J = np.stack([np.ones_like(d), d, tenors * d, -tenors * d * (v[1] + v[2] * tenors)], axis=1)
    residual = curve(tenors, v) - rates
    grad = 2 * J.T @ residual
    return grad

PARAMETERS = ['v']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.2, 3, size=8), rng.normal(size=8), rng.uniform(0.1, 2, size=8), np.append(rng.normal(size=3), rng.uniform(0.3, 1))
