"""Broth belief about the growth forgotten.

expected kind: missing-term
wrong line: 104
correction 104: grads["growth"] = PRIOR * (growth - BELIEVED)
what: The loss depends on the growth directly too, by what is believed about it; only the way through the states is there
source: https://github.com/underworldcode/underworld3/pull/744
said: the gradient of the discrete adjoint omitted the explicit derivative of the misfit by the parameter
"""

import numpy as np

PARAMETERS = ["spread", "growth", "feed", "first"]
TURN, PRIOR, BELIEVED = 1.3, 0.6, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    # a broth in five dishes that leak into each other; it is fed in turns, and grows
    dishes, steps = 5, 5
    pauses = np.array([0.2, 0.35, 0.15, 0.4, 0.3])
    first = r.uniform(0.2, 0.9, size=dishes)
    return r.uniform(0.3, 1.2, size=1), r.uniform(0.6, 1.4, size=1), r.normal(size=dishes), first, pauses, r.normal(size=(steps, dishes))


def loss(spread, growth, feed, first, pauses, seen):
    k = first.shape[0]
    leak = np.eye(k, k=1) + np.eye(k, k=-1) - np.diag(np.array([1.0] + [2.0] * (k - 2) + [1.0]))
    u, t, total = first, 0.0, 0.5 * PRIOR * (growth[0] - BELIEVED) ** 2
    for n in range(pauses.shape[0]):
        dt = pauses[n]
        known = u + dt * (growth[0] * u * (1 - u) + np.cos(TURN * t) * feed)
        u = np.linalg.solve(np.eye(k) - dt * spread[0] * leak, known)
        t = t + dt
        total = total + 0.5 * np.sum((u - seen[n]) ** 2)
    return total


def leaks(k):
    L = -2.0 * np.eye(k)
    L[0, 0] = L[-1, -1] = -1.0
    for i in range(k - 1):
        L[i, i + 1] = L[i + 1, i] = 1.0
    return L


def grow(spread, growth, feed, first, pauses):
    L, us, clock = leaks(len(first)), [first], [0.0]
    for dt in pauses:
        u = us[-1]
        rhs = u + dt * (growth * u * (1 - u) + np.cos(TURN * clock[-1]) * feed)
        us.append(np.linalg.solve(np.eye(len(u)) - dt * spread * L, rhs))
        clock.append(clock[-1] + dt)
    return L, us, clock


def right(spread, growth, feed, first, pauses, seen):
    L, us, clock = grow(spread, growth, feed, first, pauses)
    dspread, dgrowth = np.zeros(1), PRIOR * (growth - BELIEVED)
    dfeed, mu = np.zeros_like(feed), np.zeros_like(first)
    for n in range(len(pauses) - 1, -1, -1):
        dt, u = pauses[n], us[n]
        t = clock[n]
        mu = mu + us[n + 1] - seen[n]
        lam = np.linalg.solve((np.eye(len(u)) - dt * spread * L).T, mu)
        dspread += dt * lam @ (L @ us[n + 1])
        dgrowth += dt * lam @ (u * (1 - u))
        dfeed += dt * np.cos(TURN * t) * lam
        mu = lam * (1 + dt * growth * (1 - 2 * u))
    return dspread, dgrowth, dfeed, mu


def step_of(spread, growth, feed, L, dt, t):
    """One step of the broth, as a function that returns the next state and the way back from it."""
    inverse = np.linalg.inv(np.eye(len(L)) - dt * spread[0] * L)
    rhythm = np.cos(TURN * t)

    def step(u):
        after = inverse @ (u + dt * growth * u * (1 - u) + dt * rhythm * feed)

        def back(dafter):
            dknown = inverse.T @ dafter
            return {
                "spread": np.array([dt * np.dot(dknown, L @ after)]),
                "growth": np.array([dt * np.dot(dknown, u - u**2)]),
                "feed": dt * rhythm * dknown,
                "first": dknown + dt * growth * dknown * (1 - 2 * u),
            }

        return after, back

    return step


def backprop(spread, growth, feed, first, pauses, seen):
    k = len(first)
    L = np.diag(np.ones(k - 1), 1) + np.diag(np.ones(k - 1), -1)
    L -= np.diag(L.sum(axis=1))
    u, tape = first, []
    for dt, t, reading in zip(pauses, np.cumsum(pauses) - pauses, seen):
        u, back = step_of(spread, growth, feed, L, dt, t)(u)
        tape.append((u - reading, back))
    grads = {"spread": np.zeros(1), "feed": np.zeros(k)}
    grads["growth"] = np.zeros(1)
    carried = np.zeros(k)
    while tape:
        miss, back = tape.pop()
        parts = back(carried + miss)
        carried = parts.pop("first")
        for name, part in parts.items():
            grads[name] += part
    grads["first"] = carried
    return grads
