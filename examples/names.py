"""A network reads names letter by letter, learns which letter comes next, and then makes up names of its own.

Backpropagation through time is derived by hand, too, and compared. Run with a folder to write to another than this one.
"""

import sys
from pathlib import Path

import numpy as np

import microgradnet as mg

LETTERS = ".abdeiklmnorstu"  # the first one begins and ends a name
WIDTH, LENGTH = 32, 7

random = np.random.default_rng(0)
syllables = [first + second for first in "bdklmnrst" for second in "aeiou"]
names = [a + b + (c if c < "m" else "n") for a, b, c in random.choice(syllables, (400, 3))]
text = np.array([[LETTERS.index(letter) for letter in f".{name}".ljust(LENGTH + 1, ".")] for name in names])
x, following = text[:, :LENGTH], text[:, 1:]


def loss(table, recurrent, bias, readout, x, following):
    h = np.zeros((len(x), WIDTH))
    losses = []
    for t in range(x.shape[1]):
        with mg.scope(f"letter {t + 1}"):
            h = mg.tanh(mg.embedding(table, x[:, t]) + h @ recurrent + bias)
            losses.append(mg.softmax_cross_entropy(h @ readout, following[:, t]))
    return mg.mean(mg.stack(losses))


def backprop(table, recurrent, bias, readout, x, following):
    seen, wanted = np.eye(len(LETTERS))[x], np.eye(len(LETTERS))[following]
    h = [np.zeros((len(x), WIDTH))]
    for t in range(x.shape[1]):
        h.append(np.tanh(seen[:, t] @ table + h[t] @ recurrent + bias))
    d_table, d_recurrent, d_bias, d_readout = 0 * table, 0 * recurrent, 0 * bias, 0 * readout
    dh = 0 * h[0]  # what comes back from later letters
    for t in reversed(range(x.shape[1])):
        e = np.exp(h[t + 1] @ readout)
        dz = (e / e.sum(axis=1, keepdims=True) - wanted[:, t]) / x.size
        da = (dz @ readout.T + dh) * (1 - h[t + 1] ** 2)
        d_table += seen[:, t].T @ da
        d_recurrent += h[t].T @ da
        d_bias += da.sum(axis=0)
        d_readout += h[t + 1].T @ dz
        dh = da @ recurrent.T
    return d_table, d_recurrent, d_bias, d_readout


parameters = {
    "table": mg.nn.lecun_normal(random, (len(LETTERS), WIDTH)),
    "recurrent": mg.nn.orthogonal(random, (WIDTH, WIDTH)),
    "bias": np.zeros(WIDTH),
    "readout": mg.nn.lecun_normal(random, (WIDTH, len(LETTERS))),
}
report = mg.compare(loss, backprop, *parameters.values(), x[:4, :3], following[:4, :3], argnums=(0, 1, 2, 3))
print(f"{report}\n\n{report.listing}\n")

leaves = {name: mg.tensor(value, requires_grad=True, name=name) for name, value in parameters.items()}
picture = mg.draw(loss(**leaves, x=x[:4, :4], following=following[:4, :4]), title="A name, letter by letter")
folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
print("wrote", picture.render(outfile=folder / "names.svg", cleanup=True))

step = mg.compile(mg.value_and_grad(lambda p, x, following: loss(**p, x=x, following=following)), backend="numpy")
state = None
for epoch in range(12):
    for some, later in mg.nn.minibatches(random, x, following, size=20):
        value, gradients = step(parameters, some, later)
        parameters, state = mg.nn.adam(parameters, gradients, state, rate=0.005)
    print(f"epoch {epoch + 1:2}: loss {loss(**parameters, x=x, following=following):.3f}")

for _ in range(6):
    h, letters = np.zeros(WIDTH), [0]
    while len(letters) <= LENGTH and (len(letters) == 1 or letters[-1]):
        h = np.tanh(parameters["table"][letters[-1]] + h @ parameters["recurrent"] + parameters["bias"])
        letters.append(random.choice(len(LETTERS), p=mg.softmax(h @ parameters["readout"])))
    print("".join(LETTERS[i] for i in letters).strip(".").capitalize())
