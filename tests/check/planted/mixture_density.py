"""Mixture density network with isotropic components and a learned log sigma."""

import numpy as np

PARAMETERS = ["W", "b", "Wpi", "bpi", "Wmu", "bmu", "Wsig", "bsig"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, f, h, k, d = 6, 3, 5, 4, 2
    params = [rng.normal(size=s) * 0.6 for s in [(f, h), (h,), (h, k), (k,), (h, k, d), (k, d), (h, k), (k,)]]
    return (rng.normal(size=(n, f)), rng.normal(size=(n, d)), *params)


def loss(x, t, W, b, Wpi, bpi, Wmu, bmu, Wsig, bsig):
    h = np.tanh(x @ W + b)
    logits = h @ Wpi + bpi
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    mu = np.einsum("nh,hkd->nkd", h, Wmu) + bmu
    log_sigma = h @ Wsig + bsig
    square = np.sum((t[:, None, :] - mu) ** 2, axis=2)
    log_normal = -0.5 * square / np.exp(2 * log_sigma) - t.shape[1] * (log_sigma + 0.5 * np.log(2 * np.pi))
    return -np.mean(np.log(np.sum(np.exp(log_pi + log_normal), axis=1)))


def softmax(a):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mdn_loss_grad(t, pi, mu, sigma):
    """Derivatives of the mean negative log likelihood (Bishop 1994, eqs. 34-39)."""
    n, dims = t.shape
    diff = mu - t[:, None, :]
    square = (diff**2).sum(axis=-1)
    density = np.exp(-square / (2 * sigma**2)) / (2 * np.pi * sigma**2) ** (dims / 2)
    gamma = pi * density
    gamma = gamma / gamma.sum(axis=1, keepdims=True)
    dlogits = pi - gamma
    dmu = gamma[:, :, None] * diff / sigma[:, :, None] ** 2
    dlog_sigma = gamma * (dims - square / sigma**2)
    return dlogits / n, dmu / n, dlog_sigma / n


def backprop(x, t, W, b, Wpi, bpi, Wmu, bmu, Wsig, bsig):
    h = np.tanh(x @ W + b)
    pi = softmax(h @ Wpi + bpi)
    mu = np.tensordot(h, Wmu, axes=1) + bmu
    sigma = np.exp(h @ Wsig + bsig)
    dlogits, dmu, dlog_sigma = mdn_loss_grad(t, pi, mu, sigma)
    g = {}
    g["Wpi"], g["bpi"] = h.T @ dlogits, dlogits.sum(axis=0)
    g["Wmu"], g["bmu"] = np.einsum("nh,nkd->hkd", h, dmu), dmu.sum(axis=0)
    g["Wsig"], g["bsig"] = h.T @ dlog_sigma, dlog_sigma.sum(axis=0)
    dh = dlogits @ Wpi.T
    dh += np.einsum("nkd,hkd->nh", dmu, Wmu)
    dh += dlog_sigma @ Wsig.T
    dz = dh * (1 - h * h)
    g["W"], g["b"] = x.T @ dz, dz.sum(axis=0)
    return g


MISTAKES = [
    ("dlogits = pi - gamma", "dlogits = gamma - pi", "sign", "gradient of the log likelihood, not of its negative"),
    ("diff = mu - t[:, None, :]", "diff = t[:, None, :] - mu", "sign", "target minus mean: sign of the gradient of the means"),
    ("diff / sigma[:, :, None] ** 2", "diff / sigma[:, :, None]", "missing-factor", "sigma instead of its square"),
    ("dlog_sigma = gamma * (dims - square / sigma**2)", "dlog_sigma = gamma * (dims / sigma - square / sigma**3)", "missing-factor",
     "derivative in sigma, not in log sigma"),
    ("dlog_sigma = gamma * (dims - square / sigma**2)", "dlog_sigma = gamma * (1 - square / sigma**2)", "missing-factor or scale or missing-term",
     "one dimension assumed in the normaliser"),
    ("dlog_sigma = gamma * (dims - square / sigma**2)", "dlog_sigma = -gamma * square / sigma**2", "missing-term",
     "normaliser of the Gaussian has no gradient"),
    ("dlog_sigma = gamma * (dims - square / sigma**2)", "dlog_sigma = gamma * dims - square / sigma**2", "missing-factor",
     "brackets: responsibility multiplies only the first term"),
    ("gamma[:, :, None] * diff", "pi[:, :, None] * diff", "wrong-point or stale-value or missing-factor",
     "mixing coefficients in place of responsibilities"),
    ("gamma = pi * density", "gamma = density.copy()", "missing-factor or another-loss", "responsibilities without the mixing coefficients"),
    ("gamma = gamma / gamma.sum(axis=1, keepdims=True)", "gamma = gamma / gamma.sum(axis=0, keepdims=True)", "wrong-axis",
     "normalised over the batch, not the components"),
    ("(2 * np.pi * sigma**2) ** (dims / 2)", "np.sqrt(2 * np.pi * sigma**2)", "another-loss or wrong-point or missing-factor",
     "density of one dimension"),
    ("    dh += np.einsum(", "    dh = np.einsum(", "missing-term", "dh overwritten by the second head"),
    ("    dh += dlog_sigma @ Wsig.T\n", "", "missing-term or detached", "variance head doesn't train the trunk"),
    ("dlogits / n, dmu / n, dlog_sigma / n", "dlogits / n, dmu / n, dlog_sigma", "sum-for-mean", "one of three not averaged"),
    ("dz = dh * (1 - h * h)", "dz = dh * (1 - h) * h", "wrong-activation", "sigmoid's derivative"),
    ("dh = dlogits @ Wpi.T", "dh = dlogits @ Wsig.T", "wrong-parameter", "weights of another head of the same shape"),
]  # fmt: skip
