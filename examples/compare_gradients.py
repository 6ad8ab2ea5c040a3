"""Is this derivation right? A hand-written gradient beside the automatic one, first with a mistake, then without.

The model is logistic regression: p = σ(x·w + b), loss = −Σ y log p + (1 − y) log(1 − p). On paper the gradients
are xᵀ(p − y) and Σ(p − y).
"""

import numpy as np

import microgradnet as mg

random = np.random.default_rng(1)
x = random.normal(size=(20, 3))
y = (x @ [1.0, -2.0, 0.5] > 0).astype(float)


def loss(w, b):
    z = x @ w + b
    return mg.sum(mg.softplus(z) - y * z)  # the same, and stable for any z


def with_a_mistake(w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    return x.T @ (p - y), np.mean(p - y)  # the loss is a sum, not a mean


def derivation(w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    return x.T @ (p - y), np.sum(p - y)


w, b = np.array([0.1, 0.2, -0.3]), 0.5
for by_hand in (with_a_mistake, derivation):
    report = mg.compare(loss, by_hand, w, b)
    print(f"{by_hand.__name__}: {'right' if report else 'wrong'}\n{report}\n")

# A derivation of the other sign, an update to be *added* to the weights, is compared with descent=True.
print(mg.compare(loss, lambda w, b: [-g for g in derivation(w, b)], w, b, descent=True).ok)

# Without a derivation by hand, the automatic gradients can be held against finite differences.
print(mg.gradcheck(loss, w, b, order=2))
