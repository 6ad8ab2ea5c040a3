"""Is a gradient right? `gradcheck` compares with numerical derivatives, `compare` with a derivation by hand.

`compare_steps` says what single quantities of a derivation are; `diagnose` says which step of it is wrong, and in which
line of the user's own source; `compare_network` reads a derivation off somebody's class; `compare_training` compares
whole training runs; `first_nonfinite` says where a NaN or an infinity comes from.

These read functions and their gradients from the outside: no operation is known here by name.
"""

from microgradnet.check.agreement import ParameterReport
from microgradnet.check.comparison import GradientReport, compare
from microgradnet.check.diagnosis import diagnose
from microgradnet.check.findings import Diagnoses, Diagnosis
from microgradnet.check.listing import ListedLine, Listing
from microgradnet.check.networks import compare_network
from microgradnet.check.nonfinite import Nonfinite, first_nonfinite
from microgradnet.check.numerical import CheckedArgument, GradcheckReport, gradcheck
from microgradnet.check.steps import ComparedStep, StepsReport, compare_steps
from microgradnet.check.training import TrainingReport, compare_training

__all__ = [
    "CheckedArgument",
    "ComparedStep",
    "Diagnoses",
    "Diagnosis",
    "GradcheckReport",
    "GradientReport",
    "ListedLine",
    "Listing",
    "Nonfinite",
    "ParameterReport",
    "StepsReport",
    "TrainingReport",
    "compare",
    "compare_network",
    "compare_steps",
    "compare_training",
    "diagnose",
    "first_nonfinite",
    "gradcheck",
]
