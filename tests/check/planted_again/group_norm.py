"""Group normalisation of a batch of images, ReLU, 1x1 convolution."""
import numpy as np

PARAMETERS = ["x", "gamma", "beta", "kernel", "bias"]
GROUPS = 2
EPS = 0.1


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, C, H, W, O = 3, 6, 4, 5, 2
    x = rng.normal(size=(N, C, H, W)) * 1.5 + rng.normal(size=(N, C, 1, 1))
    y = rng.normal(size=(N, O, H, W))
    gamma = 1 + 0.5 * rng.normal(size=C)
    beta = 0.5 * rng.normal(size=C)
    return x, y, gamma, beta, rng.normal(size=(O, C)), rng.normal(size=O)


def loss(x, y, gamma, beta, kernel, bias):
    N, C, H, W = x.shape
    g = x.reshape(N, GROUPS, -1)
    mean = np.mean(g, axis=2, keepdims=True)
    var = np.mean((g - mean) ** 2, axis=2, keepdims=True)
    xhat = ((g - mean) / np.sqrt(var + EPS)).reshape(N, C, H, W)
    z = gamma[:, None, None] * xhat + beta[:, None, None]
    r = np.maximum(z, 0)
    out = np.einsum("oc,nchw->nohw", kernel, r) + bias[:, None, None]
    return np.sum((out - y) ** 2) / (2 * N)


def group_norm_forward(x, gamma, beta):
    N = x.shape[0]
    g = x.reshape(N, GROUPS, -1)
    centered = g - g.mean(axis=2, keepdims=True)
    var = (centered**2).mean(axis=2, keepdims=True)
    istd = 1 / np.sqrt(var + EPS)
    xhat = (centered * istd).reshape(x.shape)
    z = gamma.reshape(1, -1, 1, 1) * xhat + beta.reshape(1, -1, 1, 1)
    return z, (xhat, centered, var, istd, gamma)


def group_norm_backward(dz, cache):
    xhat, centered, var, istd, gamma = cache
    M = centered.shape[2]
    dgamma = np.sum(dz * xhat, axis=(0, 2, 3))
    dbeta = np.sum(dz, axis=(0, 2, 3))
    dxhat = dz * gamma.reshape(1, -1, 1, 1)
    dg = dxhat.reshape(centered.shape)
    dvar = np.sum(dg * centered, axis=2, keepdims=True) * -0.5 * istd**3
    dcentered = dg * istd + 2 * centered * dvar / M
    dmean = -dcentered.sum(axis=2, keepdims=True)
    dx = dcentered + dmean / M
    return dx.reshape(dz.shape), dgamma, dbeta


def conv1x1_backward(dout, r, kernel):
    dkernel = np.zeros_like(kernel)
    dr = np.zeros_like(r)
    for n in range(r.shape[0]):
        for i in range(r.shape[2]):
            for j in range(r.shape[3]):
                dkernel += np.outer(dout[n, :, i, j], r[n, :, i, j])
                dr[n, :, i, j] += kernel.T @ dout[n, :, i, j]
    return dr, dkernel, dout.sum(axis=(0, 2, 3))


def backprop(x, y, gamma, beta, kernel, bias):
    z, cache = group_norm_forward(x, gamma, beta)
    r = np.maximum(z, 0)
    out = np.einsum("oc,nchw->nohw", kernel, r) + bias[:, None, None]
    dout = (out - y) / len(x)
    dr, dkernel, dbias = conv1x1_backward(dout, r, kernel)
    dz = dr * (z > 0)
    dx, dgamma, dbeta = group_norm_backward(dz, cache)
    return {"x": dx, "gamma": dgamma, "beta": dbeta, "kernel": dkernel, "bias": dbias}


MISTAKES = [
    ("dx = dcentered + dmean / M", "dx = dcentered", "missing-term or detached", "the mean held constant"),
    ("dx = dcentered + dmean / M", "dx = dcentered + dmean", "sum-for-mean", "not divided by the group's size"),
    ("dx = dcentered + dmean / M", "dx = dcentered - dmean / M", "sign", "minus twice"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = dg * istd", "missing-term or detached", "the variance held constant"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = dg * istd + centered * dvar / M", "scale or missing-factor", "2 of the square forgotten"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = dg * istd + 2 * centered * dvar", "sum-for-mean", "the variance is a mean"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = dg * istd + 2 * centered * dvar / (M - 1)", "scale or another-loss or mean-for-sum", "M - 1 as of an unbiased variance"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = (dg + 2 * centered * dvar / M) * istd", "repeated-factor", "bracket too wide"),
    ("dcentered = dg * istd + 2 * centered * dvar / M", "dcentered = dg / istd + 2 * centered * dvar / M", "wrong-point or missing-factor or wrong-activation", "divided by the inverse of the deviation"),
    ("M = centered.shape[2]", "M = dz.shape[2] * dz.shape[3]", "scale or mean-for-sum", "pixels of a channel, not of the group"),
    ("M = centered.shape[2]", "M = centered.shape[0]", "scale or wrong-axis or sum-for-mean", "the batch size, as in batch norm"),
    ("-0.5 * istd**3", "-0.5 * istd", "wrong-activation or missing-factor", "the wrong power"),
    ("-0.5 * istd**3", "-istd**2", "wrong-activation or missing-factor", "derivative with respect to the deviation"),
    ("-0.5 * istd**3", "0.5 * istd**3", "sign", "minus of the inverse forgotten"),
    ("dvar = np.sum(dg * centered, axis=2, keepdims=True)", "dvar = np.sum(dg * xhat.reshape(dg.shape), axis=2, keepdims=True)", "wrong-point or repeated-factor", "xhat for centered: istd once more"),
    ("dvar = np.sum(dg * centered, axis=2, keepdims=True)", "dvar = np.mean(dg * centered, axis=2, keepdims=True)", "mean-for-sum", "divided by M twice"),
    ("dvar = np.sum(dg * centered, axis=2, keepdims=True)", "dvar = np.sum(dg * centered, axis=(0, 2), keepdims=True)", "wrong-axis", "sum over the batch too, as in batch norm"),
    ("dvar = np.sum(dg * centered, axis=2, keepdims=True)", "dvar = np.sum(dg, axis=2, keepdims=True)", "missing-factor", "centered forgotten"),
    ("dgamma = np.sum(dz * xhat, axis=(0, 2, 3))", "dgamma = np.sum(dz * centered.reshape(dz.shape), axis=(0, 2, 3))", "wrong-point or missing-factor", "not normalised"),
    ("dgamma = np.sum(dz * xhat, axis=(0, 2, 3))", "dgamma = np.mean(dz * xhat, axis=0).sum(axis=(1, 2))", "mean-for-sum", "mean over the batch"),
    ("dxhat = dz * gamma.reshape(1, -1, 1, 1)", "dxhat = dz", "missing-factor", "gamma forgotten"),
    ("dxhat = dz * gamma.reshape(1, -1, 1, 1)", "dxhat = dz * gamma.reshape(1, -1, 1, 1) + dbeta.reshape(1, -1, 1, 1)", "repeated-term", "beta doesn't feed xhat"),
    ("dg = dxhat.reshape(centered.shape)", "dg = dxhat.transpose(0, 2, 3, 1).reshape(centered.shape)", "wrong-shape or transpose", "channels last put into groups"),
    ("dgamma = np.sum(dz * xhat, axis=(0, 2, 3))\n    dbeta = np.sum(dz, axis=(0, 2, 3))\n    dxhat = dz * gamma.reshape(1, -1, 1, 1)\n", "dxhat = dz * gamma.reshape(1, -1, 1, 1)\n    dgamma = np.sum(dxhat * xhat, axis=(0, 2, 3))\n    dbeta = np.sum(dxhat, axis=(0, 2, 3))\n", "repeated-factor", "gamma is in dgamma and dbeta"),
    ("return dx.reshape(dz.shape), dgamma, dbeta", "return dx.reshape(dz.shape), dbeta, dgamma", "wrong-parameter", "returned in the wrong order"),
    ("dz = dr * (z > 0)", "dz = dr", "missing-factor or wrong-mask", "ReLU forgotten"),
    ("dz = dr * (z > 0)", "dz = dr * (x > 0)", "wrong-mask", "mask of the input image"),
    ("dz = dr * (z > 0)", "dz = dr * (dr > 0)", "wrong-mask", "mask of the gradient"),
    ("dz = dr * (z > 0)", "dz = dr * r", "wrong-activation or wrong-mask", "ReLU's value for its derivative"),
    ("dr, dkernel, dbias = conv1x1_backward(dout, r, kernel)", "dr, dkernel, dbias = conv1x1_backward(dout, z, kernel)", "wrong-point", "before the ReLU"),
    ("dkernel += np.outer(dout[n, :, i, j], r[n, :, i, j])", "dkernel = np.outer(dout[n, :, i, j], r[n, :, i, j])", "missing-sum or missing-term", "not accumulated"),
    ("dr[n, :, i, j] += kernel.T @ dout[n, :, i, j]", "dr[n, :, i, j] += kernel.T @ dout[n, :, i, -j]", "reversed or wrong-point", "index from the wrong end"),
    ("    return dr, dkernel, dout.sum(axis=(0, 2, 3))", "    return dr, dkernel, dout.mean(axis=(0, 2, 3))", "mean-for-sum", "mean over the pixels"),
    ("dout = (out - y) / len(x)", "dout = (out - y) / y.size", "mean-for-sum", "mean over all elements"),
]
