"""``python -m tests.views.screenshot PAGE.html PICTURE.png [WIDTH [light|dark]]``: what a page looks like in Chromium.

The picture of the live page in the README is made so, of what its block saves.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from .test_explorer import CHROMIUM, QUIET


def main(page, picture, width="1280", scheme="light"):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        tab = browser.new_page(
            viewport={"width": int(width), "height": 860}, color_scheme=scheme, reduced_motion="reduce"
        )
        tab.goto(Path(page).resolve().as_uri() + "#at=2&element=5")
        tab.wait_for_timeout(300)
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
