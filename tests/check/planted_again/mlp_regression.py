"""MLP regression: a list of (W, b) layers with tanh, L2 penalty on the weights only."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
LAM = 0.3


def data(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [3, 4, 4, 2]
    x = rng.normal(size=(5, 3))
    y = rng.normal(size=(5, 2))
    params = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        params.append(0.7 * rng.normal(size=(m, n)))
        params.append(0.5 * rng.normal(size=n))
    return (x, y, *params)


def loss(x, y, W1, b1, W2, b2, W3, b3):
    layers = [(W1, b1), (W2, b2), (W3, b3)]
    h = x
    for W, b in layers[:-1]:
        h = np.tanh(h @ W + b)
    W, b = layers[-1]
    out = h @ W + b
    penalty = sum(np.sum(W**2) for W, b in layers)
    return np.sum((out - y) ** 2) / len(x) + 0.5 * LAM * penalty


def backprop(x, y, *params):
    layers = list(zip(params[0::2], params[1::2]))
    last = len(layers) - 1
    n = len(x)

    # forward, keep what every layer gives
    acts = [x]
    for i, (W, b) in enumerate(layers):
        z = acts[-1] @ W + b
        acts.append(np.tanh(z) if i < last else z)

    # backward
    grads = {}
    delta = 2 * (acts[-1] - y) / n
    for i in reversed(range(len(layers))):
        W, b = layers[i]
        a = acts[i]
        dW = a.T @ delta
        dW += LAM * W
        grads[f"W{i + 1}"] = dW
        grads[f"b{i + 1}"] = delta.sum(axis=0)
        if i > 0:
            da = delta @ W.T
            delta = da * (1 - a**2)
    return grads


MISTAKES = [
    ("delta = 2 * (acts[-1] - y) / n", "delta = (acts[-1] - y) / n", "scale", "the 2 of the square forgotten"),
    ("delta = 2 * (acts[-1] - y) / n", "delta = 2 * (acts[-1] - y)", "sum-for-mean", "not divided by the batch size"),
    ("delta = 2 * (acts[-1] - y) / n", "delta = 2 * (acts[-1] - y) / y.size", "mean-for-sum or scale", "mean over all elements, as np.mean would be"),
    ("delta = 2 * (acts[-1] - y) / n", "delta = 2 * (y - acts[-1]) / n", "sign", "target minus prediction"),
    ("delta = 2 * (acts[-1] - y) / n", "delta = 2 * (acts[-1] - y) / n * (1 - acts[-1] ** 2)", "wrong-activation or repeated-factor", "tanh' at the output too, which is linear"),
    ("        dW += LAM * W\n", "", "missing-term", "weight decay forgotten"),
    ("dW += LAM * W", "dW += 2 * LAM * W", "scale", "0.5 of the penalty not seen"),
    ("dW += LAM * W", "dW += LAM * W / n", "mean-for-sum", "penalty divided by the batch size"),
    ("dW += LAM * W", "dW -= LAM * W", "sign", "weight decay with the sign of the update"),
    ("dW += LAM * W", "dW += LAM * np.sign(W)", "another-loss or wrong-activation", "L1 derivative for L2"),
    ("dW += LAM * W", "dW += 0.5 * LAM * np.sum(W**2)", "wrong-activation or unexplained", "the value of the penalty instead of its derivative"),
    ("        dW += LAM * W\n", "        if i < last:\n            dW += LAM * W\n", "missing-term", "output layer not penalised"),
    ('grads[f"b{i + 1}"] = delta.sum(axis=0)', 'grads[f"b{i + 1}"] = delta.sum(axis=0) + LAM * b', "repeated-term", "biases penalised too"),
    ('grads[f"b{i + 1}"] = delta.sum(axis=0)', 'grads[f"b{i + 1}"] = delta.mean(axis=0)', "mean-for-sum", "averaged twice over the batch"),
    ('grads[f"b{i + 1}"] = delta.sum(axis=0)', 'grads[f"b{i + 1}"] = delta[0]', "missing-sum", "only the first example"),
    ("delta = da * (1 - a**2)", "delta = da * (1 - a)", "wrong-activation or missing-factor", "the square of tanh' forgotten"),
    ("delta = da * (1 - a**2)", "delta = da * a * (1 - a)", "wrong-activation", "sigmoid derivative"),
    ("delta = da * (1 - a**2)", "delta = da * (1 - np.tanh(a) ** 2)", "wrong-point", "tanh taken of the activation"),
    ("delta = da * (1 - a**2)", "delta = da * (a > 0)", "wrong-activation", "ReLU derivative left from an older version"),
    ("delta = da * (1 - a**2)", "delta = da", "missing-factor", "activation derivative forgotten"),
    ("delta = da * (1 - a**2)", "delta = da * 1 - a**2", "missing-factor or missing-term or unexplained", "brackets forgotten"),
    ("        if i > 0:\n", "        if i > 1:\n", "missing-factor", "off by one: first layer gets the second's delta"),
    ("            da = delta @ W.T", "            W = W - 0.1 * dW\n            da = delta @ W.T", "updated-parameter", "weights updated before the gradient goes through them"),
    ("np.tanh(z) if i < last else z", "np.tanh(z)", "another-loss", "own forward pass has tanh at the output"),
    ("z = acts[-1] @ W + b", "z = acts[-1] @ W", "another-loss", "own forward pass without the bias"),
]
