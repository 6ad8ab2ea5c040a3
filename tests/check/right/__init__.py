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

``python -m tests.check.right`` runs all of it and prints a table.
"""
