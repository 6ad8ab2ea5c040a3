"""One head of attention learns to look something up: pairs of a key and a value are given, and then a key.

What comes back through the softmax is derived by hand, too, and compared. Run with a folder to write to another than
this one.
"""

import sys
from pathlib import Path

import numpy as np

import microgradnet as mg

KINDS, PAIRS, WIDTH = 8, 5, 16
random = np.random.default_rng(0)


def draw(n):
    """Draw n lists of pairs, the keys in each all different, a key of each list, and the value that belongs to it."""
    keys = random.permuted(np.tile(np.arange(KINDS), (n, 1)), axis=1)[:, :PAIRS]
    values, asked = random.integers(KINDS, size=(n, PAIRS)), random.integers(PAIRS, size=n)
    return keys, values, keys[np.arange(n), asked], values[np.arange(n), asked]


def loss(of_queries, of_keys, of_values, readout, keys, values, query, answer):
    q = mg.embedding(of_queries, query[:, None])
    k, v = mg.embedding(of_keys, keys), mg.embedding(of_values, values)
    found = mg.scaled_dot_product_attention(q, k, v)[:, 0]
    return mg.mean(mg.softmax_cross_entropy(found @ readout, answer))


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def backprop(of_queries, of_keys, of_values, readout, keys, values, query, answer):
    one_hot = np.eye(KINDS)
    q, k, v = of_queries[query], of_keys[keys], of_values[values]
    weights = softmax(np.einsum("nd,nmd->nm", q, k) / np.sqrt(WIDTH))
    found = np.einsum("nm,nmd->nd", weights, v)
    dz = (softmax(found @ readout) - one_hot[answer]) / len(query)
    d_found = dz @ readout.T
    d_weights = np.einsum("nd,nmd->nm", d_found, v)
    d_scores = weights * (d_weights - np.sum(weights * d_weights, axis=1, keepdims=True)) / np.sqrt(WIDTH)
    d_q = np.einsum("nm,nmd->nd", d_scores, k)
    d_k = np.einsum("nm,nd->nmd", d_scores, q)
    d_v = np.einsum("nm,nd->nmd", weights, d_found)
    d_queries = one_hot[query].T @ d_q
    d_keys = np.einsum("nmi,nmd->id", one_hot[keys], d_k)
    d_values = np.einsum("nmi,nmd->id", one_hot[values], d_v)
    return d_queries, d_keys, d_values, found.T @ dz


parameters = {name: mg.nn.lecun_normal(random, (KINDS, WIDTH)) for name in ("of_queries", "of_keys", "of_values")}
parameters["readout"] = mg.nn.lecun_normal(random, (WIDTH, KINDS))
report = mg.compare(loss, backprop, *parameters.values(), *draw(6), argnums=(0, 1, 2, 3))
print(f"{report}\n\n{report.listing}\n")

leaves = [mg.tensor(value, requires_grad=True, name=name) for name, value in parameters.items()]
picture = mg.draw(loss(*leaves, *draw(6)), title="Looking something up", gradients=True)
folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
print("wrote", picture.render(outfile=folder / "attention.svg", cleanup=True))

step = mg.compile(mg.value_and_grad(lambda p, *data: loss(*p.values(), *data)), backend="numpy")
state = None
for i in range(1, 201):
    value, gradients = step(parameters, *draw(100))
    parameters, state = mg.nn.adam(parameters, gradients, state, rate=0.02)
    if i % 40 == 0:
        print(f"step {i}: loss {value:.4f}")

keys, values, query, answer = draw(1)
scores = parameters["of_keys"][keys[0]] @ parameters["of_queries"][query[0]] / np.sqrt(WIDTH)
for key, one, weight in zip(keys[0], values[0], softmax(scores), strict=True):
    print(f"{key} → {one}  {'█' * round(40 * weight)} {weight:.2f}{'  asked for' if key == query[0] else ''}")
