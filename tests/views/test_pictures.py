"""The pictures in docs/ are what the examples draw today."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]


def words(svg: Path) -> list[str]:
    """Every text and title in it, in any order: what another version of Graphviz draws too."""
    root = ET.parse(svg).getroot()
    found = (root.iter(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("text", "title"))
    everything = ("".join(element.itertext()) for elements in found for element in elements)
    return sorted(text for text in everything if text != "%3")  # how older versions call a graph without a name


@pytest.mark.parametrize(
    ("example", "pictures"),
    [
        ("network_passes", {"network-forward", "network-backward", "network-both", "network-units"}),
        ("deep_network", {"deep-network", "recurrent-network"}),
        ("vanishing_gradient", {"vanishing-gradient"}),
    ],
)
def test_pictures_are_what_the_code_draws_today(example, pictures, tmp_path):
    subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / f"{example}.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert {path.stem for path in tmp_path.glob("*.svg")} == pictures
    for picture in pictures:
        assert words(tmp_path / f"{picture}.svg") == words(ROOT / "docs" / "pictures" / f"{picture}.svg")


def test_the_picture_in_the_readme_is_what_the_code_draws_today(tmp_path):
    drawn = tmp_path / "graph.svg"
    subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / "draw_graph.py"), str(drawn)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert words(drawn) == words(ROOT / "docs" / "graph.svg")
