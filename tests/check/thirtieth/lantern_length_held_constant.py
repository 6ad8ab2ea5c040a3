"""Lantern length held constant.

expected kind: missing-term or detached
wrong line: 81
correction 81: dz = (dunit - unit * (unit @ dunit)) / norm
what: The length that an embedding is divided by is treated as a constant
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "a", "B"]
MARGIN, EPS = 0.5, 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven lanterns with four measures, for each one that is like it and one that isn't
    A, a, B = r.normal(size=(4, 6)), 0.3 * r.normal(size=6), r.normal(size=(6, 3))
    return A, a, B, r.normal(size=(7, 4)), r.normal(size=(7, 4)), r.normal(size=(7, 4))


def loss(A, a, B, lantern, alike, unlike):
    places = []
    for x in (lantern, alike, unlike):
        z = np.maximum(x @ A + a, 0) @ B
        places.append(z / np.sqrt(np.sum(z * z, axis=1, keepdims=True) + EPS))
    near = np.sum((places[0] - places[1]) ** 2, axis=1)
    far = np.sum((places[0] - places[2]) ** 2, axis=1)
    return np.mean(np.maximum(near - far + MARGIN, 0))


def embed(x, A, a, B):
    s = x @ A + a
    h = s * (s > 0)
    z = h @ B
    length = np.sqrt((z**2).sum(axis=1, keepdims=True) + EPS)
    return z / length, {"x": x, "s": s, "h": h, "length": length}


def triplet_slopes(f):
    """f: anchors, positives and negatives below each other."""
    anchor, positive, negative = np.split(f, 3)
    gap = np.sum((anchor - positive) ** 2 - (anchor - negative) ** 2, axis=1) + MARGIN
    active = (gap > 0)[:, None] / len(gap)
    danchor = 2 * active * (negative - positive)
    dpositive = 2 * active * (positive - anchor)
    dnegative = 2 * active * (anchor - negative)
    return np.concatenate([danchor, dpositive, dnegative])


def right(A, a, B, lantern, alike, unlike):
    batch = np.concatenate([lantern, alike, unlike])
    f, cache = embed(batch, A, a, B)
    df = triplet_slopes(f)
    # through the normalisation: only what is at right angles to f
    along = np.sum(df * f, axis=1, keepdims=True)
    dz = (df - along * f) / cache["length"]
    dB = cache["h"].T @ dz
    dh = dz @ B.T
    ds = dh * (cache["s"] > 0)
    dA = cache["x"].T @ ds
    da = ds.sum(axis=0)
    return {"A": dA, "a": da, "B": dB}


class Encoder:
    def __init__(self, A, a, B):
        self.A, self.a, self.B = A, a, B
        self.gA, self.ga, self.gB = 0 * A, 0 * a, 0 * B

    def __call__(self, x):
        """Returns the place of one example and a function that takes its slope back."""
        h = np.maximum(self.A.T @ x + self.a, 0)
        z = self.B.T @ h
        norm = np.sqrt(z @ z + EPS)
        unit = z / norm

        def back(dunit):
            dz = dunit / norm
            self.gB += np.outer(h, dz)
            dh = self.B @ dz
            dh[h == 0] = 0
            self.gA += np.outer(x, dh)
            self.ga += dh

        return unit, back


def backprop(A, a, B, lantern, alike, unlike):
    encoder = Encoder(A, a, B)
    weight = 2 / len(lantern)
    for triplet in zip(lantern, alike, unlike):
        (u, back_u), (p, back_p), (n, back_n) = map(encoder, triplet)
        near, far = np.sum((u - p) ** 2), np.sum((u - n) ** 2)
        if near - far + MARGIN <= 0:
            continue
        back_u(weight * (n - p))
        back_p(weight * (p - u))
        back_n(weight * (u - n))
    return encoder.gA, encoder.ga, encoder.gB
