"""A derivation with one of the article's two traps in it, σ′ taken at the pre-activation, beside the right one."""

import numpy as np

import microgradnet as mg

x, y = mg.article.dataset()
weights1, weights2 = mg.article.initial_weights(x, y, seed=1)


def wrong(x, y, weights1, weights2):
    """Give σ′ the sum z = layer1 · weights2 where a(1 - a) expects the activation a = σ(z)."""
    layer1 = mg.sigmoid(x @ weights1)
    z = layer1 @ weights2
    delta = 2 * (y - mg.sigmoid(z)) * z * (1 - z)
    return x.T @ (delta @ weights2.T * layer1 * (1 - layer1)), layer1.T @ delta


for derivation in (mg.article.backprop, wrong):
    report = mg.compare(mg.article.loss, derivation, x, y, weights1, weights2, argnums=(2, 3), descent=True)
    print(f"{derivation.__name__}: {'right' if report.ok else 'wrong'}\n{report}\n")

assert np.all(np.isfinite(report["weights1"].manual))
assert not report.ok
