"""What a `Graph` looks like: as a Graphviz drawing and as a text tree. A view reads graphs, and nothing else."""

from microgradnet.views.drawing import draw
from microgradnet.views.text import tree

__all__ = ["draw", "tree"]
