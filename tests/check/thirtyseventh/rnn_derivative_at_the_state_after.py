"""rnn derivative at the state after.

expected kind: wrong-point or stale-value
wrong line: 45
correction 45: deltas[k] = np.dot(W.T, deltas[k + 1]) * tanh_prime(states[k])
what: the error of step k is multiplied by the derivative at the state of step k + 1
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def tanh_prime(s):
    return 1 - s * s

def loss(xs, target, U, W):
    s = np.zeros((len(W), 1))
    for x in xs:
        s = np.tanh(np.dot(U, x) + np.dot(W, s))
    return 0.5 * np.sum((s - target) ** 2)

def right(xs, target, U, W):
    T = len(xs)
    states = [np.zeros((len(W), 1))]
    for x in xs:
        states.append(np.tanh(np.dot(U, x) + np.dot(W, states[-1])))
    deltas = [None] * (T + 1)
    deltas[T] = (states[T] - target) * tanh_prime(states[T])
    for k in range(T - 1, 0, -1):
        deltas[k] = np.dot(W.T, deltas[k + 1]) * tanh_prime(states[k])
    gradU = np.zeros_like(U)
    gradW = np.zeros_like(W)
    for k in range(1, T + 1):
        gradU += np.dot(deltas[k], xs[k - 1].T)
        gradW += np.dot(deltas[k], states[k - 1].T)
    return gradU, gradW

def backprop(xs, target, U, W):
    T = len(xs)
    states = [np.zeros((len(W), 1))]
    for x in xs:
        states.append(np.tanh(np.dot(U, x) + np.dot(W, states[-1])))
    deltas = [None] * (T + 1)
    deltas[T] = (states[T] - target) * tanh_prime(states[T])
    for k in range(T - 1, 0, -1):
        deltas[k] = np.dot(W.T, deltas[k + 1]) * tanh_prime(states[k + 1])
    gradU = np.zeros_like(U)
    gradW = np.zeros_like(W)
    for k in range(1, T + 1):
        gradU += np.dot(deltas[k], xs[k - 1].T)
        gradW += np.dot(deltas[k], states[k - 1].T)
    return gradU, gradW

PARAMETERS = ['U', 'W']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 3, 1)), rng.normal(size=(4, 1)), 0.7 * rng.normal(size=(4, 3)), 0.7 * rng.normal(size=(4, 4))]
