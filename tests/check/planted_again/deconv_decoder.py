"""A decoder of small images: dense, transposed convolution (stride 2), nearest upsampling, a 1x1 mix, BCE."""
import numpy as np

PARAMETERS = ["dense", "kernel", "bias", "mix", "mix_bias"]
STRIDE, UP = 2, 2
C, H, W = 2, 2, 3  # what the dense layer makes


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, Z, F, KH, KW = 3, 4, 3, 3, 2
    rows, cols = UP * (STRIDE * (H - 1) + KH), UP * (STRIDE * (W - 1) + KW)
    return (rng.normal(size=(B, Z)), rng.integers(0, 2, size=(B, rows, cols)), rng.normal(size=(Z, C * H * W)),
            rng.normal(size=(C, F, KH, KW)), rng.normal(size=F), rng.normal(size=F), rng.normal())


def loss(z, pixels, dense, kernel, bias, mix, mix_bias):
    x = np.tanh(z @ dense).reshape(len(z), C, H, W)
    KH, KW = kernel.shape[2:]
    image = []
    for p in range(STRIDE * (H - 1) + KH):
        for q in range(STRIDE * (W - 1) + KW):
            image.append(sum(x[:, :, i, j] @ kernel[:, :, p - STRIDE * i, q - STRIDE * j]
                             for i in range(H) for j in range(W)
                             if 0 <= p - STRIDE * i < KH and 0 <= q - STRIDE * j < KW) + bias)
    y = np.tanh(np.stack(image, axis=1))  # examples, pixels, channels
    y = y.reshape(len(z), STRIDE * (H - 1) + KH, STRIDE * (W - 1) + KW, len(bias))
    up = np.repeat(np.repeat(y, UP, axis=1), UP, axis=2)
    logits = up @ mix + mix_bias
    return np.sum(np.log(1 + np.exp(logits)) - pixels * logits) / len(z)


def upsample(y):
    return y.repeat(UP, axis=2).repeat(UP, axis=3)


def upsample_backward(d):
    B, F, rows, cols = d.shape
    out = np.zeros((B, F, rows // UP, cols // UP))
    for p in range(rows):
        for q in range(cols):
            out[:, :, p // UP, q // UP] += d[:, :, p, q]
    return out


def transposed_conv(x, kernel, bias):
    B, F, KH, KW = len(x), *kernel.shape[1:]
    out = np.zeros((B, F, STRIDE * (H - 1) + KH, STRIDE * (W - 1) + KW)) + bias[:, None, None]
    for i in range(H):
        for j in range(W):
            top, left = i * STRIDE, j * STRIDE
            out[:, :, top:top + KH, left:left + KW] += np.tensordot(x[:, :, i, j], kernel, axes=1)
    return out


def transposed_conv_backward(dout, x, kernel):
    KH, KW = kernel.shape[2:]
    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
    for n in range(len(x)):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    r, s = i * STRIDE, j * STRIDE
                    window = dout[n, :, r:r + KH, s:s + KW]
                    dx[n, c, i, j] = np.sum(window * kernel[c])
                    dkernel[c] += window * x[n, c, i, j]
    dbias = dout.sum(axis=(0, 2, 3))
    return dx, dkernel, dbias


def backprop(z, pixels, dense, kernel, bias, mix, mix_bias):
    B = len(z)
    a = np.tanh(z @ dense)
    x = a.reshape(B, C, H, W)
    y = np.tanh(transposed_conv(x, kernel, bias))
    up = upsample(y)
    prob = 1 / (1 + np.exp(-np.einsum("nfpq,f->npq", up, mix) - mix_bias))

    dlogits = (prob - pixels) / B
    dmix = np.einsum("nfpq,npq->f", up, dlogits)
    dmix_bias = dlogits.sum()
    dup = dlogits[:, None] * mix[:, None, None]
    dy = upsample_backward(dup)
    dconv = dy * (1 - y**2)
    dx, dkernel, dbias = transposed_conv_backward(dconv, x, kernel)
    da = dx.reshape(B, -1)
    ddense = z.T @ (da * (1 - a**2))
    return ddense, dkernel, dbias, dmix, dmix_bias


MISTAKES = [
    ("out[:, :, p // UP, q // UP] += d[:, :, p, q]", "out[:, :, p // UP, q // UP] = d[:, :, p, q]", "missing-sum or missing-term", "assigned: the last of the four copies only"),
    ("    for p in range(rows):\n        for q in range(cols):\n            out[:, :, p // UP, q // UP] += d[:, :, p, q]\n    return out\n", "    for p in range(rows // UP):\n        for q in range(cols // UP):\n            out[:, :, p, q] = d[:, :, p * UP, q * UP]\n    return out\n", "missing-sum or missing-term", "subsampled instead of summed"),
    ("            out[:, :, p // UP, q // UP] += d[:, :, p, q]\n    return out\n", "            out[:, :, p // UP, q // UP] += d[:, :, p, q]\n    return out / UP**2\n", "mean-for-sum or scale", "average of the copies, as in mean pooling"),
    ("out[:, :, p // UP, q // UP] += d[:, :, p, q]", "out[:, :, p % (rows // UP), q % (cols // UP)] += d[:, :, p, q]", "wrong-shape or wrong-axis or unexplained", "index as for np.tile, not np.repeat"),
    ("    out = np.zeros((B, F, rows // UP, cols // UP))\n    for p in range(rows):\n        for q in range(cols):\n            out[:, :, p // UP, q // UP] += d[:, :, p, q]\n    return out\n", "    return d.reshape(B, F, UP, rows // UP, UP, cols // UP).sum(axis=(2, 4))\n", "wrong-shape or wrong-axis or unexplained", "reshape with the factor before the size instead of after"),
    ("    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)\n    for n in range(len(x)):\n", "    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)\n    for n in range(len(x)):\n        dkernel = np.zeros_like(kernel)\n", "missing-sum or missing-term", "kernel gradient set back for every example"),
    ("dkernel[c] += window * x[n, c, i, j]", "dkernel[c] = window * x[n, c, i, j]", "missing-sum or missing-term", "not accumulated over the positions"),
    ("                    dx[n, c, i, j] = np.sum(window * kernel[c])\n                    dkernel[c] += window * x[n, c, i, j]\n", "                    dx[n, c, i, j] = np.sum(window * kernel[c])\n                dkernel[c] += window * x[n, c, i, j]\n", "missing-term or missing-sum", "indentation: one column of positions only"),
    ("dx[n, c, i, j] = np.sum(window * kernel[c])", "dx[n, c, i, j] = np.sum(window * kernel[c, :, ::-1, ::-1])", "reversed", "kernel flipped on the way back"),
    ("dx[n, c, i, j] = np.sum(window * kernel[c])", "dx[n, c, i, j] = np.mean(window * kernel[c])", "mean-for-sum or scale", "mean over the window"),
    ("dx[n, c, i, j] = np.sum(window * kernel[c])", "dx[n, c, i, j] = np.sum(window[0] * kernel[c, 0])", "missing-sum or missing-term", "first output channel only"),
    ("dx[n, c, i, j] = np.sum(window * kernel[c])", "dx[n, c, i, j] = np.sum(window * dkernel[c])", "wrong-parameter or wrong-point or stale-value", "gradient of the kernel for the kernel"),
    ("r, s = i * STRIDE, j * STRIDE", "r, s = i, j", "wrong-shape or wrong-point or unexplained or scale or missing-factor", "stride forgotten on the way back"),
    ("r, s = i * STRIDE, j * STRIDE", "r, s = i * STRIDE, i * STRIDE", "wrong-shape or wrong-point or unexplained or stale-value", "row index for the column"),
    ("dkernel[c] += window * x[n, c, i, j]", "dkernel[c] += window * x[n, c].sum()", "wrong-point or missing-sum or repeated-term or unexplained or another-loss", "whole input map instead of the position's value"),
    ("dbias = dout.sum(axis=(0, 2, 3))", "dbias = dout.mean(axis=(0, 2, 3))", "mean-for-sum", "bias gradient averaged"),
    ("dbias = dout.sum(axis=(0, 2, 3))", "dbias = dout[0].sum(axis=(1, 2))", "missing-sum or missing-term", "bias of the first example only"),
    ("dbias = dout.sum(axis=(0, 2, 3))", "dbias = dout.sum(axis=(2, 3))[-1]", "missing-sum or missing-term", "bias of the last example only"),
    ("dconv = dy * (1 - y**2)\n", "dconv = dy\n", "missing-factor", "tanh between convolution and upsampling forgotten"),
    ("dconv = dy * (1 - y**2)\n    dx, dkernel, dbias = transposed_conv_backward(dconv, x, kernel)", "dconv = dy * (1 - y**2)\n    dx, dkernel, dbias = transposed_conv_backward(dy, x, kernel)", "missing-factor or stale-value", "dy handed on instead of dconv"),
    ("ddense = z.T @ (da * (1 - a**2))", "ddense = z.T @ da", "missing-factor", "tanh of the dense layer forgotten"),
    ("ddense = z.T @ (da * (1 - a**2))", "ddense = z.T @ (da - a**2)", "missing-factor or missing-term or unexplained", "brackets expanded wrongly"),
    ("da = dx.reshape(B, -1)", "da = dx.transpose(0, 2, 3, 1).reshape(B, -1)", "wrong-shape or transpose", "flattened channels-last though made channels-first"),
    ("da = dx.reshape(B, -1)", "da = dx.reshape(-1, B).T", "wrong-shape or transpose", "reshape to the other order and transposed"),
    ("dlogits = (prob - pixels) / B", "dlogits = (prob - pixels) * prob * (1 - prob) / B", "repeated-factor", "sigmoid's derivative though cross-entropy cancels it"),
    ("dlogits = (prob - pixels) / B", "dlogits = (prob - pixels) / pixels.size", "mean-for-sum or scale", "average over pixels, the loss sums them"),
    ("dmix = np.einsum(\"nfpq,npq->f\", up, dlogits)", "dmix = np.einsum(\"nfpq,npq->f\", y, dlogits[:, ::UP, ::UP])", "missing-sum or stale-value or wrong-point or missing-term", "small map with a subsampled gradient"),
    ("dup = dlogits[:, None] * mix[:, None, None]", "dup = dlogits[:, None] * up", "wrong-point or wrong-parameter or stale-value or missing-factor", "activation for the weights"),
]
