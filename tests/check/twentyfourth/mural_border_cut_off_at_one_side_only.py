"""Mural border cut off at one side only.

expected kind: wrong-shape
wrong line: 97
correction 97: return dpadded[:, 1:-1, 1:-1]
what: Of the gradient of the padded maps the border isn't taken off around, but twice behind, so that all is shifted by one
source: https://github.com/FluxML/NNlib.jl/issues/133
said: the gradient of a pool with padding is bad; how isn't said, the form is the author's
"""

import numpy as np

PARAMETERS = ["F", "f0", "v", "v0"]
def data(seed=0):
    r = np.random.default_rng(seed)
    F, f0 = 0.5 * r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2)
    return F, f0, r.normal(size=(2, 2, 2)), r.normal(size=1), r.normal(size=(3, 7, 7)), r.normal(size=3)


def loss(F, f0, v, v0, wall, age):
    # stride two, maps of 3 x 3; the mean of 2 x 2 after a border of noughts, every second place
    out = v0
    for m in range(2):
        z = f0[m]
        for i in range(3):
            for j in range(3):
                z = z + F[m, i, j] * wall[:, i : i + 5 : 2, j : j + 5 : 2]
        t = np.tanh(z)
        rows = (t[:, 0], t[:, 1] + t[:, 2])
        for p in range(2):
            cells = (rows[p][:, 0], rows[p][:, 1] + rows[p][:, 2])
            for q in range(2):
                out = out + v[m, p, q] * cells[q] / 4
    return 0.5 * np.mean((out - age) ** 2)


def pool_matrix():
    """Return the means of the four windows, as rows over the nine places of a map."""
    one = np.array([[1.0, 0, 0], [0, 1, 1]]) / 2
    return np.kron(one, one)


def patches(image):
    rows = []
    for top in (0, 2, 4):
        for left in (0, 2, 4):
            rows.append(image[top : top + 3, left : left + 3].reshape(-1))
    return np.stack(rows)


def right(F, f0, v, v0, wall, age):
    M = pool_matrix()
    cols = np.stack([patches(image) for image in wall])
    filters, readout = F.reshape(len(F), -1), v.reshape(len(v), -1)
    t = np.tanh(np.einsum("npk,mk->nmp", cols, filters) + f0[:, None])
    pooled = np.einsum("nmp,qp->nmq", t, M)
    predicted = np.einsum("nmq,mq->n", pooled, readout) + v0
    e = (predicted - age) / len(age)
    grads = {"v": np.einsum("n,nmq->mq", e, pooled).reshape(v.shape), "v0": np.sum(e, keepdims=True)}
    dpooled = np.einsum("n,mq->nmq", e, readout)
    dt = dpooled @ M
    dz = dt * (1 - t * t)
    grads["f0"] = np.einsum("nmp->m", dz)
    grads["F"] = np.einsum("nmp,npk->mk", dz, cols).reshape(F.shape)
    return grads


def window(p, q):
    return slice(2 * p, 2 * p + 2), slice(2 * q, 2 * q + 2)


def convolve_image(image, F, f0):
    z = np.zeros((len(F), 3, 3))
    for m in range(len(F)):
        for r in range(3):
            for s in range(3):
                z[m, r, s] = f0[m] + (F[m] * image[2 * r : 2 * r + 3, 2 * s : 2 * s + 3]).sum()
    return z


def mean_pool(t):
    padded = np.pad(t, ((0, 0), (1, 1), (1, 1)))
    pooled = np.zeros((len(t), 2, 2))
    for p in range(2):
        for q in range(2):
            rows, cols = window(p, q)
            pooled[:, p, q] = padded[:, rows, cols].mean(axis=(1, 2))
    return pooled


def mean_pool_back(dpooled, shape):
    dpadded = np.zeros((shape[0], shape[1] + 2, shape[2] + 2))
    for p in range(2):
        for q in range(2):
            rows, cols = window(p, q)
            dpadded[:, rows, cols] += dpooled[:, p, q].reshape(-1, 1, 1) / 4
    return dpadded[:, :-2, :-2]


def backprop(F, f0, v, v0, wall, age):
    dF, df0, dv, dv0 = np.zeros_like(F), np.zeros_like(f0), np.zeros_like(v), np.zeros_like(v0)
    for image, years in zip(wall, age):
        t = np.tanh(convolve_image(image, F, f0))
        pooled = mean_pool(t)
        e = ((pooled * v).sum() + v0 - years) / len(age)
        dv += e * pooled
        dv0 += e
        dt = mean_pool_back(e * v, t.shape)
        dz = dt * (1 - t**2)
        for m in range(len(F)):
            df0[m] += dz[m].sum()
            for r in range(3):
                for s in range(3):
                    dF[m] += dz[m, r, s] * image[2 * r : 2 * r + 3, 2 * s : 2 * s + 3]
    return dF, df0, dv, dv0
