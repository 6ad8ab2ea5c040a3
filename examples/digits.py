"""LeNet reads handwritten digits: two convolutions, each with pooling, and a layer above them; trained in seconds.

The digits are scikit-learn's, 8 by 8 pixels. The gradients of the upper half are derived by hand too, through softmax,
pooling and the second convolution, compared, and listed. Run with a folder to write the drawing to another than this.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import microgradnet as mg

images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 1, 8, 8) / 16
random = np.random.default_rng(1)
train, test = np.split(random.permutation(len(images)), [1408])


def lower(x, kernels1, bias1):
    with mg.scope("first layer"):
        return mg.max_pool(mg.relu(mg.conv2d(x, kernels1, bias1, padding="same")), 2)


def logits(h, kernels2, weights):
    with mg.scope("second layer"):
        h = mg.max_pool(mg.relu(mg.conv2d(h, kernels2, padding="same")), 2)
    return h.reshape(len(h), -1) @ weights


def upper(h, y, kernels2, weights):
    z = logits(h, kernels2, weights)
    return mg.mean(mg.logsumexp(z, axis=1) - z[np.arange(len(y)), y])


def loss(p, x, y):
    return upper(lower(x, p["kernels1"], p["bias1"]), y, p["kernels2"], p["weights"])


# --- stochastic gradient descent with momentum ---

shapes = {"kernels1": (16, 1, 3, 3), "bias1": (16,), "kernels2": (32, 16, 3, 3), "weights": (128, 10)}
size = {"kernels1": 9, "bias1": np.inf, "kernels2": 144, "weights": 128}  # of what is summed up
parameters = {k: random.normal(size=shapes[k]) * np.sqrt(2 / size[k]) for k in shapes}
velocity = {k: np.zeros_like(p) for k, p in parameters.items()}
for epoch in range(12):
    rate = 0.05 * (1 - epoch / 12)
    for rows in np.split(random.permutation(train), 44):
        value, d = mg.value_and_grad(loss)(parameters, images[rows], labels[rows])
        velocity = {k: 0.9 * velocity[k] - rate * d[k] for k in d}
        parameters = {k: parameters[k] + velocity[k] for k in d}
kernels1, bias1, kernels2, weights = parameters.values()
right = logits(lower(images[test], kernels1, bias1), kernels2, weights).argmax(axis=1) == labels[test]
print(f"loss {value:.4f}; of the {len(test)} digits held out {right.mean():.1%} are read right\n")


def by_hand(h, y, kernels2, weights):
    a = np.maximum(mg.conv2d(h, kernels2, padding=1), 0)
    blocks = a.reshape(len(h), 32, 2, 2, 2, 2)  # 4 by 4 pixels: 2 by 2 blocks of 2 by 2
    pooled = blocks.max(axis=(3, 5), keepdims=True)
    features = pooled.reshape(len(h), -1)
    e = np.exp(features @ weights)
    p = e / e.sum(axis=1, keepdims=True)
    dz = (p - np.eye(10)[y]) / len(h)
    d_pooled = (dz @ weights.T).reshape(pooled.shape)
    d_conv = (d_pooled * (blocks == pooled)).reshape(a.shape) * (a > 0)
    padded = np.pad(h, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    return np.einsum("ncijkl,noij->ockl", windows, d_conv), features.T @ dz


x, y = images[test[:20]], labels[test[:20]]
report = mg.compare(upper, by_hand, lower(x, kernels1, bias1), y, kernels2, weights, argnums=(2, 3))
print(report, report.listing, sep="\n\n")
leaves = {k: mg.tensor(p, requires_grad=True, name=k) for k, p in parameters.items()}
picture = mg.draw(loss(leaves, mg.tensor(x, name="images"), y))
folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
print("wrote", picture.render(outfile=folder / "digits.svg", cleanup=True))
