"""Symmetric InfoNCE over cosine similarities of two towers, temperature learnt (as in CLIP)."""

import numpy as np

PARAMETERS = ["A", "a", "C", "log_scale"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(5, 4))
    text = rng.normal(size=(5, 3))
    A = rng.normal(size=(4, 6))
    a = rng.normal(size=6) * 0.5
    C = rng.normal(size=(3, 6))
    log_scale = np.array(rng.uniform(0.5, 1.2))
    return image, text, A, a, C, log_scale


def loss(image, text, A, a, C, log_scale):
    u = np.tanh(image @ A + a)
    v = text @ C
    u_hat = u / np.sqrt(np.sum(u**2, axis=1, keepdims=True))
    v_hat = v / np.sqrt(np.sum(v**2, axis=1, keepdims=True))
    logits = np.exp(log_scale) * (u_hat @ v_hat.T)
    right = np.diagonal(logits)
    rows = np.mean(np.log(np.sum(np.exp(logits), axis=1)) - right)
    columns = np.mean(np.log(np.sum(np.exp(logits), axis=0)) - right)
    return (rows + columns) / 2


def backprop(image, text, A, a, C, log_scale):
    def normalise(z):
        norm = np.linalg.norm(z, axis=1, keepdims=True)
        unit = z / norm

        def back(dunit):
            along = (dunit * unit).sum(axis=1, keepdims=True)
            return (dunit - unit * along) / norm

        return unit, back

    def softmax(s, axis):
        e = np.exp(s - s.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    u = np.tanh(image @ A + a)
    v = text @ C
    u_hat, u_back = normalise(u)
    v_hat, v_back = normalise(v)
    scale = np.exp(log_scale)
    cosine = u_hat @ v_hat.T
    logits = scale * cosine

    N = len(image)
    eye = np.eye(N)
    d_rows = (softmax(logits, axis=1) - eye) / N
    d_columns = (softmax(logits, axis=0) - eye) / N
    dlogits = (d_rows + d_columns) / 2

    d_log_scale = np.sum(dlogits * cosine) * scale
    dcosine = dlogits * scale
    du = u_back(dcosine @ v_hat)
    dv = v_back(dcosine.T @ u_hat)

    dpre = du * (1 - u**2)
    dA = image.T @ dpre
    da = dpre.sum(axis=0)
    dC = text.T @ dv
    return dA, da, dC, d_log_scale


MISTAKES = [
    ("return (dunit - unit * along) / norm", "return dunit / norm", "missing-term or diagonal-jacobian or detached", "norm held constant"),
    ("return (dunit - unit * along) / norm", "return dunit - unit * along", "missing-factor", "not divided by the norm"),
    ("return (dunit - unit * along) / norm", "return (dunit - z * along) / norm", "wrong-point or missing-factor", "vector that is not normalised"),
    ("return (dunit - unit * along) / norm", "return dunit - unit * along / norm", "missing-factor", "brackets"),
    ("return (dunit - unit * along) / norm", "return (dunit + unit * along) / norm", "sign", "sign of the projection"),
    ("return (dunit - unit * along) / norm", "return (dunit - unit * along) / norm**2", "repeated-factor", "norm squared"),
    ("along = (dunit * unit).sum(axis=1, keepdims=True)", "along = dunit * unit", "diagonal-jacobian or missing-sum", "not summed over the features"),
    ("along = (dunit * unit).sum(axis=1, keepdims=True)", "along = (dunit * unit).sum(axis=0, keepdims=True)", "wrong-axis", "summed over the examples"),
    ("dlogits = (d_rows + d_columns) / 2", "dlogits = d_rows", "missing-term", "only one direction"),
    ("dlogits = (d_rows + d_columns) / 2", "dlogits = d_rows + d_columns", "scale", "half forgotten"),
    ("dlogits = (d_rows + d_columns) / 2", "dlogits = (d_rows + d_columns.T) / 2", "transpose", "column direction transposed although it is laid out like the logits"),
    ("d_columns = (softmax(logits, axis=0) - eye) / N", "d_columns = (softmax(logits, axis=1) - eye) / N", "wrong-axis or missing-term", "copied line, axis not changed"),
    ("d_columns = (softmax(logits, axis=0) - eye) / N", "d_columns = softmax(logits, axis=0) - eye / N", "sum-for-mean or missing-factor", "brackets"),
    ("d_columns = (softmax(logits, axis=0) - eye) / N", "d_columns = softmax(logits, axis=0) / N", "missing-term", "positive pair forgotten in one direction"),
    ("dv = v_back(dcosine.T @ u_hat)", "dv = v_back(dcosine @ u_hat)", "transpose", "square matrix not transposed"),
    ("dv = v_back(dcosine.T @ u_hat)", "dv = v_back(dcosine.T @ u)", "wrong-point or missing-factor", "vector that is not normalised"),
    ("dcosine = dlogits * scale", "dcosine = dlogits", "missing-factor", "temperature forgotten"),
    ("dcosine = dlogits * scale", "dcosine = dlogits / scale", "missing-factor or repeated-factor or swapped-operands", "divided by the scale"),
    ("d_log_scale = np.sum(dlogits * cosine) * scale", "d_log_scale = np.sum(dlogits * cosine)", "missing-factor", "derivative by the scale, not by its logarithm"),
    ("d_log_scale = np.sum(dlogits * cosine) * scale", "d_log_scale = np.sum(dlogits * logits) * scale", "repeated-factor or wrong-point", "logits have the scale already"),
    ("d_log_scale = np.sum(dlogits * cosine) * scale", "d_log_scale = np.trace(dlogits * cosine) * scale", "missing-term or wrong-axis or wrong-mask", "positive pairs only"),
    ("dpre = du * (1 - u**2)", "dpre = du * (1 - u_hat**2)", "wrong-point", "normalised activation in tanh's derivative"),
    ("dv = v_back(dcosine.T @ u_hat)", "dv = u_back(dcosine.T @ u_hat)", "wrong-parameter or wrong-point or stale-value", "closure of the other tower"),
    ("dC = text.T @ dv", "dC = text.T @ (dv * (1 - v**2))", "repeated-factor or wrong-activation", "the second tower is linear"),
    ("du = u_back(dcosine @ v_hat)", "du = dcosine @ v_hat", "missing-factor or missing-term", "normalisation skipped in one tower"),
]
