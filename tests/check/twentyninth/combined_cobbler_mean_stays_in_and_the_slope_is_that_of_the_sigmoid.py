"""Combined cobbler mean stays in and the slope is that of the sigmoid.

expected kind: missing-term + wrong-activation
wrong line: 94 and 106
correction 94: straight = dhat - dhat.mean(axis=2, keepdims=True)
correction 106: dx, dscale, doffset = norm.backward(da * (1 - a * a))
what: The mean of the gradient in a group isn't taken off; the activation is tanh, and its slope that of the sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["mix", "scale", "offset", "v"]
GROUPS = 2
SMALL = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    shoes, inputs, channels, points = 5, 3, 4, 5
    mix, scale, offset = r.normal(size=(channels, inputs)), r.uniform(0.6, 1.6, size=channels), 0.5 * r.normal(size=channels)
    return mix, scale, offset, r.normal(size=channels), r.normal(size=(shoes, inputs, points)), r.integers(0, 2, size=shoes)


def loss(mix, scale, offset, v, scans, mended):
    channels, points = mix.shape[0], scans.shape[2]
    total = 0.0
    for scan, y in zip(scans, mended):
        # normalised over the channels of a group and all points
        g = np.reshape(mix @ scan, (GROUPS, channels // GROUPS * points))
        g = g - np.mean(g, axis=1, keepdims=True)
        g = g / np.sqrt(np.mean(g * g, axis=1, keepdims=True) + SMALL)
        n = np.reshape(g, (channels, points)) * scale[:, None] + offset[:, None]
        s = v @ np.mean(np.tanh(n), axis=1)
        total = total + np.log(1 + np.exp(-s)) if y else total + np.log(1 + np.exp(s))
    return total / len(mended)


def group_norm(x, scale, offset):
    """x: channels times points. Return the output and what is needed to go back."""
    C, L = x.shape
    per = C // GROUPS
    xhat, rstd = np.empty((C, L)), np.empty(GROUPS)
    for g in range(GROUPS):
        rows = slice(g * per, (g + 1) * per)
        rstd[g] = 1 / np.sqrt(np.var(x[rows]) + SMALL)
        xhat[rows] = (x[rows] - np.mean(x[rows])) * rstd[g]
    return xhat * scale[:, None] + offset[:, None], xhat, rstd


def right(mix, scale, offset, v, scans, mended):
    N, C, L = len(scans), mix.shape[0], scans.shape[2]
    per = C // GROUPS
    dmix, dscale, doffset, dv = np.zeros(mix.shape), np.zeros(C), np.zeros(C), np.zeros(C)
    for i in range(N):
        out, xhat, rstd = group_norm(mix @ scans[i], scale, offset)
        act = np.tanh(out)
        pooled = act.mean(axis=1)
        ds = (1 / (1 + np.exp(-v @ pooled)) - mended[i]) / N
        dv += ds * pooled
        dact = np.tile((ds * v / L)[:, None], (1, L))
        dout = dact * (1 - act**2)
        for c in range(C):
            dscale[c] += np.dot(dout[c], xhat[c])
            doffset[c] += np.sum(dout[c])
        dxhat = dout * scale[:, None]
        dx = np.zeros((C, L))
        for g in range(GROUPS):
            rows = slice(g * per, (g + 1) * per)
            d, h = dxhat[rows], xhat[rows]
            dx[rows] = rstd[g] * (d - d.mean() - h * (d * h).mean())
        dmix += dx @ scans[i].T
    return dmix, dscale, doffset, dv


class GroupNorm:
    def __init__(self, scale, offset):
        self.scale, self.offset = scale, offset

    def forward(self, x):
        N, C, L = x.shape
        self.shape = x.shape
        g = x.reshape(N, GROUPS, -1)
        self.std = np.sqrt(g.var(axis=2, keepdims=True) + SMALL)
        self.hat = (g - g.mean(axis=2, keepdims=True)) / self.std
        return self.hat.reshape(N, C, L) * self.scale[None, :, None] + self.offset[None, :, None]

    def backward(self, dy):
        hat = self.hat.reshape(self.shape)
        dscale = np.sum(dy * hat, axis=(0, 2))
        doffset = np.sum(dy, axis=(0, 2))
        dhat = (dy * self.scale[None, :, None]).reshape(self.hat.shape)
        straight = dhat
        along = self.hat * np.mean(dhat * self.hat, axis=2, keepdims=True)
        return ((straight - along) / self.std).reshape(self.shape), dscale, doffset


def backprop(mix, scale, offset, v, scans, mended):
    norm = GroupNorm(scale, offset)
    a = np.tanh(norm.forward(np.einsum("ci,nil->ncl", mix, scans)))
    pooled = a.mean(axis=2)
    p = 1 / (1 + np.exp(-(pooled @ v)))
    ds = (p - mended) / len(mended)
    da = ds[:, None, None] * v[None, :, None] * np.ones_like(a) / a.shape[2]
    dx, dscale, doffset = norm.backward(da * a * (1 - a))
    return {
        "mix": np.einsum("ncl,nil->ci", dx, scans),
        "scale": dscale,
        "offset": doffset,
        "v": pooled.T @ ds,
    }
