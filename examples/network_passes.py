"""The article's network three times: as it is computed, how its gradients are, and both side by side.

Run with a folder to write to another than this one.
"""

import sys
from pathlib import Path

import microgradnet as mg

x, y = mg.article.dataset()
loss = mg.article.recorded_loss(x, y, *mg.article.initial_weights(x, y, seed=0))

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
for direction in ("forward", "backward", "both"):
    picture = mg.draw(loss, direction=direction, names={"loss": loss})
    print("wrote", picture.render(outfile=folder / f"network-{direction}.svg", cleanup=True))
