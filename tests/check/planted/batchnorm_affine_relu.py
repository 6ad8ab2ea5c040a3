"""affine - batch norm - relu - affine - softmax, layers as pairs of functions with caches (cs231n, assignment 2)."""
import numpy as np

PARAMETERS = ["w1", "gamma", "beta", "w2", "b2"]
EPS = 1e-3


def data(seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.array([0, 1, 0, 1, 1, 0]))
    return (rng.normal(size=(6, 3)), y, rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=5) + 0.5, rng.normal(size=5),
            rng.normal(size=(5, 2)), rng.normal(size=2))


def loss(x, y, w1, b1, gamma, beta, w2, b2):
    a = x @ w1 + b1
    centered = a - np.mean(a, axis=0)
    var = np.mean(centered**2, axis=0)
    s = np.maximum(gamma * centered / np.sqrt(var + EPS) + beta, 0) @ w2 + b2
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)


def batchnorm_forward(x, gamma, beta):
    xmu = x - x.mean(axis=0)
    var = np.mean(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar, xhat = 1.0 / sqrtvar, xmu / sqrtvar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    N, D = dout.shape
    dbeta, dgamma = np.sum(dout, axis=0), np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + EPS) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    return dx1 + dx2, dgamma, dbeta


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


def softmax_loss_grad(scores, y):
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[np.arange(len(y)), y] -= 1
    return probs / len(y)


def backprop(x, y, w1, b1, gamma, beta, w2, b2):
    grads, (a, fc1_cache) = {}, affine_forward(x, w1, b1)
    n, bn_cache = batchnorm_forward(a, gamma, beta)
    h, relu_cache = np.maximum(n, 0), n
    scores, fc2_cache = affine_forward(h, w2, b2)
    dh, grads["w2"], grads["b2"] = affine_backward(softmax_loss_grad(scores, y), fc2_cache)
    dn = relu_backward(dh, relu_cache)
    da, grads["gamma"], grads["beta"] = batchnorm_backward(dn, bn_cache)
    _, grads["w1"], _ = affine_backward(da, fc1_cache)  # b1 cancels
    return grads


MISTAKES = [
    ("dxhat = dout * gamma", "dxhat = dout", "missing-factor", "gamma forgotten"),
    ("np.sum(dout * xhat, axis=0)", "np.sum(dout * xmu, axis=0)", "missing-factor or stale-value",
     "centred, not normalised values from the cache"),
    ("-1.0 / (sqrtvar**2) * divar", "-1.0 / sqrtvar * divar", "missing-factor", "derivative of 1/x is -1/x**2"),
    ("-1.0 / (sqrtvar**2) * divar", "-1.0 / (var**2) * divar", "wrong-point or missing-factor or stale-value", "var for its root"),
    ("return dx1 + dx2, dgamma, dbeta", "return dx1, dgamma, dbeta", "missing-term or detached", "the way through the mean forgotten"),
    ("dx1 = dxmu1 + dxmu2", "dx1 = dxmu1", "missing-term or detached", "the way through the variance forgotten"),
    ("dsq = 1.0 / N * np.ones((N, D)) * dvar", "dsq = np.ones((N, D)) * dvar", "sum-for-mean", "the variance is a mean"),
    ("dx2 = 1.0 / N * np.ones((N, D)) * dmu", "dx2 = 1.0 / D * np.ones((N, D)) * dmu", "sum-for-mean or mean-for-sum or scale",
     "divided by the number of features"),
    ("np.sum(dout * xhat, axis=0)", "np.sum(dout, axis=0) * np.sum(xhat, axis=0)", "wrong-axis or missing-sum or swapped-operands",
     "product of sums for sum of products"),
    ("dx[cache <= 0] = 0", "dx[dout <= 0] = 0", "wrong-mask", "mask of the gradient, not of the input"),
    ("h, relu_cache = np.maximum(n, 0), n", "h, relu_cache = np.maximum(n, 0), a", "wrong-mask", "mask from before batch norm"),
    ("    da, grads[\"gamma\"], grads[\"beta\"] = batchnorm_backward(dn, bn_cache)\n",
     "    da, grads[\"beta\"], grads[\"gamma\"] = batchnorm_backward(dn, bn_cache)\n", "wrong-parameter",
     "unpacked in the wrong order"),
    ("batchnorm_backward(dn, bn_cache)", "batchnorm_backward(dh, bn_cache)", "missing-factor or wrong-mask",
     "dn computed and not used: ReLU skipped"),
    ("    probs[np.arange(len(y)), y] -= 1\n    return probs / len(y)", "    probs /= len(y)\n    probs[np.arange(len(y)), y] -= 1\n    return probs",
     "sum-for-mean", "order of statements: the 1 isn't divided"),
    ("dvar = 0.5 * 1.0 / np.sqrt(var + EPS) * dsqrtvar", "dvar = 0.5 * np.sqrt(var + EPS) * dsqrtvar", "wrong-activation or wrong-point or repeated-factor",
     "derivative of the root: multiplied, not divided"),
    ("divar = np.sum(dxhat * xmu, axis=0)", "divar = np.sum(dxhat * xhat, axis=0)", "repeated-factor or stale-value",
     "normalised where centred belongs"),
    ("var = np.mean(xmu**2, axis=0)\n    sqrtvar", "var = np.var(x, axis=0, ddof=1)\n    sqrtvar", "another-loss",
     "own forward pass with N - 1"),
]
