"""Right derivations, as ordinary people write them: none of them may be called wrong.

Each model is a loss in plain NumPy, a gradient derived by hand, and data drawn from a seed; some come a second time
with data on the spots where people meet kinks (a row of zeros with a bias that starts at 0, a weight of exactly 0, a
tie in a pooling window, a margin that is met exactly), at which the textbook's subgradient is one of several right
ones. The gradients are held to differences in NumPy (`differences`), without this package.

Written without a look at how `mg.compare` decides, and before the first run. What is expected:

- `mg.compare(loss, backprop, *args, argnums=…).ok` is true, `mg.diagnose` of the same finds nothing, neither raises
  or warns: in float64 and float32, for 4 seeds, with the parameters multiplied by 1, 1e-6, 1e-3, 30 and 100, wherever
  the loss and the gradient derived by hand are finite;
- the same, with the parameters as they are, where the derivation computes in float32 and returns float64, returns
  nested lists of Python numbers, or returns float16.

Added after the first run, lest verdicts be mended by saying yes: the same derivations with one gradient 1 % too large,
twice as large, or of the other sign. None of them is told to agree, wherever the right one has digits left (its own
rounding is below 1e-4 of its largest element) and, at a kink, the wrong one is outside of the slopes on both sides.

``python -m tests.check.right`` runs all of it and prints a table.

The first score, before anything was mended on account of it, over 51 models and 30 edges:

- of 3144 cases as they are, 509 were wrong: 464 called wrong, 5 called right and then diagnosed, 40 raised;
- of 324 returned as float64 from float32, 312; of 324 returned as lists, 148 (120 raised, since the list of a single
  parameter was taken for several gradients); of 324 returned as float16, 43.

By model, of 40 cases each:

- 40: perceptron and perceptron with <, quantile, mlp with ReLU, convnet with zero bias, max pool to the first (twice),
  each on its edge only: the other subgradient; group lasso with a zero group: NaN in the automatic gradient; normalised
  cut: `mg.diagnose` raised where `mg.compare` agreed, for np.diag of a constant;
- 35 and 33: leaky ReLU by maximum and dropout, on their edges: the other subgradient;
- 13 of 37 gmm, 11 mlp with sigmoid, 7 lstm, 6, 5 and 4 attention, 3 crf, 3 convnet with and without a blank border, 1
  policy gradient with and without its start: rounding at saturated or tiny weights, and NaN where exp overflows;
- 8 ELU, 8 on its edge, 8 of 38 softplus: NaN in the automatic gradient, of a branch not taken or of ∞/∞;
- 0 of all others.

Of 1069 gradients away from edges (seed 0) that were 1 % too large, 18 were let through, twice as large 12, of the other
sign 12: at saturated or tiny weights, where the measured rounding is larger than the gradient. At edges, 6 of 116, 124
and 126: rounding crosses an exact margin, and the tolerance is then as wide as the slopes on both sides. Normalised cut
raised for all 30.

The latest score, which is kept in tests/benchmarks/results/right.txt: 1 of 4116 right derivations is called wrong, an
lstm in float32 with weights × 30, where exp overflows. Of 1069 wrong ones away from edges, 33 that were 1 % too large
were let through, twice as large 27, of the other sign 27: the rounding measured of saturated or tiny gradients is
larger than they are, which the report's headline says of 24 of the 27. At edges none of 116, 124 and 126.
"""
