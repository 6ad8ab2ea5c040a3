"""What other activation function can we use besides the sigmoid? Every one is trained with, on two problems.

The first is the article's network: XOR, 4 hidden units, the activation in question in the hidden layer and the sigmoid
at the output, biases, 5 seeds, scored on the four rows it is trained on. The second is handwritten digits (those of
scikit-learn): 64 - 16 - 10 units, the activation in the hidden layer, softmax with cross-entropy, 3 seeds, 600 digits
to train on and 600 others to score on. All activations start from the same weights; parameters of their own, such as
PReLU's slope, keep their defaults.

One rule gives the learning rate: nobody's is tuned. Plain gradient descent runs with each of the rates below, and the
one is kept whose mean loss over the seeds is lowest at the end of training. The table says which one it was.

Run with a folder to write activations-trained.svg and activations-trained.md to another than this one.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import microgradnet as mg
from microgradnet.nn import initial_parameters

RATES = (0.1, 0.3, 1.0)
"""Of the mean loss, so the same for 4 rows and for 600."""


def train(f, outputs, x, y, unseen, seeds, hidden, iterations, rate):
    """Return the losses, (seeds, iterations), and the outputs for unseen x; all seeds train at once."""
    drawn = [initial_parameters(x.shape[1], hidden, y.shape[1], bias=True, seed=s) for s in range(seeds)]
    weights = [np.stack([np.atleast_2d(d[name]) for d in drawn]) for name in ("weights1", "bias1", "weights2", "bias2")]

    def loss(*weights):
        w1, b1, w2, b2 = weights
        each = outputs(f(x @ w1 + b1) @ w2 + b2, y)
        return mg.sum(each), each

    losses = np.full((seeds, iterations), np.nan)
    with np.errstate(all="ignore"):
        for i in range(iterations):
            tensors = [mg.tensor(w, requires_grad=True) for w in weights]
            total, each = loss(*tensors)
            losses[:, i] = each.numpy()
            if not np.isfinite(losses[:, i]).all():
                break
            total.backward()
            weights = [w - rate * t.grad for w, t in zip(weights, tensors, strict=True)]
        w1, b1, w2, b2 = weights
        return losses, np.asarray(f(unseen @ w1 + b1) @ w2 + b2)


def squares(z, y):
    """Mean squares of sigmoid outputs, one for each seed."""
    return mg.mean(mg.sum((y - mg.sigmoid(z)) ** 2, axis=-1), axis=-1)


def cross_entropy(z, y):
    """Mean cross-entropies of softmax outputs, one for each seed."""
    return -mg.mean(mg.sum(y * mg.log_softmax(z, axis=-1), axis=-1), axis=-1)


def best(f, outputs, x, y, unseen, seeds, hidden, iterations):
    """Train at every rate, and keep the one that ends lowest; what diverged ends highest."""
    runs = [(*train(f, outputs, x, y, unseen, seeds, hidden, iterations, rate), rate) for rate in RATES]
    return min(runs, key=lambda run: np.nan_to_num(run[0][:, -1], nan=np.inf).mean())


def problems():
    """Yield each problem: title, data to train on, how it is scored, and its size."""
    x, y = mg.article.dataset()
    yield "XOR", x, y, x, squares, lambda z: ((z > 0) == y).all(axis=-1).mean(axis=-1), (5, 4, 400)
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        print("scikit-learn is missing, and with it the digits: pip install scikit-learn")
        return
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.data))
    x, labels = digits.data[order] / 16, digits.target[order]
    held = labels[600:1200]
    yield (
        "digits",
        x[:600],
        np.eye(10)[labels[:600]],
        x[600:1200],
        cross_entropy,
        lambda z: (z.argmax(axis=-1) == held).mean(axis=-1),
        (3, 16, 60),
    )


names = [n for n, a in mg.activations.items() if a.elementwise and a.name == n]  # silu once, not as swish again
figure = Figure(figsize=(10, 9), layout="constrained")
lines = [
    "| activation | problem | rate | loss, mean ± spread | accuracy, mean ± spread | |",
    "| --- | --- | --- | --- | --- | --- |",
]
found = list(problems())
axes = figure.subplots(len(found), 2, squeeze=False)
for (title, x, y, unseen, outputs, score, size), (left, right) in zip(found, axes, strict=True):
    results = {name: best(mg.activations[name], outputs, x, y, unseen, *size) for name in names}
    guessed = float(np.mean(outputs(np.zeros((1, *y.shape)), y)))  # the loss of outputs that are all alike
    ranked = sorted(names, key=lambda n: -np.nan_to_num(score(results[n][1])).mean())
    for name in ranked:
        losses, z, rate = results[name]
        accuracy, last = score(z), losses[:, -1]
        diverged = not np.isfinite(last).all()
        remark = "diverged at every rate" if diverged else "did not learn" if last.mean() > 0.95 * guessed else ""
        lines.append(
            f"| {name} | {title} | {rate:g} | {last.mean():.3f} ± {last.std():.3f} "
            f"| {accuracy.mean():.3f} ± {accuracy.std():.3f} | {remark} |"
        )
        colored = {"sigmoid": "#0072b2", ranked[0]: "#d55e00"}.get(name)
        mean, spread = losses.mean(axis=0), losses.std(axis=0)
        style = (
            {"color": colored, "linewidth": 2, "label": name, "zorder": 3}
            if colored
            else {"color": "0.75", "linewidth": 0.8}
        )
        left.plot(mean, **style)
        if colored:
            left.fill_between(
                np.arange(len(mean)), np.maximum(mean - spread, 1e-4), mean + spread, color=colored, alpha=0.15
            )
    left.set(title=f"{title}: loss", xlabel="iteration", yscale="log")
    left.legend(frameon=False)
    means, spreads = (np.array([getattr(score(results[n][1]), what)() for n in ranked]) for what in ("mean", "std"))
    right.errorbar(means, range(len(ranked)), xerr=spreads, fmt="o", color="#0072b2", markersize=4)
    right.set(title=f"{title}: accuracy, mean and spread over {size[0]} seeds", xlim=(0, 1.05), ylim=(len(ranked), -1))
    right.set_yticks(range(len(ranked)), ranked, fontsize=7)
    right.grid(axis="x", alpha=0.3)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
table = "\n".join(lines) + "\n"
print(table)
figure.savefig(folder / "activations-trained.svg")
(folder / "activations-trained.md").write_text(table, encoding="utf-8")
print("wrote", folder / "activations-trained.svg")
