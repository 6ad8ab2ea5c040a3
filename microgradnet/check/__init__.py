"""Is a gradient right? `gradcheck` compares with numerical derivatives, `compare` with a derivation by hand.

These read functions and their gradients from the outside: no operation is known here by name.
"""

from microgradnet.check.comparison import GradientReport, ParameterReport, compare
from microgradnet.check.numerical import CheckedArgument, GradcheckReport, gradcheck

__all__ = ["CheckedArgument", "GradcheckReport", "GradientReport", "ParameterReport", "compare", "gradcheck"]
