"""gru reset gate not on the way back.

expected kind: missing-factor
wrong line: 65
correction 65: dh_prev = dh * (1 - z) + d_gated * r + dz_raw @ p['Uz'].T + dr_raw @ p['Ur'].T
what: the candidate sees r * h, and what comes back from it to h isn't multiplied by r
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

NAMES = ['Wz', 'Uz', 'Wr', 'Ur', 'Wh', 'Uh']

def loss(xs, target, Wz, Uz, Wr, Ur, Wh, Uh):
    h = np.zeros_like(target)
    for x in xs:
        z = sigmoid(x @ Wz + h @ Uz)
        r = sigmoid(x @ Wr + h @ Ur)
        h = (1 - z) * h + z * np.tanh(x @ Wh + (r * h) @ Uh)
    return 0.5 * np.sum((h - target) ** 2)

def right(xs, target, *weights):
    p = dict(zip(NAMES, weights))
    h, caches = np.zeros_like(target), []
    for x in xs:
        z, r = sigmoid(x @ p['Wz'] + h @ p['Uz']), sigmoid(x @ p['Wr'] + h @ p['Ur'])
        cand = np.tanh(x @ p['Wh'] + (r * h) @ p['Uh'])
        caches.append((x, h, z, r, cand))
        h = (1 - z) * h + z * cand
    grads = {name: np.zeros_like(w) for name, w in p.items()}
    dh = h - target
    for x, h_prev, z, r, cand in reversed(caches):
        dc_raw = dh * z * (1 - cand ** 2)
        dz_raw = dh * (cand - h_prev) * z * (1 - z)
        d_gated = dc_raw @ p['Uh'].T
        dr_raw = d_gated * h_prev * r * (1 - r)
        for gate, d in (('z', dz_raw), ('r', dr_raw), ('h', dc_raw)):
            grads['W' + gate] += x.T @ d
            grads['U' + gate] += (r * h_prev if gate == 'h' else h_prev).T @ d
        dh_prev = dh * (1 - z) + d_gated * r + dz_raw @ p['Uz'].T + dr_raw @ p['Ur'].T
        dh = dh_prev
    return grads

def backprop(xs, target, *weights):
    p = dict(zip(NAMES, weights))
    h, caches = np.zeros_like(target), []
    for x in xs:
        z, r = sigmoid(x @ p['Wz'] + h @ p['Uz']), sigmoid(x @ p['Wr'] + h @ p['Ur'])
        cand = np.tanh(x @ p['Wh'] + (r * h) @ p['Uh'])
        caches.append((x, h, z, r, cand))
        h = (1 - z) * h + z * cand
    grads = {name: np.zeros_like(w) for name, w in p.items()}
    dh = h - target
    for x, h_prev, z, r, cand in reversed(caches):
        dc_raw = dh * z * (1 - cand ** 2)
        dz_raw = dh * (cand - h_prev) * z * (1 - z)
        d_gated = dc_raw @ p['Uh'].T
        dr_raw = d_gated * h_prev * r * (1 - r)
        for gate, d in (('z', dz_raw), ('r', dr_raw), ('h', dc_raw)):
            grads['W' + gate] += x.T @ d
            grads['U' + gate] += (r * h_prev if gate == 'h' else h_prev).T @ d
        dh_prev = dh * (1 - z) + d_gated + dz_raw @ p['Uz'].T + dr_raw @ p['Ur'].T
        dh = dh_prev
    return grads

PARAMETERS = ['Wz', 'Uz', 'Wr', 'Ur', 'Wh', 'Uh']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5, 2, 3)), rng.normal(size=(2, 4)), *(rng.normal(size=s) for s in [(3, 4), (4, 4)] * 3)]
