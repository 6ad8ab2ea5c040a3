"""Combined splat squares for signs and centres pushed away.

expected kind: wrong-activation or wrong-point + sign
wrong line: 63 and 78
correction 63: return (top_diff - dot * np.sign(x)) / np.abs(x).sum()
correction 78: grad_mu = -np.stack([grad_dx.sum(axis=0), grad_dy.sum(axis=0)], axis=1)
what: The backward pass of the L1 normalisation has the squares of the data where their signs belong; distances fall when centres rise
source: https://github.com/happynear/caffe-windows/issues/205
said: with the L1 norm the squared data in the backward pass should be its sign; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["mu", "conic", "amp"]


def data(seed=0):
    r = np.random.default_rng(seed)
    conic = np.stack([r.uniform(0.4, 1.0, 3), r.uniform(0.1, 0.4, 3), r.uniform(0.4, 1.0, 3)], axis=1)
    return r.normal(size=(3, 2)), conic, 1.5 * r.normal(size=3), r.normal(size=(6, 2)), r.normal(size=6)


def loss(mu, conic, amp, pixels, image):
    d = pixels[:, None, :] - mu[None, :, :]
    squares = conic[:, 0] * d[:, :, 0] ** 2 + conic[:, 2] * d[:, :, 1] ** 2
    power = -0.5 * squares - conic[:, 1] * d[:, :, 0] * d[:, :, 1]
    weights = amp / np.sum(np.abs(amp))
    return 0.5 * np.sum((np.exp(power) @ weights - image) ** 2)


def right(mu, conic, amp, pixels, image):
    norm = sum(abs(float(value)) for value in amp)
    w = amp / norm
    dmu, dconic, dw = np.zeros((3, 2)), np.zeros((3, 3)), np.zeros(3)
    for px, target in zip(pixels, image):
        colour, gs = 0.0, []
        for j in range(3):
            dx, dy = px[0] - mu[j, 0], px[1] - mu[j, 1]
            A, B, C = conic[j]
            g = np.exp(-0.5 * (A * dx * dx + C * dy * dy) - B * dx * dy)
            gs.append((g, dx, dy))
            colour += w[j] * g
        dcolour = colour - target
        for j, (g, dx, dy) in enumerate(gs):
            A, B, C = conic[j]
            dw[j] += dcolour * g
            dpower = dcolour * w[j] * g
            dmu[j, 0] += dpower * (A * dx + B * dy)
            dmu[j, 1] += dpower * (C * dy + B * dx)
            dconic[j, 0] += -0.5 * dpower * dx * dx
            dconic[j, 1] += -dpower * dx * dy
            dconic[j, 2] += -0.5 * dpower * dy * dy
    damp = [(dw[j] - np.sign(amp[j]) * dw.dot(w)) / norm for j in range(3)]
    return dmu, dconic, np.array(damp)


def l1_normalize(x):
    return x / np.abs(x).sum()


def l1_normalize_backward(x, top_data, top_diff):
    dot = np.dot(top_data, top_diff)
    return (top_diff - dot * x**2) / np.abs(x).sum()


def backprop(mu, conic, amp, pixels, image):
    w = l1_normalize(amp)
    dx = np.subtract.outer(pixels[:, 0], mu[:, 0])
    dy = np.subtract.outer(pixels[:, 1], mu[:, 1])
    a, b, c = conic.T
    G = np.exp(-0.5 * (a * dx**2 + 2 * b * dx * dy + c * dy**2))
    residual = G.dot(w) - image
    grad_w = residual.dot(G)
    grad_power = residual[:, None] * w * G
    grad_conic = -0.5 * np.stack([grad_power * dx**2, 2 * grad_power * dx * dy, grad_power * dy**2]).sum(axis=1)
    grad_dx = grad_power * -(a * dx + b * dy)
    grad_dy = grad_power * -(b * dx + c * dy)
    grad_mu = np.stack([grad_dx.sum(axis=0), grad_dy.sum(axis=0)], axis=1)
    return {"mu": grad_mu, "conic": grad_conic.T, "amp": l1_normalize_backward(amp, w, grad_w)}
