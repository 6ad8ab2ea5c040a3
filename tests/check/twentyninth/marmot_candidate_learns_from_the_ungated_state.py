"""Marmot candidate learns from the ungated state.

expected kind: missing-factor
wrong line: 115
correction 115: dR[2] += np.matmul((r * prev).T, dn_pre)
what: The reset gate isn't in the gradient of the recurrent weights of the candidate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "R", "b", "h0", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, steps, burrows = 2, 3, 5, 4
    # update gate, reset gate, candidate
    K, R, b = r.normal(size=(3, d, H)), 0.8 * r.normal(size=(3, H, H)), 0.3 * r.normal(size=(3, H))
    awake = r.integers(0, 2, size=(steps, burrows))
    return K, R, b, 0.7 * r.normal(size=H), r.normal(size=H), r.normal(size=(steps, burrows, d)), awake


def loss(K, R, b, h0, w, weather, awake):
    steps, burrows = awake.shape
    h = np.ones((burrows, 1)) * h0
    total = 0.0
    for t in range(steps):
        z = 1 / (1 + np.exp(-(weather[t] @ K[0] + h @ R[0] + b[0])))
        r = 1 / (1 + np.exp(-(weather[t] @ K[1] + h @ R[1] + b[1])))
        n = np.tanh(weather[t] @ K[2] + (r * h) @ R[2] + b[2])
        h = z * h + (1 - z) * n
        s = h @ w
        total = total + np.sum(np.log(1 + np.exp(s)) - awake[t] * s)
    return total / burrows


def sleeper(K, R, b):
    """Return a step of the recurrence for one burrow: its new state, and how to go back."""

    def step(x, h):
        z = 1 / (1 + np.exp(-(x @ K[0] + h @ R[0] + b[0])))
        r = 1 / (1 + np.exp(-(x @ K[1] + h @ R[1] + b[1])))
        n = np.tanh(x @ K[2] + (r * h) @ R[2] + b[2])

        def back(d, add):
            to_n = d * (1 - z) * (1 - n * n)
            to_z = d * (h - n) * z * (1 - z)
            gated = R[2] @ to_n
            to_r = gated * h * r * (1 - r)
            for k, (delta, seen) in enumerate(((to_z, h), (to_r, h), (to_n, r * h))):
                add[0][k] += np.outer(x, delta)
                add[1][k] += np.outer(seen, delta)
                add[2][k] += delta
            return d * z + gated * r + R[0] @ to_z + R[1] @ to_r

        return n + z * (h - n), back

    return step


def right(K, R, b, h0, w, weather, awake):
    steps, burrows = awake.shape
    add = np.zeros_like(K), np.zeros_like(R), np.zeros_like(b)
    dh0, dw = np.zeros_like(h0), np.zeros_like(w)
    step = sleeper(K, R, b)
    for m in range(burrows):
        h, path = h0, []
        for t in range(steps):
            h, back = step(weather[t, m], h)
            path.append((h, back))
        d = np.zeros_like(h0)
        for t in reversed(range(steps)):
            h, back = path[t]
            miss = (1 / (1 + np.exp(-h @ w)) - awake[t, m]) / burrows
            dw += miss * h
            d = back(d + miss * w, add)
        dh0 += d
    return (*add, dh0, dw)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def gru_forward(params, weather):
    K, R, b, h0, w = params
    h = np.tile(h0, (weather.shape[1], 1))
    cache = []
    for x in weather:
        prev = h
        z = logistic(np.matmul(x, K[0]) + np.matmul(prev, R[0]) + b[0])
        r = logistic(np.matmul(x, K[1]) + np.matmul(prev, R[1]) + b[1])
        n = np.tanh(np.matmul(x, K[2]) + np.matmul(r * prev, R[2]) + b[2])
        h = z * prev + (1 - z) * n
        cache.append((x, prev, z, r, n, h))
    return cache


def backprop(K, R, b, h0, w, weather, awake):
    burrows = awake.shape[1]
    cache = gru_forward((K, R, b, h0, w), weather)
    dK, dR, db, dw = np.zeros(K.shape), np.zeros(R.shape), np.zeros(b.shape), np.zeros(w.shape)
    dh_next = np.zeros((burrows, len(h0)))
    for t in range(len(cache) - 1, -1, -1):
        x, prev, z, r, n, h = cache[t]
        ds = (logistic(np.matmul(h, w)) - awake[t]) / burrows
        dw += np.matmul(h.T, ds)
        dh = np.outer(ds, w) + dh_next
        # candidate
        dn = dh * (1 - z)
        dn_pre = dn * (1 - n**2)
        dK[2] += np.matmul(x.T, dn_pre)
        dR[2] += np.matmul(prev.T, dn_pre)
        db[2] += np.sum(dn_pre, axis=0)
        drh = np.matmul(dn_pre, R[2].T)
        # reset gate
        dr_pre = drh * prev * r * (1 - r)
        dK[1] += np.matmul(x.T, dr_pre)
        dR[1] += np.matmul(prev.T, dr_pre)
        db[1] += np.sum(dr_pre, axis=0)
        # update gate
        dz_pre = dh * (prev - n) * z * (1 - z)
        dK[0] += np.matmul(x.T, dz_pre)
        dR[0] += np.matmul(prev.T, dz_pre)
        db[0] += np.sum(dz_pre, axis=0)
        dh_next = dh * z + drh * r + np.matmul(dr_pre, R[1].T) + np.matmul(dz_pre, R[0].T)
    return dK, dR, db, np.sum(dh_next, axis=0), dw
