"""What is read nowhere, what only the function around holds, what two calls share, and what order things come in."""

import numpy as np
import pytest

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

COUPLED = """
def loss(s, t, x):
    a, b = x[:, :2], x[:, 2:]
    scale = np.tanh(a @ s)
    y = b * np.exp(scale) + a @ t
    scale = np.tanh(y @ s)
    return np.sum(np.sin(a * np.exp(scale) + y @ t)) + np.sum(scale)

def coupled(a, b, s, t):
    scale = np.tanh(a @ s)
    grown = np.exp(scale)

    def back(d, dscale):
        dscale = dscale + d * b * grown
        dpre = dscale * (1 - scale**2)
        da = dpre @ s.T
        da += d @ t.T
        return da, d * grown, a.T @ dpre, a.T @ d

    return b * grown + a @ t, back

def backprop(s, t, x):
    y, back = coupled(x[:, :2], x[:, 2:], s, t)
    z, again = coupled(y, x[:, :2], s, t)
    dy, _, ds, dt = again(np.cos(z), np.ones_like(z))
    _, _, more, others = back(dy, np.zeros_like(dy))
    return ds + more, dt + others
"""

PIECES = """
def loss(w, x):
    z = np.stack([x @ w[k] for k in range(len(w))])
    return np.sum(np.sin(np.max(z, axis=0)))

def backprop(w, x):
    z = np.einsum("ni,kio->kno", x, w)
    winner = z.argmax(axis=0)
    d = np.cos(z.max(axis=0))
    dw = np.zeros_like(w)
    for k in range(len(w)):
        dz = d * (winner == k)
        dw[k] = x.T @ dz
    return dw
"""

LAYERS = """
def loss(w, v, x):
    return np.sum(np.sin(np.tanh(np.tanh(x @ w) @ v)))

class Layer:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x, self.y = x, np.tanh(x @ self.w)
        return self.y

    def backward(self, d):
        d = d * (1 - self.y**2)
        self.dw = self.x.T @ d
        return d @ self.w.T

def backprop(w, v, x):
    layers = [Layer(w), Layer(v)]
    h = x
    for layer in layers:
        h = layer.forward(h)
    d = np.cos(h)
    for layer in reversed(layers):
        d = layer.backward(d)
    return layers[0].dw, layers[1].dw
"""

WAYS = """
def loss(w, u, x, mask):
    h, g = np.zeros(3), np.zeros(3)
    for t in range(len(x)):
        h = np.where(mask[t], np.tanh(x[t] * w + h), h)
    for t in reversed(range(len(x))):
        g = np.where(mask[t], np.tanh(x[t] * u + g), g)
    return np.sum(np.sin(h)) + np.sum(np.cos(g))

def states(w, x, mask, order):
    h, kept = np.zeros(3), np.zeros((len(x) + 1, 3))
    for t in order:
        kept[t] = h
        h = np.where(mask[t], np.tanh(x[t] * w + h), h)
    return h, kept

def back(w, x, mask, kept, order, d):
    dw = np.zeros_like(w)
    for k in reversed(range(len(order))):
        t = order[k]
        m = mask[t]
        dz = d * m * (1 - np.tanh(x[t] * w + kept[t]) ** 2)
        dw += dz * x[t]
        d = dz + d * (1 - m)
    return dw

def backprop(w, u, x, mask):
    there, again = list(range(len(x))), list(range(len(x)))[::-1]
    h, kept = states(w, x, mask, there)
    g, others = states(u, x, mask, again)
    dw = back(w, x, mask.astype(int), kept, there, np.cos(h))
    du = back(u, x, mask.astype(int), others, again, -np.sin(g))
    return dw, du
"""

STEPS = """
def loss(w, b, rewards, ends, x):
    total = 0.0
    for t in range(len(x) - 1):
        q = x[t] @ w + b
        best = rewards[t] + 0.9 * np.max(x[t + 1] @ w + b) * (1 - ends[t])
        total = total + (q[t % 2] - best) ** 2
    return total / len(x)

def backprop(w, b, rewards, ends, x):
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for t, (r, end) in enumerate(zip(rewards, ends)):
        q, nxt = x[t] @ w + b, x[t + 1] @ w + b
        a, best = t % 2, nxt.argmax()
        delta = q[a] - (r + 0.9 * nxt[best] * (1 - end))
        dq, dn = np.zeros_like(q), np.zeros_like(q)
        dq[a] = 2 * delta / len(x)
        dn[best] = -0.9 * 2 * delta * (1 - end) / len(x)
        dw += np.outer(x[t], dq) + np.outer(x[t + 1], dn)
        db += dq + dn
    return dw, db
"""

HEADS = """
def loss(w, v, x):
    h = np.tanh(x @ w)
    parts = np.transpose(np.reshape(h, (3, 2, 2)), (1, 0, 2))
    return np.sum(np.sin(parts) * np.arange(12.0).reshape(2, 3, 2)) + np.sum(np.cos(h @ v))

def split(h):
    return h.reshape(3, 2, 2).transpose(1, 0, 2)

def merged(h):
    return h.transpose(1, 0, 2).reshape(3, 4)

def backprop(w, v, x):
    h = np.tanh(x @ w)
    parts, weights = split(h), np.arange(12.0).reshape(2, 3, 2)
    d = merged(np.cos(parts) * weights)
    slope = -np.sin(h @ v)
    d += slope @ v.T
    grads = {"w": x.T @ (d * (1 - h**2)), "v": h.T @ slope}
    return grads["w"], grads["v"]
"""

PAIRS = """
def loss(c, p, i, j):
    return np.sum(np.log(1 + np.exp(-(c[i] - c[j])))) + np.sum(np.sin(p[i]) * 0.5)

def backprop(c, p, i, j):
    g = -1 / (1 + np.exp(c[i] - c[j]))
    dc, dp = np.zeros_like(c), np.zeros_like(p)
    for e in range(len(i)):
        dc[i[e]] += g[e]
        dc[j[e]] -= g[e]
    np.add.at(dp, i, 0.5 * np.cos(p[i]))
    return dc, dp
"""

WEIGHTED = """
def loss(w, share, x, y):
    return np.sum(share[y] * np.sum((x @ w - y[:, None]) ** 2, axis=1)) / 2

def backprop(w, share, x, y):
    out = x @ w
    each = share[y]
    d = out - y[:, None]
    squares = np.sum(d * d, axis=1)
    dshare = np.zeros_like(share)
    np.add.at(dshare, y, squares / 2)
    d *= each[:, None]
    return x.T @ d, dshare
"""

SQUARES = """
def loss(w, b, v, c, x, y):
    return np.sum((np.tanh(np.tanh(x @ w + b) @ v + c) - y) ** 2)

def layer(w, b):
    seen = {}

    def forward(x):
        seen["x"], seen["y"] = x, np.tanh(x @ w + b)
        return seen["y"]

    def backward(dy):
        dz = dy * (1 - seen["y"] ** 2)
        dw = seen["x"].T @ dz
        db = dz.sum(axis=0)
        return dz @ w.T, dw, db

    return forward, backward

def backprop(w, b, v, c, x, y):
    hidden, hidden_back = layer(w, b)
    output, output_back = layer(v, c)
    off = 2 * (output(hidden(x)) - y)
    dh, dv, dc = output_back(off)
    _, dw, db = hidden_back(dh)
    return dw, db, dv, dc
"""

IMAGES = """
def loss(k, images):
    return np.mean([np.sum(np.sin(image * k)) for image in images])

def backprop(k, images):
    dk = np.zeros_like(k)
    for image, other in zip(images, images[::-1]):
        slope = np.cos(image * k)
        dk += slope * image
    return dk / len(images)
"""

BORDERED = """
def loss(u, x):
    padded = np.zeros((5, 6))
    padded[1:-1, 1:-1] = x * u
    return np.sum(np.sin(padded[:-1, :-1] * padded[1:, 1:]))

def backprop(u, x):
    padded = np.zeros((5, 6))
    padded[1:-1, 1:-1] = x * u
    d = np.cos(padded[:-1, :-1] * padded[1:, 1:])
    dpadded = np.zeros((5, 6))
    dpadded[:-1, :-1] += d * padded[1:, 1:]
    dpadded[1:, 1:] += d * padded[:-1, :-1]
    inner = dpadded[1:-1, 1:-1]
    return x * inner
"""

ENDS = np.array([0, 1, 1, 0])
FIRST, SECOND = np.array([0, 2, 1, 0]), np.array([1, 3, 3, 2])
MASK = np.array([[True] * 3, [False, True, True], [True, False, True], [True] * 3])
LISTED = """
def loss(w, b, v, c, x, y):
    h = np.tanh(x @ w + b)
    return np.sum((h @ v + c - y) ** 2) + 0.1 * np.sum(w ** 2) + 0.1 * np.sum(v ** 2)

def backprop(w, b, v, c, x, y):
    h = np.tanh(x @ w + b)
    d = 2 * (h @ v + c - y)
    dz = (d @ v.T) * (1 - h ** 2)
    grads = {"w": x.T @ dz, "b": dz.sum(axis=0), "v": h.T @ d, "c": d.sum(axis=0)}
    for name, value in (("w", w), ("v", v)):
        grads[name] += 0.2 * value
    return grads
"""

STAGES = """
def loss(A, y):
    for k in range(3):
        t = 0.3 * k
        one = np.tanh(A @ y + np.sin(t))
        two = np.tanh(A @ (y + 0.15 * one) + np.sin(t + 0.15))
        three = np.tanh(A @ (y + 0.15 * two) + np.sin(t + 0.15))
        y = y + 0.1 * (one + two + three)
    return np.sum(y ** 2)

def backprop(A, y):
    dA, path = np.zeros_like(A), []

    def pull(y, t, g):
        a = g * (1 - np.tanh(A @ y + np.sin(t)) ** 2)
        dA[...] += np.outer(a, y)
        return A.T @ a

    for k in range(3):
        t = 0.3 * k
        one = np.tanh(A @ y + np.sin(t))
        two = np.tanh(A @ (y + 0.15 * one) + np.sin(t + 0.15))
        three = np.tanh(A @ (y + 0.15 * two) + np.sin(t + 0.15))
        path.append((t, y, y + 0.15 * one, y + 0.15 * two))
        y = y + 0.1 * (one + two + three)
    d = 2 * y
    for t, y, middle, later in path[::-1]:
        third = pull(later, t + 0.15, 0.1 * d)
        second = pull(middle, t + 0.15, 0.1 * d + 0.15 * third)
        first = pull(y, t, 0.1 * d + 0.15 * second)
        d = d + first + second + third
    return dA, d
"""

UNITS = """
def loss(w, v, x):
    for _ in range(2):
        x = np.tanh(w @ x) * np.sin(v @ x)
    return np.sum(x)

class Unit:
    def __init__(self, w, slope):
        self.w, self.slope, self.dw = w, slope, np.zeros_like(w)

    def back(self, x, g):
        a = g * self.slope(self.w @ x)
        self.dw += np.outer(a, x)
        return self.w.T @ a

def backprop(w, v, x):
    bent, turned = Unit(w, lambda z: 1 - np.tanh(z) ** 2), Unit(v, np.cos)
    y = np.tanh(w @ x) * np.sin(v @ x)
    g = np.ones_like(x)
    for at in (y, x):
        back = bent.back(at, g * np.sin(v @ at))
        back += turned.back(at, g * np.tanh(w @ at))
        g = back
    return bent.dw, turned.dw
"""

SIGNED = """
def loss(w, x, code):
    return np.sum(np.log(1 + np.exp(-((-1.0) ** code) * (x @ w))))

def backprop(w, x, code):
    sign = (-1.0) ** code
    d = -sign / (1 + np.exp(sign * (x @ w)))
    return x.T @ d
"""

TURNED = """
def loss(k, x):
    out = np.stack([[np.sum(x[i : i + 2, j : j + 2] * k) for j in range(3)] for i in range(3)])
    return np.sum(np.sin(out))

def backprop(k, x):
    m = x.shape[0] - k.shape[0] + 1
    d = np.zeros((m, m))
    for i in range(m):
        for j in range(m):
            d[i, j] = np.cos(np.sum(x[i : i + 2, j : j + 2] * k))
    padded, turned = np.pad(d, 1), np.rot90(k, 2)
    dx = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(len(x)):
            dx[i, j] = np.sum(padded[i : i + 2, j : j + 2] * turned)
    dk = np.zeros_like(k)
    for i in range(2):
        for j in range(2):
            dk[i, j] = np.sum(d * x[i : i + m, j : j + m])
    return dk, dx
"""

BENT = """
def loss(w, v, x):
    return np.sum(np.sin((1 / (1 + np.exp(-(1 / (1 + np.exp(-x @ w))) @ v)))))

def backprop(w, v, x):
    p = 1 / (1 + np.exp(-x @ w))
    q = 1 / (1 + np.exp(-p @ v))
    dq = np.cos(q) * q * (1 - q)
    dp = (dq @ v.T) * p * (1 - p)
    return x.T @ dp, p.T @ dq
"""

STEPPED = """
def loss(w, v, x):
    h = np.zeros(3)
    for row in x:
        h = np.tanh(row @ w + h @ v)
    return np.sum(np.sin(h))

def step_back(d, before, after, row, v, grads):
    dz = d * (1 - after ** 2)
    grads["w"] += np.outer(row, dz)
    grads["v"] += np.outer(before, dz)
    return v @ dz

def backprop(w, v, x):
    states = [np.zeros(3)]
    for row in x:
        states.append(np.tanh(row @ w + states[-1] @ v))
    grads = {"w": np.zeros_like(w), "v": np.zeros_like(v)}
    carried = np.zeros(3)
    for t in range(len(x))[::-1]:
        d = carried + (np.cos(states[-1]) if t == len(x) - 1 else 0)
        carried = step_back(d, states[t], states[t + 1], x[t], v, grads)
    return grads
"""

TARGETS = """
RATE = 0.9

def loss(w, now, deeds, rewards, over, then):
    best = np.max(then, axis=1) * (1 - over)
    return np.mean((rewards + RATE * best - np.sum(deeds * (now @ w), axis=1)) ** 2)

def backprop(w, now, deeds, rewards, over, then):
    q, best = now @ w, then.max(axis=1)
    d = np.zeros_like(q)
    for i in range(len(now)):
        after = 0.0 if over[i] else best[i]
        hoped = rewards[i] + RATE * after
        d += 2 * deeds[i] * (np.arange(len(now)) == i)[:, None] * (q[i] - hoped) / len(now)
    return now.T @ d
"""

NEAR = np.exp(normal((5, 5))[0]) * (1 - np.eye(5))
NEAR = (NEAR + NEAR.T) / (NEAR + NEAR.T).sum()

MAP = """
def loss(y, near):
    apart = np.sum((y[:, None] - y[None]) ** 2, axis=2)
    close = (1 - np.eye(len(y))) / (1 + apart)
    return -np.sum(near * (-np.log(1 + apart) - np.log(np.sum(close))))

def backprop(y, near):
    close = 1 / (1 + ((y[:, None] - y) ** 2).sum(axis=2))
    np.fill_diagonal(close, 0)
    pulls = 4 * (near - close / close.sum()) * close
    return pulls.sum(axis=1)[:, None] * y - pulls @ y
"""

BLENDED = """
def loss(h, v, f):
    return np.sum(np.sin(h * (1 - f) + v) + np.cos(h * f + v))

def backprop(h, v, f):
    da, db = np.cos(h * (1 - f) + v), -np.sin(h * f + v)
    return da * (1 - f) + db * f, da + db
"""

PADDED = """
def loss(W, V, x, y, kept):
    h, total = np.zeros((5, 3)), 0.0
    for t in range(len(x)):
        h = np.tanh(x[t] + h @ W)
        total = total + np.sum(kept[:, t, None] * (h @ V - y[t]) ** 2)
    return total / np.sum(kept)

def back(d, cache, W, V):
    dW, dV, dh = np.zeros_like(W), np.zeros_like(V), 0.0
    while cache:
        h, before, m = cache.pop()
        own = d[len(cache)] * m
        dV += h.T @ own
        dz = (dh + own @ V.T) * (1 - h**2)
        dW += before.T @ dz
        dh = dz @ W.T
    return dW, dV

def backprop(W, V, x, y, kept):
    h, cache, out = np.zeros((5, 3)), [], []
    for t in range(len(x)):
        before, h = h, np.tanh(x[t] + h @ W)
        cache.append((h, before, kept[:, t, None]))
        out.append(h @ V)
    return back(2 * (np.stack(out) - y) / kept.sum(), cache, W, V)
"""

TOGETHER = np.abs(np.add(*normal((7, 7), (7, 7)))) + np.abs(np.add(*normal((7, 7), (7, 7)))).T
np.fill_diagonal(TOGETHER, 0)
TOGETHER /= TOGETHER.sum()

NEIGHBOURS = """
def loss(Y, P):
    near = 1 / (1 + np.sum((Y[:, None] - Y[None]) ** 2, axis=2)) * (1 - np.eye(len(P)))
    Q, off = near / np.sum(near), P > 0
    return np.sum(P[off] * np.log(P[off] / Q[off]))

def backprop(Y, P):
    n = len(Y)
    square = np.sum(Y ** 2, 1)
    near = 1 / (1 + square[:, None] + square[None] - 2 * Y @ Y.T)
    near[range(n), range(n)] = 0
    PQ = P - near / near.sum()
    dY = np.zeros_like(Y)
    for i in range(n):
        dY[i] = 4 * (PQ[:, i] * near[:, i]) @ (Y[i] - Y)
    return dY
"""

RAYS = """
from typing import NamedTuple

class Seen(NamedTuple):
    weights: np.ndarray
    alpha: np.ndarray
    left: np.ndarray
    sigma: np.ndarray

def loss(raw, light, apart, target):
    alpha = 1 - np.exp(-np.log(1 + np.exp(raw)) * apart)
    left, seen, covered = np.ones(len(raw)), 0.0, 0.0
    for i in range(raw.shape[1]):
        w = left * alpha[:, i]
        seen, covered = seen + w * light[:, i], covered + w
        left = left * (1 - alpha[:, i])
    return np.sum((seen - target) ** 2) + 0.3 * np.sum((1 - covered) ** 2)

def look(raw, apart):
    sigma = np.logaddexp(0, raw)
    alpha = 1 - np.exp(-sigma * apart)
    left = np.cumprod(np.concatenate([np.ones((len(alpha), 1)), 1 - alpha[:, :-1]], axis=1), axis=1)
    return Seen(left * alpha, alpha, left, sigma)

def backprop(raw, light, apart, target):
    out = look(raw, apart)
    dseen = 2 * ((out.weights * light).sum(axis=1) - target)
    dcovered = -0.6 * (1 - out.weights.sum(axis=1))
    dweights = light * dseen[:, None] + dcovered[:, None]
    each = out.weights * dweights
    behind = each[:, ::-1].cumsum(axis=1)[:, ::-1] - each
    dalpha = out.left * dweights - behind / (1 - out.alpha)
    dsigma = dalpha * apart * (1 - out.alpha)
    return dsigma * (1 - np.exp(-out.sigma))
"""

LIKELY = """
def loss(a, n, x, y):
    K = np.exp(a) * np.exp(-((x[:, None] - x[None]) ** 2)) + np.exp(n) * np.eye(len(x))
    return 0.5 * (y @ np.linalg.solve(K, y)) + 0.5 * np.linalg.slogdet(K)[1]

def backprop(a, n, x, y):
    near = np.exp(a) * np.exp(-((x[:, None] - x[None]) ** 2))
    inverse = np.linalg.inv(near + np.exp(n) * np.eye(len(x)))
    alpha = inverse @ y
    inner = 0.5 * (inverse - np.outer(alpha, alpha))
    return np.sum(inner * near), np.exp(n) * np.trace(inner)
"""

LEAKY = """
class Leaky:
    slope, scale = 0.2, 3.0

    def forward(self, z):
        self.off = z <= 0
        out = z.copy()
        out[self.off] *= self.slope
        return out * self.scale

    def backward(self, d):
        dz = d.copy()
        dz[self.off] *= self.slope
        dz *= self.scale / len(dz)
        return dz

def loss(w, x):
    z = x @ w
    return np.mean(np.sum(np.sin(3.0 * np.where(z > 0, z, 0.2 * z)), axis=1))

def backprop(w, x):
    layer = Leaky()
    return x.T @ layer.backward(np.cos(layer.forward(x @ w)))
"""

SEGMENTS = """
def loss(w, x, of):
    s = x @ w
    e = np.exp(np.where(s > 0, s, 0.2 * s))
    M = (of[None] == np.arange(3)[:, None]) * 1.0
    return np.sum(np.sin(e / (M @ e)[of]))

def grouped(index):
    def total(values):
        out = np.zeros(3)
        np.add.at(out, index, values)
        return out

    def shares(scores):
        e = np.exp(scores)
        return e / total(e)[index]

    def back(p, d):
        return p * (d - total(p * d)[index])

    return shares, back

def backprop(w, x, of):
    shares, back = grouped(of)
    s = x @ w
    p = shares(np.where(s > 0, s, 0.2 * s))
    ds = back(p, np.cos(p)) * np.where(s > 0, 1.0, 0.2)
    return x.T @ ds
"""

FILTERED = """
from dataclasses import dataclass

@dataclass(slots=True)
class Step:
    m: float
    p: float
    ahead: float
    off: float
    k: float

def loss(a, q, ys):
    m, p, total = 0.3, 1.0, 0.0
    for y in ys:
        ahead = a**2 * p + np.exp(q)
        off = y - a * m
        k = ahead / (ahead + 1)
        m, p = a * m + k * off, (1 - k) * ahead
        total = total + 0.5 * (np.log(ahead + 1) + off**2 / (ahead + 1))
    return total

def backprop(a, q, ys):
    steps, m, p = [], 0.3, 1.0
    for y in ys:
        ahead, off = a * a * p + np.exp(q), y - a * m
        steps.append(Step(m, p, ahead, off, ahead / (ahead + 1)))
        m, p = a * m + steps[-1].k * off, (1 - steps[-1].k) * ahead
    da = dq = dm = dp = 0.0
    for s in reversed(steps):
        dk = dm * s.off - dp * s.ahead
        dahead = dp * (1 - s.k) + (dk / (s.ahead + 1) + 0.5 * (1 - s.off**2 / (s.ahead + 1))) / (s.ahead + 1)
        doff = dm * s.k + s.off / (s.ahead + 1)
        da += (dm - doff) * s.m + 2 * a * dahead * s.p
        dq += dahead
        dm, dp = a * (dm - doff), a**2 * dahead
    return da, dq * np.exp(q)
"""

BLURRED = """
def blurred(x, k):
    padded, out = np.pad(x, 1), np.zeros(x.shape)
    for i in range(3):
        for j in range(3):
            out = out + k[i, j] * padded[i : i + x.shape[0], j : j + x.shape[1]]
    return out

def loss(x, k):
    return np.sum(np.sin(blurred(x, k)))

def backprop(x, k):
    return blurred(np.cos(blurred(x, k)), k[::-1, ::-1])
"""

LETS_THROUGH = """
LEAK = 0.2

def loss(w, x, mask):
    z = x @ w
    return np.sum(np.sin(np.maximum(z, LEAK * z) * mask))

def backprop(w, x, mask):
    z = x @ w
    d = np.cos(np.maximum(z, LEAK * z) * mask) * mask
    d = d * np.where(z > 0, 1, LEAK)
    return x.T @ d
"""

GIVEN = {
    COUPLED: (normal((2, 2), (2, 2), (5, 4)), (0, 1)),
    PIECES: (normal((3, 4, 2), (6, 4)), (0,)),
    LAYERS: (normal((3, 3), (3, 3), (5, 3)), (0, 1)),
    WAYS: ((*normal(3, 3, (4, 3)), MASK), (0, 1)),
    STEPS: ((*normal((3, 2), 2, 4), ENDS, *normal((5, 3))), (0, 1)),
    HEADS: (normal((5, 4), (4, 3), (3, 5)), (0, 1)),
    PAIRS: ((*normal(4, 4), FIRST, SECOND), (0, 1)),
    SQUARES: (normal((3, 4), 4, (4, 2), 2, (5, 3), (5, 2)), (0, 1, 2, 3)),
    IMAGES: (normal((3, 2), (4, 3, 2)), (0,)),
    BORDERED: (normal((3, 4), (3, 4)), (0,)),
    WEIGHTED: ((*normal((3, 3), 3, (5, 3)), np.array([0, 2, 1, 2, 0])), (0, 1)),
    LISTED: (normal((3, 4), 4, (4, 2), 2, (5, 3), (5, 2)), (0, 1, 2, 3)),
    STAGES: (normal((3, 3), 3), (0, 1)),
    UNITS: (normal((3, 3), (3, 3), 3), (0, 1)),
    SIGNED: ([*normal(3, (5, 3)), np.array([0, 1, 1, 0, 1])], 0),
    TURNED: (normal((2, 2), (4, 4)), (0, 1)),
    BENT: (normal((3, 4), (4, 4), (5, 3)), (0, 1)),
    STEPPED: (normal((2, 3), (3, 3), (4, 2)), (0, 1)),
    TARGETS: (
        (*normal((3, 2), (4, 3)), np.eye(2)[[0, 1, 1, 0]], *normal(4), np.array([0, 1, 0, 0]), *normal((4, 2))),
        0,
    ),
    MAP: ((*normal((5, 2)), NEAR), 0),
    BLURRED: (normal((4, 5), (3, 3)), 0),
    LETS_THROUGH: ((*normal((3, 4), (6, 3)), np.arange(24).reshape(6, 4) % 3 > 0), 0),
    BLENDED: (normal(4, 4, 4), (0, 1)),
    PADDED: ((*normal((3, 3), (3, 2), (4, 5, 3), (4, 5, 2)), np.tri(5, 4)[::-1]), (0, 1)),
    NEIGHBOURS: ((*normal((7, 2)), TOGETHER), 0),
    RAYS: ((*normal((3, 4), (3, 4)), np.linspace(0.3, 0.9, 12).reshape(3, 4), *normal(3)), 0),
    LIKELY: ([0.2, -0.5, *normal(5, 5)], (0, 1)),
    LEAKY: (normal((3, 4), (5, 3)), 0),
    SEGMENTS: ((*normal(3, (7, 3)), np.array([0, 1, 2, 0, 1, 1, 0])), 0),
    FILTERED: ([0.8, -0.7, np.cumsum(normal(6)[0])], (0, 1)),
}


@pytest.mark.parametrize(
    ("source", "old", "new", "kinds", "correction"),
    [
        (COUPLED, "dpre @ s.T", "dpre @ t.T", "wrong-parameter", "da = dpre @ s.T"),
        (COUPLED, "dscale * (1 - scale**2)", "dscale", "missing-factor", "dpre = dscale * (1 - scale ** 2)"),
        (COUPLED, "1 - scale**2", "1 - grown**2", "wrong-point", "dpre = dscale * (1 - scale**2)"),
        (COUPLED, "= back(dy", "= again(dy", "wrong-parameter", "_, _, more, others = back(dy, np.zeros_like(dy))"),
        (PIECES, "d * (winner == k)", "d", "missing-factor", "dz = d * (winner == k)"),
        (PIECES, "winner == k", "winner == 0", "wrong-mask", "dz = d * (winner == k)"),
        (PIECES, "winner == k", "winner != k", "wrong-mask", "dz = d * (winner == k)"),
        (PIECES, "(winner == k)", "(x @ w[k] > 0)", "wrong-mask", "dz = d * (winner == k)"),
        (PIECES, "z.argmax(axis=0)", "np.abs(z).argmax(axis=0)", "wrong-mask", "winner = z.argmax(axis=0)"),
        (LAYERS, "for layer in reversed(layers)", "for layer in layers", "reversed", "for layer in layers[::-1]:"),
        (WAYS, "+ kept[t]) ** 2", "+ kept[k]) ** 2", "wrong-point stale-value",
         "dz = d * m * (1 - np.tanh(x[t] * w + kept[t]) ** 2)"),
        (WAYS, "d = dz + d * (1 - m)", "d = dz", "missing-term", "d = dz + d * (1 - m)"),
        (STEPS, "dq[a] = 2", "dq[q.argmax()] = 2", "wrong-point", "dq[a] = 2 * delta / len(x)"),
        (STEPS, "dq[a] = 2", "dq[:] = 2", "wrong-point", "dq[a] = 2 * delta / len(x)"),
        (HEADS, "merged(np.cos(parts) * weights)", "(np.cos(parts) * weights).reshape(3, 4)", "wrong-shape transpose",
         "d = merged(np.cos(parts) * weights)"),
        (HEADS, "d += slope @ v.T", "d += np.zeros_like(d)", "detached missing-term", "d += slope @ v.T"),
        (PAIRS, "        dc[j[e]] -= g[e]\n", "", "missing-term", "dc[i[e]] += g[e]; dc[j[e]] -= g[e]"),
        (PAIRS, "    np.add.at(dp", "    p = p.copy()\n    np.add.at(p, i, -0.1 * p[i])\n    np.add.at(dp",
         "updated-parameter", None),
        (BORDERED, "dpadded[1:-1, 1:-1]", "dpadded[2:, 2:]", "wrong-shape", "inner = dpadded[1:-1, 1:-1]"),
        (LISTED, '(("w", w), ("v", v))', '(("w", w), ("b", b), ("v", v), ("c", c))', "repeated-term",
         'for name, value in (("w", w), ("v", v)):'),
        (LISTED, 'name, value in (("w", w), ("v", v)):\n        grads[name] += 0.2 * value',
         "name in grads:\n        grads[name] += 0.2 * {'w': w, 'b': b, 'v': v, 'c': c}[name]", "repeated-term",
         "for name in ('w', 'v'):"),
        (STAGES, "pull(later, t + 0.15", "pull(later, t", "wrong-point", "third = pull(later, t + 0.15, 0.1 * d)"),
        (UNITS, "back += turned", "turned", "missing-term", "back += turned.back(at, g * np.tanh(w @ at))"),
        (SIGNED, "sign = (-1.0) ** code", "sign = -1.0 ** code", "sign another-loss", "sign = (-1.0) ** code"),
        (TURNED, "np.rot90(k, 2)", "np.rot90(k)", "reversed", "padded, turned = np.pad(d, 1), np.rot90(k, 2)"),
        (TURNED, "k.shape[0] + 1", "k.shape[0]", "missing-term wrong-point", "m = x.shape[0] - k.shape[0] + 1"),
        (BENT, "* p * (1 - p)", "* q * (1 - q)", "wrong-point", "dp = (dq @ v.T) * p * (1 - p)"),
        (WEIGHTED, "each[:, None]", "share", "wrong-point wrong-axis", "d *= each[:, None]"),
        (STEPPED, "carried = step_back(", "step_back(", "missing-term detached",
         "carried = step_back(d, states[t], states[t + 1], x[t], v, grads)"),
        (TARGETS, "rewards[i] + RATE * after", "RATE * after", "missing-term another-loss",
         "hoped = RATE * after + rewards[i]"),
        (BLURRED, "k[::-1, ::-1]", "k", "reversed", "return blurred(np.cos(blurred(x, k)), k[::-1, ::-1])"),
        (LETS_THROUGH, "np.where(z > 0, 1, LEAK)", "(z > 0)", "wrong-activation", "d = d * np.where(z > 0, 1, LEAK)"),
        (MAP, " * close\n", "\n", "missing-factor", "pulls = 4 * (near - close / close.sum()) * close"),
        (BLENDED, "db * f", "db", "missing-factor", "return da * (1 - f) + db * f, da + db"),
        (PADDED, " * m\n", "\n", "missing-factor", "own = d[len(cache)] * m"),
        (NEIGHBOURS, "dY[i] = 4", "dY[i] = 2", "scale", "dY[i] = 4 * (PQ[:, i] * near[:, i]) @ (Y[i] - Y)"),
        (RAYS, " + dcovered[:, None]", "", "missing-term", "dweights = light * dseen[:, None] + dcovered[:, None]"),
        (RAYS, " - behind / (1 - out.alpha)", "", "missing-term",
         "dalpha = out.left * dweights - behind / (1 - out.alpha)"),
        (RAYS, "-out.sigma)", "-raw)", "wrong-point", "return dsigma * (1 - np.exp(-out.sigma))"),
        (LIKELY, "(inverse - np.outer(alpha, alpha))", "inverse", "missing-term",
         "inner = 0.5 * inverse - 0.5 * alpha[:, None] * alpha"),
        (LIKELY, "np.outer(alpha, alpha)", "np.outer(y, y)", "wrong-point",
         "inner = 0.5 * (inverse - np.outer(alpha, alpha))"),
        (LEAKY, "dz[self.off] *= self.slope", "dz[self.off] = 0", "missing-factor", "dz[self.off] *= self.slope"),
        (LEAKY, "dz *= self.scale /", "dz /=", "scale", "dz = d.copy() * self.scale"),
        (SEGMENTS, " * np.where(s > 0, 1.0, 0.2)", "", "missing-factor",
         "ds = back(p, np.cos(p)) * np.where(s > 0, 1, 0.2)"),
        (FILTERED, "dahead * s.p\n", "dahead * s.m\n", "wrong-point",
         "da += (dm - doff) * s.m + 2 * a * dahead * s.p"),
        (FILTERED, "dm * s.off - dp", "dm * s.off + dp", "sign", "dk = (dm * s.off) - (dp * s.ahead)"),
    ],
)  # fmt: skip
def test_the_line_is_named_and_what_belongs_there(source, old, new, kinds, correction, tmp_path):
    assert source.count(old) == 1
    arguments, argnums = GIVEN[source]
    found = diagnosed(HEAD + source.replace(old, new), arguments, argnums, tmp_path)
    assert [d.correction for d in found] == [correction], found
    assert found[0].kind in kinds.split()
    assert found[0].patch
    assert not diagnosed(HEAD + source, arguments, argnums, tmp_path)


@pytest.mark.parametrize(
    ("source", "changes", "corrections"),
    [
        (SQUARES, {"2 * (output(hidden(x)) - y)": "output(hidden(x)) - y", "dz.sum(axis=0)\n": "dz\n"},
         {"off = 2 * (output(hidden(x)) - y)", "db = dz.sum(0)"}),
        (IMAGES, {"slope * image": "slope * other", "dk / len(images)": "dk"},
         {"dk += slope * image", "slope = np.cos(image * k) / len(images)"}),
    ],
    ids=["half of a gradient, and rows not summed", "another image, and not the mean of all"],
)  # fmt: skip
def test_two_mistakes_are_named_each_by_its_line(source, changes, corrections, tmp_path):
    arguments, argnums = GIVEN[source]
    wrong = source
    for old, new in changes.items():
        assert wrong.count(old) == 1
        wrong = wrong.replace(old, new)
    found = diagnosed(HEAD + wrong, arguments, argnums, tmp_path)
    assert {d.correction for d in found} == corrections, found
    assert not diagnosed(HEAD + source, arguments, argnums, tmp_path)


def test_nothing_is_divided_by_itself(tmp_path):
    arguments, argnums = GIVEN[NEIGHBOURS]
    wrong = HEAD + NEIGHBOURS.replace("dY[i] = 4", "dY[i, :] = 2").replace("(Y[i] - Y)", "(Y - Y[i, :])")
    found = diagnosed(wrong, arguments, argnums, tmp_path)
    assert found
    assert not any("/ (1 - " in d.correction for d in found), found


def test_what_a_function_inside_another_returns_is_wrong_in_there(tmp_path):
    arguments, argnums = GIVEN[SEGMENTS]
    wrong = HEAD + SEGMENTS.replace("total(p * d)[index])", "(p * d).sum())")
    (found,) = diagnosed(wrong, arguments, argnums, tmp_path)
    assert wrong.splitlines()[found.line - 1].strip() == "return p * (d - (p * d).sum())"
