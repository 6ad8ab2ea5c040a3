"""A character model of row vectors whose list of states begins with the first one.

expected kind: stale-value or wrong-point or wrong-shape
wrong line: 64
correction 64: dV += np.outer(states[t + 1], dlogits)
what: the list of the states is one longer than the sequence; for the output weights the state before the step is
    taken
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["U", "W", "V", "c"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    text = rng.integers(4, size=7)
    return text, rng.normal(size=(4, 5)), 0.6 * rng.normal(size=(5, 5)), rng.normal(size=(5, 4)), rng.normal(size=4)

def softmax(v):
    e = np.exp(v - v.max())
    return e / e.sum()

def loss(text, U, W, V, c):
    state, total = np.zeros(5), 0.0
    for now, then in zip(text[:-1], text[1:]):
        state = np.tanh(U[now] + state @ W)
        total -= np.log(softmax(state @ V + c)[then])
    return total / (len(text) - 1)

def right(text, U, W, V, c):
    T = len(text) - 1
    states, probs = [np.zeros(5)], []
    for t in range(T):
        states.append(np.tanh(U[text[t]] + states[-1] @ W))
        probs.append(softmax(states[-1] @ V + c))
    dU, dW, dV, dc = (np.zeros_like(p) for p in (U, W, V, c))
    carried = np.zeros(5)
    for t in range(T - 1, -1, -1):
        dlogits = probs[t].copy()
        dlogits[text[t + 1]] -= 1
        dlogits /= T
        dV += np.outer(states[t + 1], dlogits)
        dc += dlogits
        dstate = V @ dlogits + carried
        dpre = dstate * (1 - states[t + 1] ** 2)
        dU[text[t]] += dpre
        dW += np.outer(states[t], dpre)
        carried = W @ dpre
    return dU, dW, dV, dc

def backprop(text, U, W, V, c):
    T = len(text) - 1
    states, probs = [np.zeros(5)], []
    for t in range(T):
        states.append(np.tanh(U[text[t]] + states[-1] @ W))
        probs.append(softmax(states[-1] @ V + c))
    dU, dW, dV, dc = (np.zeros_like(p) for p in (U, W, V, c))
    carried = np.zeros(5)
    for t in range(T - 1, -1, -1):
        dlogits = probs[t].copy()
        dlogits[text[t + 1]] -= 1
        dlogits /= T
        dV += np.outer(states[t], dlogits)
        dc += dlogits
        dstate = V @ dlogits + carried
        dpre = dstate * (1 - states[t + 1] ** 2)
        dU[text[t]] += dpre
        dW += np.outer(states[t], dpre)
        carried = W @ dpre
    return dU, dW, dV, dc
