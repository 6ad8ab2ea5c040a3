"""The laboratory: what an inventor of an activation measures by hand, computed from its declaration, side by side."""

from microgradnet.nn.activate.study.report import Studied, Study
from microgradnet.nn.activate.study.studying import study_activation

__all__ = ["Studied", "Study", "study_activation"]
