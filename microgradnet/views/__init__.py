"""What a `Graph` looks like: drawn, as a text tree, as source and as LaTeX. A view reads graphs, and nothing else."""

from microgradnet.views.derivation import Derivation, Step, derive
from microgradnet.views.drawing import draw
from microgradnet.views.network import draw_network
from microgradnet.views.text import tree
from microgradnet.views.typeset import latex

__all__ = ["Derivation", "Step", "derive", "draw", "draw_network", "latex", "tree"]
