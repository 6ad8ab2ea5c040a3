"""Yarn misses enter the adjoint with the other sign.

expected kind: sign
wrong line: 101
correction 101: lam = lam + (xs[n] - seen[n - 1])
what: The derivative of the loss enters the adjoint of the places with the wrong sign
source: https://github.com/SciML/DiffEqDocs.jl/pull/172
said: the documented adjoint equation had the derivative of the cost with a sign that didn't fit that of the adjoint in the integral for the parameters
"""

import numpy as np

PARAMETERS = ["start", "speed", "stiff"]
DT, REST, DRAG = 0.15, 0.8, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # five knots of a yarn: where they lie, how they move, how stiff it is between them; where they are seen later
    start = np.stack([np.arange(5.0), np.zeros(5)], axis=1) + 0.25 * r.normal(size=(5, 2))
    return start, 0.5 * r.normal(size=(5, 2)), r.uniform(1, 3, size=4), r.normal(size=(6, 5, 2))


def loss(start, speed, stiff, seen):
    x, v = start, speed
    total = 0.0
    for places in seen:
        d = x[1:] - x[:-1]
        length = np.sqrt(np.sum(d**2, axis=1, keepdims=True))
        pull = stiff[:, None] * (length - REST) * d / length
        force = np.concatenate([pull, np.zeros((1, 2))]) - np.concatenate([np.zeros((1, 2)), pull])
        v = (1 - DRAG * DT) * v + DT * force
        x = x + DT * v
        total = total + 0.5 * np.sum((x - places) ** 2)
    return total


def springs(x, stiff):
    d = x[1:] - x[:-1]
    length = np.linalg.norm(d, axis=1)
    unit = d / length[:, None]
    pull = (stiff * (length - REST))[:, None] * unit
    return np.pad(pull, ((0, 1), (0, 0))) - np.pad(pull, ((1, 0), (0, 0))), (length, unit)


def springs_back(dforce, stiff, saved):
    length, unit = saved
    dpull = dforce[:-1] - dforce[1:]
    along = np.sum(dpull * unit, axis=1)
    dstiff = (length - REST) * along
    dlength = stiff * along
    dunit = (stiff * (length - REST))[:, None] * dpull
    turned = dunit - unit * np.sum(unit * dunit, axis=1, keepdims=True)
    dd = dlength[:, None] * unit + turned / length[:, None]
    return np.pad(dd, ((1, 0), (0, 0))) - np.pad(dd, ((0, 1), (0, 0))), dstiff


def right(start, speed, stiff, seen):
    x, v, tape = start, speed, []
    for places in seen:
        force, saved = springs(x, stiff)
        v = (1 - DRAG * DT) * v + DT * force
        x = x + DT * v
        tape.append((x - places, saved))
    dx, dv, dstiff = np.zeros_like(x), np.zeros_like(v), np.zeros_like(stiff)
    for miss, saved in reversed(tape):
        dx = dx + miss
        dv = dv + DT * dx
        through, dk = springs_back(DT * dv, stiff, saved)
        dstiff += dk
        dx = dx + through
        dv = (1 - DRAG * DT) * dv
    return {"start": dx, "speed": dv, "stiff": dstiff}


def force_jacobian(a, b, k):
    """Pull on a towards b, its derivative by b (by a it is the negative), and by k."""
    d = b - a
    length = np.sqrt(d @ d)
    u = d / length
    J = k * ((1 - REST / length) * np.eye(2) + REST / length * np.outer(u, u))
    return k * (length - REST) * u, J, (length - REST) * u


def simulate(start, speed, stiff, steps):
    xs, v = [start], speed
    for _ in range(steps):
        v = (1 - DRAG * DT) * v
        for s, k in enumerate(stiff):
            pull = force_jacobian(xs[-1][s], xs[-1][s + 1], k)[0]
            v[s] += DT * pull
            v[s + 1] -= DT * pull
        xs.append(xs[-1] + DT * v)
    return xs


def backprop(start, speed, stiff, seen):
    xs = simulate(start, speed, stiff, len(seen))
    lam, mu, g_stiff = np.zeros(start.shape), np.zeros(start.shape), np.zeros(len(stiff))
    for n in range(len(seen), 0, -1):
        lam = lam - (xs[n] - seen[n - 1])
        mu = mu + DT * lam
        before = lam.copy()
        for s, k in enumerate(stiff):
            _, J, by_k = force_jacobian(xs[n - 1][s], xs[n - 1][s + 1], k)
            w = DT * (mu[s] - mu[s + 1])
            g_stiff[s] += by_k @ w
            before[s + 1] += J.T @ w
            before[s] -= J.T @ w
        lam, mu = before, (1 - DRAG * DT) * mu
    return lam, mu, g_stiff
