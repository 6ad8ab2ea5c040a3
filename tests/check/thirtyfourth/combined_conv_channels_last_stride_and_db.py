"""convolution, channels last: no stride in the window of dW, and db overwritten.

expected kind: wrong-point + missing-sum or wrong-shape + missing-sum or stale-value + missing-sum or wrong-point + missing-term or wrong-shape + missing-term
wrong line: 53 and 57
correction 53: a_slice = A_prev[i, top:top + f, left:left + f, :]
correction 57: db[c] += dZ[i, h, v, c]
what: the window for dW starts at h and w, not at stride times them; and db is set anew for every example and position
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

stride = 2

def conv(A_prev, W, b):
    m, n_H, n_W, _ = A_prev.shape
    f = W.shape[0]
    H, V = (n_H - f) // stride + 1, (n_W - f) // stride + 1
    Z = []
    for i, h, v, c in np.ndindex(m, H, V, W.shape[3]):
        a = A_prev[i, h * stride:h * stride + f, v * stride:v * stride + f, :]
        Z.append(np.sum(a * W[:, :, :, c]) + b[c])
    return np.stack(Z).reshape(m, H, V, -1)

def loss(A_prev, W, b, T):
    return np.sum(np.tanh(conv(A_prev, W, b)) * T)

def right(A_prev, W, b, T):
    dZ = T * (1 - np.tanh(conv(A_prev, W, b)) ** 2)
    m, H, V, n_C = dZ.shape
    f = W.shape[0]
    dA_prev, dW, db = np.zeros_like(A_prev), np.zeros_like(W), np.zeros_like(b)
    for i in range(m):
        for h in range(H):
            for v in range(V):
                top, left = h * stride, v * stride
                a_slice = A_prev[i, top:top + f, left:left + f, :]
                for c in range(n_C):
                    dA_prev[i, top:top + f, left:left + f, :] += W[:, :, :, c] * dZ[i, h, v, c]
                    dW[:, :, :, c] += a_slice * dZ[i, h, v, c]
                    db[c] += dZ[i, h, v, c]
    return {"A_prev": dA_prev, "W": dW, "b": db}

def backprop(A_prev, W, b, T):
    dZ = T * (1 - np.tanh(conv(A_prev, W, b)) ** 2)
    m, H, V, n_C = dZ.shape
    f = W.shape[0]
    dA_prev, dW, db = np.zeros_like(A_prev), np.zeros_like(W), np.zeros_like(b)
    for i in range(m):
        for h in range(H):
            for v in range(V):
                top, left = h * stride, v * stride
                a_slice = A_prev[i, h:h + f, v:v + f, :]
                for c in range(n_C):
                    dA_prev[i, top:top + f, left:left + f, :] += W[:, :, :, c] * dZ[i, h, v, c]
                    dW[:, :, :, c] += a_slice * dZ[i, h, v, c]
                    db[c] = dZ[i, h, v, c]
    return {"A_prev": dA_prev, "W": dW, "b": db}

PARAMETERS = ["A_prev", "W", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 5, 5, 2)), 0.5 * r.normal(size=(3, 3, 2, 3)), r.normal(size=3), r.normal(size=(2, 2, 2, 3))]
