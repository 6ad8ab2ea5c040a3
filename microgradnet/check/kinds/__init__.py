"""What sort of mistake was made: the difference between what stands in the source and what belongs there."""

from microgradnet.check.kinds.correction import Correction, Told, kind_of

__all__ = ["Correction", "Told", "kind_of"]
