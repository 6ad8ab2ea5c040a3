"""``python -m microgradnet``: the command without its entry point."""

import sys

from microgradnet.cli import main

sys.exit(main())
