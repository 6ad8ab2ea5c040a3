"""Feedforward networks: activations, dropout, normalisation, convolution, pooling."""

import numpy as np

from .linear import sigmoid
from .model import Model


# Two layers of sigmoids, as in a first article on networks; rows are examples.
def mlp_sigmoid(x, y, W1, b1, W2, b2):
    a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    return np.sum((y - a2) ** 2)


def mlp_sigmoid_backprop(x, y, W1, b1, W2, b2):
    a1 = sigmoid(x @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    delta2 = -2 * (y - a2) * a2 * (1 - a2)
    delta1 = (delta2 @ W2.T) * a1 * (1 - a1)
    return x.T @ delta1, delta1.sum(axis=0), a1.T @ delta2, delta2.sum(axis=0)


def mlp_sigmoid_draw(rng):
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
    y = np.array([[0], [1], [1], [0]])
    return x, y, rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(4, 1)), rng.normal(size=1)


# Three layers of tanh, columns are examples, the cross-entropy of the last sigmoid: as in Ng's course.
def mlp_tanh(X, Y, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    return -(np.dot(Y, np.log(A3).T) + np.dot(1 - Y, np.log(1 - A3).T)).sum() / m


def mlp_tanh_backprop(X, Y, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = sigmoid(W3 @ A2 + b3)
    grads = {}
    dZ = A3 - Y
    grads["W3"] = dZ @ A2.T / m
    grads["b3"] = np.sum(dZ, axis=1, keepdims=True) / m
    dZ = (W3.T @ dZ) * (1 - np.power(A2, 2))
    grads["W2"] = dZ @ A1.T / m
    grads["b2"] = np.sum(dZ, axis=1, keepdims=True) / m
    dZ = (W2.T @ dZ) * (1 - np.power(A1, 2))
    grads["W1"] = dZ @ X.T / m
    grads["b1"] = np.sum(dZ, axis=1, keepdims=True) / m
    return grads


def mlp_tanh_draw(rng):
    weights = []
    for n_in, n_out in [(2, 4), (4, 3), (3, 1)]:
        weights += [rng.normal(size=(n_out, n_in)), np.zeros((n_out, 1))]
    return rng.normal(size=(2, 6)), rng.integers(0, 2, size=(1, 6)), *weights


# The two-layer network of CS231n.
def mlp_relu(X, y, W1, b1, W2, b2, reg):
    N = X.shape[0]
    h = np.maximum(0, X @ W1 + b1)
    scores = h @ W2 + b2
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_probs[np.arange(N), y]) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))


def mlp_relu_backprop(X, y, W1, b1, W2, b2, reg):
    N = X.shape[0]
    h = X.dot(W1) + b1
    h[h < 0] = 0
    scores = h.dot(W2) + b2
    scores -= scores.max(axis=1)[:, None]
    probs = np.exp(scores)
    probs /= probs.sum(axis=1)[:, None]
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    dW2 = h.T.dot(dscores) + reg * W2
    db2 = np.sum(dscores, axis=0)
    dh = dscores.dot(W2.T)
    dh[h <= 0] = 0
    return X.T.dot(dh) + reg * W1, np.sum(dh, axis=0), dW2, db2


def mlp_relu_draw(rng):
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 3, size=6)
    return X, y, rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=(5, 3)), rng.normal(size=3), 0.1


def mlp_relu_dead_row(rng):
    X, y, W1, b1, W2, b2, reg = mlp_relu_draw(rng)
    X[[1, 3]] = 0
    return X, y, W1, np.zeros_like(b1), W2, np.zeros_like(b2), reg


def mlp_relu_all_zero(rng):
    X, y, *weights, reg = mlp_relu_draw(rng)
    return X, y, *(np.zeros_like(w) for w in weights), reg


# Leaky ReLU by np.where.
def mlp_leaky(X, Y, W1, b1, W2):
    z = X @ W1 + b1
    a = np.where(z > 0, z, 0.01 * z)
    return 0.5 * np.mean((a @ W2 - Y) ** 2)


def mlp_leaky_backprop(X, Y, W1, b1, W2):
    z = X @ W1 + b1
    a = np.maximum(z, 0.01 * z)
    dout = (a @ W2 - Y) / Y.size
    dz = dout @ W2.T
    dz[z <= 0] *= 0.01
    return [X.T @ dz, dz.sum(0), a.T @ dout]


def mlp_leaky_draw(rng):
    X, Y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    return X, Y, rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(4, 2))


def mlp_leaky_dead_row(rng):
    X, Y, W1, b1, W2 = mlp_leaky_draw(rng)
    X[0] = 0
    return X, Y, W1, np.zeros_like(b1), W2


def mlp_leaky_with_maximum(X, Y, W1, b1, W2):
    z = X @ W1 + b1
    return 0.5 * np.mean((np.maximum(z, 0.01 * z) @ W2 - Y) ** 2)


# ELU by np.where, whose untaken branch overflows.
def mlp_elu(X, Y, W1, b1, W2, b2):
    z = X @ W1 + b1
    a = np.where(z > 0, z, 1.5 * (np.exp(z) - 1))
    return np.mean((a @ W2 + b2 - Y) ** 2)


def mlp_elu_backprop(X, Y, W1, b1, W2, b2):
    z = X @ W1 + b1
    a = np.where(z > 0, z, 1.5 * (np.exp(np.minimum(z, 0)) - 1))
    dout = 2 * (a @ W2 + b2 - Y) / Y.size
    da = np.where(z > 0, 1.0, a + 1.5)
    dz = da * (dout @ W2.T)
    return X.T @ dz, np.sum(dz, axis=0), a.T @ dout, np.sum(dout, axis=0)


def mlp_elu_draw(rng):
    X, Y = rng.normal(size=(6, 4)) * 2, rng.normal(size=(6, 2))
    return X, Y, rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2)


def mlp_elu_dead_row(rng):
    X, Y, W1, b1, W2, b2 = mlp_elu_draw(rng)
    X[2] = 0
    return X, Y, W1, np.zeros_like(b1), W2, b2


# Softplus, and Swish behind it.
def mlp_softplus(x, t, W1, W2, w3):
    h1 = np.log(1 + np.exp(W1 @ x))
    z2 = W2 @ h1
    h2 = z2 / (1 + np.exp(-z2))
    return (np.dot(w3, h2) - t) ** 2


def mlp_softplus_backprop(x, t, W1, W2, w3):
    z1 = W1 @ x
    h1 = np.logaddexp(0, z1)
    z2 = W2 @ h1
    s = sigmoid(z2)
    h2 = z2 * s
    e = 2 * (w3 @ h2 - t)
    dz2 = e * w3 * (s + h2 * (1 - s))
    dz1 = (W2.T @ dz2) * sigmoid(z1)
    return np.outer(dz1, x), np.outer(dz2, h1), e * h2


def mlp_softplus_draw(rng):
    return rng.normal(size=3), 0.7, rng.normal(size=(4, 3)), rng.normal(size=(3, 4)), rng.normal(size=3)


# Inverted dropout with a mask that was drawn before.
def dropout(x, y, mask, W1, b1, W2):
    h = np.maximum(x @ W1 + b1, 0) * mask / 0.5
    return np.mean(np.sum((h @ W2 - y) ** 2, axis=1))


def dropout_backprop(x, y, mask, W1, b1, W2):
    z = x @ W1 + b1
    h = np.where(z > 0, z, 0)
    h *= mask / 0.5
    dy = 2 * (h @ W2 - y) / len(x)
    dh = dy @ W2.T * mask / 0.5
    dh *= z > 0
    return {"W1": x.T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ dy}


def dropout_draw(rng):
    x, y, mask = rng.normal(size=(5, 4)), rng.normal(size=(5, 2)), rng.random((5, 6)) < 0.5
    return x, y, mask, rng.normal(size=(4, 6)), np.zeros(6), rng.normal(size=(6, 2))


def dropout_dead_row(rng):
    x, y, mask, W1, b1, W2 = dropout_draw(rng)
    x[0] = 0
    return x, y, mask, W1, b1, W2


# Batch normalisation of a hidden layer, by the closed form of its backward pass.
def batch_norm(x, y, W, gamma, beta, v):
    z = x @ W
    mu = z.mean(axis=0)
    var = z.var(axis=0)
    z_hat = (z - mu) / np.sqrt(var + 1e-5)
    a = np.tanh(gamma * z_hat + beta)
    return np.mean((a @ v - y) ** 2)


def batch_norm_backprop(x, y, W, gamma, beta, v):
    N = x.shape[0]
    z = x @ W
    std = np.sqrt(z.var(axis=0) + 1e-5)
    z_hat = (z - z.mean(axis=0)) / std
    a = np.tanh(gamma * z_hat + beta)
    dout = 2 * (a @ v - y) / N
    da = np.outer(dout, v) * (1 - a**2)
    dgamma = np.sum(da * z_hat, axis=0)
    dbeta = np.sum(da, axis=0)
    dz = gamma / (N * std) * (N * da - dbeta - z_hat * dgamma)
    return x.T @ dz, dgamma, dbeta, a.T @ dout


def batch_norm_draw(rng):
    x, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    return x, y, rng.normal(size=(3, 4)), np.ones(4), np.zeros(4), rng.normal(size=4)


def batch_norm_constant_feature(rng):
    x, y, W, gamma, beta, v = batch_norm_draw(rng)
    W[:, 1] = 0  # a dead unit: its variance in the batch is 0
    return x, y, W, gamma, beta, v


# Layer normalisation behind a residual connection.
def layer_norm(x, t, W, b, gamma, beta):
    h = x + np.tanh(x @ W + b)
    mean = np.mean(h, axis=-1, keepdims=True)
    var = np.mean((h - mean) ** 2, axis=-1, keepdims=True)
    out = gamma * (h - mean) / np.sqrt(var + 1e-5) + beta
    return np.sum((out - t) ** 2) / x.shape[0]


def layer_norm_backprop(x, t, W, b, gamma, beta):
    N, D = x.shape
    a = np.tanh(x @ W + b)
    h = x + a
    mean = h.mean(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt(h.var(axis=1, keepdims=True) + 1e-5)
    h_hat = (h - mean) * inv_std
    dout = 2 * (gamma * h_hat + beta - t) / N
    dh_hat = dout * gamma
    dh = inv_std / D * (D * dh_hat - dh_hat.sum(1, keepdims=True) - h_hat * (dh_hat * h_hat).sum(1, keepdims=True))
    da = dh * (1 - a * a)
    return x.T @ da, da.sum(axis=0), (dout * h_hat).sum(axis=0), dout.sum(axis=0)


def layer_norm_draw(rng):
    x, t = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    return x, t, rng.normal(size=(5, 5)), np.zeros(5), rng.normal(size=5), rng.normal(size=5)


def layer_norm_dead_row(rng):
    x, t, *weights = layer_norm_draw(rng)
    x[1] = 0
    return x, t, *weights


# A convolution, ReLU, pooling and a softmax; the backward pass in loops over windows.
def convnet(images, labels, kernels, bias, W, b):
    N, size = len(images), images.shape[1] - kernels.shape[0] + 1
    z = bias
    for i in range(kernels.shape[0]):
        for j in range(kernels.shape[1]):
            z = z + images[:, i : i + size, j : j + size, None] * kernels[i, j]
    a = np.maximum(z, 0)
    pooled = a.reshape(N, size // 2, 2, size // 2, 2, -1).max(axis=(2, 4))
    scores = pooled.reshape(N, -1) @ W + b
    scores = scores - scores.max(axis=1, keepdims=True)
    return -np.mean(scores[np.arange(N), labels] - np.log(np.exp(scores).sum(axis=1)))


def convnet_backprop(images, labels, kernels, bias, W, b):
    N, k, F = len(images), kernels.shape[0], kernels.shape[2]
    size = images.shape[1] - k + 1
    cols = np.array(
        [[images[:, i : i + k, j : j + k].reshape(N, -1) for j in range(size)] for i in range(size)]
    ).transpose(2, 0, 1, 3)
    z = cols @ kernels.reshape(-1, F) + bias
    a = z * (z > 0)
    half = size // 2
    pooled, where = np.zeros((N, half, half, F), dtype=a.dtype), {}
    for n, i, j, f in np.ndindex(pooled.shape):
        window = a[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, f]
        r, c = np.unravel_index(np.argmax(window), window.shape)
        where[n, i, j, f] = n, 2 * i + r, 2 * j + c, f
        pooled[n, i, j, f] = window[r, c]
    flat = pooled.reshape(N, -1)
    scores = flat @ W + b
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[np.arange(N), labels] -= 1
    probs /= N
    dpooled = (probs @ W.T).reshape(pooled.shape)
    da = np.zeros_like(a)
    for index, source in where.items():
        da[source] += dpooled[index]
    da[z <= 0] = 0
    dkernels = np.tensordot(cols, da, axes=([0, 1, 2], [0, 1, 2])).reshape(kernels.shape)
    return dkernels, da.sum(axis=(0, 1, 2)), flat.T @ probs, probs.sum(axis=0)


def convnet_draw(rng):
    images, labels = rng.normal(size=(3, 5, 5)), rng.integers(0, 3, size=3)
    return images, labels, rng.normal(size=(2, 2, 2)), rng.normal(size=2), rng.normal(size=(8, 3)), np.zeros(3)


def convnet_blank_border(rng):
    images, *rest = convnet_draw(rng)
    images[:, :, :2] = 0
    images[0] = 0
    return images, *rest


def convnet_blank_border_zero_bias(rng):
    images, labels, kernels, bias, W, b = convnet_blank_border(rng)
    return images, labels, kernels, np.zeros_like(bias), W, b


# Pooling with the gradient of what is pooled: a tie's gradient goes to the first, or in equal parts to all.
def max_pool(x, w):
    n, h, v = x.shape
    return np.sum(w * np.max(x.reshape(n, h // 2, 2, v // 2, 2), axis=(2, 4))) / n


def max_pool_first_backprop(x, w):
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    n, h, v = x.shape
    for m in range(n):
        for i in range(h // 2):
            for j in range(v // 2):
                window = x[m, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                r, c = np.unravel_index(window.argmax(), (2, 2))
                dx[m, 2 * i + r, 2 * j + c] = w[i, j] / n
                dw[i, j] += window[r, c] / n
    return {"x": dx, "w": dw}


def max_pool_even_backprop(x, w):
    n, h, v = x.shape
    blocks = x.reshape(n, h // 2, 2, v // 2, 2)
    out = blocks.max(axis=4).max(axis=2)
    mask = blocks == out[:, :, None, :, None]
    dblocks = mask * (w / n)[:, None, :, None]
    dblocks = dblocks / np.sum(mask, axis=(2, 4), keepdims=True)
    return {"x": dblocks.reshape(x.shape), "w": out.sum(axis=0) / n}


def max_pool_draw(rng):
    return rng.normal(size=(2, 4, 6)), rng.normal(size=(2, 3))


def max_pool_after_relu(rng):
    x, w = max_pool_draw(rng)
    return np.maximum(x - 0.8, 0), w


def max_pool_grey_levels(rng):
    return rng.integers(0, 3, size=(2, 4, 6)).astype(float), rng.normal(size=(2, 3))


_TIES = {"after ReLU": max_pool_after_relu, "grey levels": max_pool_grey_levels}

MODELS = [
    Model("mlp, sigmoid", mlp_sigmoid, mlp_sigmoid_backprop, mlp_sigmoid_draw, (2, 3, 4, 5)),
    Model("mlp, tanh", mlp_tanh, mlp_tanh_backprop, mlp_tanh_draw, (2, 3, 4, 5, 6, 7)),
    Model(
        "mlp, ReLU",
        mlp_relu,
        mlp_relu_backprop,
        mlp_relu_draw,
        (2, 3, 4, 5),
        {"dead rows": mlp_relu_dead_row, "all zero": mlp_relu_all_zero},
    ),
    Model("mlp, leaky", mlp_leaky, mlp_leaky_backprop, mlp_leaky_draw, (2, 3, 4), {"dead row": mlp_leaky_dead_row}),
    Model(
        "mlp, leaky by maximum",
        mlp_leaky_with_maximum,
        mlp_leaky_backprop,
        mlp_leaky_draw,
        (2, 3, 4),
        {"dead row": mlp_leaky_dead_row},
    ),
    Model("mlp, ELU", mlp_elu, mlp_elu_backprop, mlp_elu_draw, (2, 3, 4, 5), {"dead row": mlp_elu_dead_row}),
    Model("mlp, softplus", mlp_softplus, mlp_softplus_backprop, mlp_softplus_draw, (2, 3, 4)),
    Model("dropout", dropout, dropout_backprop, dropout_draw, (3, 4, 5), {"dead row": dropout_dead_row}),
    Model(
        "batch norm",
        batch_norm,
        batch_norm_backprop,
        batch_norm_draw,
        (2, 3, 4, 5),
        {"dead unit": batch_norm_constant_feature},
    ),
    Model(
        "layer norm", layer_norm, layer_norm_backprop, layer_norm_draw, (2, 3, 4, 5), {"dead row": layer_norm_dead_row}
    ),
    Model(
        "convnet",
        convnet,
        convnet_backprop,
        convnet_draw,
        (2, 3, 4, 5),
        {"blank border": convnet_blank_border, "blank border, zero bias": convnet_blank_border_zero_bias},
    ),
    Model("max pool, to the first", max_pool, max_pool_first_backprop, max_pool_draw, (0, 1), _TIES),
    Model("max pool, to all", max_pool, max_pool_even_backprop, max_pool_draw, (0, 1), _TIES),
]
