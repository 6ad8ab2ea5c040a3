"""A pre-norm feed-forward block: x + W2 gelu(W1 LN(x) + b1) + b2, after an embedding."""
import numpy as np

PARAMETERS = ["E", "gamma", "beta", "W1", "b1", "W2", "b2"]
EPS = 1e-5
C = np.sqrt(2 / np.pi)


def data(seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 5))
    E = rng.normal(size=(3, 5))
    gamma, beta = 1 + 0.3 * rng.normal(size=5), 0.3 * rng.normal(size=5)
    W1, b1 = rng.normal(size=(5, 6)), rng.normal(size=6)
    W2, b2 = rng.normal(size=(6, 5)), rng.normal(size=5)
    return x, y, E, gamma, beta, W1, b1, W2, b2


def loss(x, y, E, gamma, beta, W1, b1, W2, b2):
    h = x @ E
    mu = np.mean(h, axis=-1, keepdims=True)
    var = np.mean((h - mu) ** 2, axis=-1, keepdims=True)
    n = gamma * (h - mu) / np.sqrt(var + EPS) + beta
    u = n @ W1 + b1
    g = 0.5 * u * (1 + np.tanh(C * (u + 0.044715 * u**3)))
    out = h + g @ W2 + b2
    return np.sum((out - y) ** 2) / (2 * x.shape[0] * x.shape[1])


def layernorm_forward(h, gamma, beta):
    mu = h.mean(axis=-1, keepdims=True)
    xc = h - mu
    var = (xc**2).mean(axis=-1, keepdims=True)
    inv_std = 1.0 / np.sqrt(var + EPS)
    xhat = xc * inv_std
    return gamma * xhat + beta, (xhat, xc, inv_std, gamma)


def layernorm_backward(dout, cache):
    xhat, xc, inv_std, gamma = cache
    D = xhat.shape[-1]
    dgamma = (dout * xhat).sum(axis=(0, 1))
    dbeta = dout.sum(axis=(0, 1))
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xc, axis=-1, keepdims=True) * -0.5 * inv_std**3
    dmu = -np.sum(dxhat * inv_std, axis=-1, keepdims=True)
    dh = dxhat * inv_std + dvar * 2 * xc / D + dmu / D
    return dh, dgamma, dbeta


def gelu_forward(u):
    t = np.tanh(C * (u + 0.044715 * u**3))
    return 0.5 * u * (1 + t), (u, t)


def gelu_backward(dg, cache):
    u, t = cache
    dinner = C * (1 + 3 * 0.044715 * u**2)
    return dg * (0.5 * (1 + t) + 0.5 * u * (1 - t**2) * dinner)


def linear_backward(dout, inp, W):
    d2 = dout.reshape(-1, dout.shape[-1])
    return dout @ W.T, inp.reshape(-1, inp.shape[-1]).T @ d2, d2.sum(axis=0)


def backprop(x, y, E, gamma, beta, W1, b1, W2, b2):
    grads, h = {}, x @ E
    n, ln_cache = layernorm_forward(h, gamma, beta)
    g, gelu_cache = gelu_forward(n @ W1 + b1)
    out = h + g @ W2 + b2
    dout = (out - y) / (x.shape[0] * x.shape[1])
    dg, grads["W2"], grads["b2"] = linear_backward(dout, g, W2)
    du = gelu_backward(dg, gelu_cache)
    dn, grads["W1"], grads["b1"] = linear_backward(du, n, W1)
    dh, grads["gamma"], grads["beta"] = layernorm_backward(dn, ln_cache)
    dh += dout
    grads["E"] = np.tensordot(x, dh, axes=([0, 1], [0, 1]))
    return grads


MISTAKES = [
    ("    dh += dout\n", "", "missing-term", "the skip connection forgotten"),
    ("    dh += dout\n", "    dh += dn\n", "wrong-point or stale-value or missing-term", "the wrong gradient added for the residual branch"),
    ("    dxhat = dout * gamma\n", "    dxhat = dout\n", "missing-factor", "gamma forgotten"),
    (" + dvar * 2 * xc / D + dmu / D", " + dmu / D", "missing-term or detached", "the variance held constant"),
    (" + dmu / D\n", " + dmu\n", "sum-for-mean or missing-factor or scale", "the mean's 1/D forgotten"),
    ("* -0.5 * inv_std**3", "* -0.5 * inv_std**2", "missing-factor or wrong-point", "(var + eps) to the wrong power"),
    ("np.sum(dxhat * xc, axis=-1, keepdims=True)", "np.sum(dxhat * xhat, axis=-1, keepdims=True)", "wrong-point or repeated-factor or stale-value", "the normalised input for the centred one, from the cache"),
    ("    dgamma = (dout * xhat).sum(axis=(0, 1))\n", "    dgamma = (dout * xc).sum(axis=(0, 1))\n", "wrong-point or missing-factor or stale-value", "the centred input for the normalised one"),
    ("0.5 * (1 + t) + 0.5 * u * (1 - t**2) * dinner", "0.5 * (1 + t) + 0.5 * u * (1 - t**2)", "missing-factor", "the inner derivative of GELU's tanh forgotten"),
    ("dg * (0.5 * (1 + t) + 0.5 * u * (1 - t**2) * dinner)", "dg * 0.5 * (1 + t)", "missing-term", "the product rule's second term forgotten"),
    ("dinner = C * (1 + 3 * 0.044715 * u**2)", "dinner = C * (1 + 0.044715 * u**2)", "missing-factor or scale", "3 of the cube forgotten"),
    ("    D = xhat.shape[-1]\n", "    D = xhat.shape[0]\n", "scale or wrong-axis or mean-for-sum or sum-for-mean", "the batch size for the number of features, as in batch norm"),
    ("    du = gelu_backward(dg, gelu_cache)\n", "    du = dg * (n @ W1 + b1 > 0)\n", "wrong-activation", "ReLU's derivative for GELU's"),
    ("dn, grads[\"W1\"], grads[\"b1\"] = linear_backward(du, n, W1)", "dn, grads[\"W1\"], grads[\"b1\"] = linear_backward(du, h, W1)", "wrong-point or stale-value", "the block's input for the normalised one"),
    ("np.sum(dxhat * xc, axis=-1, keepdims=True)", "np.sum(dxhat * xc, axis=0, keepdims=True)", "wrong-axis", "summed over the batch, as in batch norm"),
]
