"""The documentation site: sphinx-build reads this. Pages are run as they are built; an error or a warning stops it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.application import Sphinx

import microgradnet as mg

HERE = Path(__file__).parent
sys.path += [str(HERE / "extensions"), str(HERE.parent)]  # the tables of the reference read the tests' table of cases

project = "microgradnet"
author = copyright = "microgradnet contributors"
version = release = mg.__version__

extensions = [
    *("myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx_copybutton"),
    *("mathml", "names", "commands", "vjps", "curves", "rooms"),  # of the folder extensions
]
exclude_patterns = ["README.md", "extensions", "_build"]
nitpicky = True

# --- pages: MyST Markdown, run in the folder of the page ---
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence", "attrs_inline", "attrs_block"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_show_tb = True
nb_merge_streams = True
nb_render_markdown_format = "myst"  # tables, too
# What a kernel inherits: figures appear in the page, sharp, and whatever is shown fits a column of text.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
os.environ["MATPLOTLIBRC"] = str(HERE / "matplotlibrc")
os.environ["COLUMNS"] = "80"
os.environ["NO_COLOR"] = "1"  # the red of terminals is hard to read on grey

# --- reference ---
autodoc_typehints = "none"  # numpydoc's sections say it
numpydoc_show_class_members = False
default_role = "autolink"  # what docstrings name between backticks is a link where there is such a name

# --- look: nothing comes from another host ---
html_theme = "furo"
html_title = "microgradnet"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_math_renderer = "mathml"
html_show_search_summary = False  # it would be fetched, which browsers forbid to pages opened from a folder
copybutton_exclude = ".linenos, .gp, .go"


def make_cache(app: Sphinx) -> None:
    """Make the cache of what was run before pages are read: two processes that made it at once would collide."""
    assert get_cache(app.env.mystnb_config.execution_cache_path).db


def setup(app: Sphinx) -> None:
    """Ask Sphinx for that; MyST-NB has found the folder by then."""
    app.connect("builder-inited", make_cache, priority=900)
