"""A built site put to the test: ``site.py DIRECTORY``.

Every internal link leads to a file and to an anchor in it, no page asks another host for a script, a style sheet, a
font or a picture, every picture has a text for who can't see it, headings skip no level, and no page has a path of the
machine that built it. What doesn't hold is listed, and the exit status is 1.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
"""What a browser fetches without being asked, by element."""

FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}

IN_CSS = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


MACHINE_PATH = re.compile(rf"(?:{re.escape(str(Path(__file__).parents[1]))}|/home/|/tmp/|/root/|/Users/)\S*")


class Page(HTMLParser):
    """The anchors of a page, its links, what it loads, and what is wrong with it alone."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.wrong: list[str] = []
        self._level = 0
        self._in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what an element says."""
        given = {name: value or "" for name, value in attributes}
        self.anchors.update(given[name] for name in ("id", "name") if given.get(name))
        self._in_style = tag == "style"
        if tag == "img" and (not given.get("alt") or given["alt"] == given.get("src")):
            self.wrong.append(f"a picture without a text: {given.get('src', '')[:80]}")
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self._level + 1:
                self.wrong.append(f"a heading {tag} after h{self._level}")
            self._level = int(tag[1])
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and FETCHED_LINKS & set(given.get("rel", "").lower().split()):
            self.loads.append(given.get("href", ""))
        for name in LOADED.get(tag, ()):
            if name in given:
                urls = [part.split()[0] for part in given[name].split(",") if part.strip()]
                self.loads += urls if name == "srcset" else [given[name]]
        self.loads += in_css(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Read style sheets that stand in the page, and look for paths in its text."""
        if self._in_style:
            self.loads += in_css(data)
        self.wrong += [f"a path of this machine: {path}" for path in MACHINE_PATH.findall(data)]

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        if tag == "style":
            self._in_style = False


def in_css(text: str) -> list[str]:
    """Find what a style sheet loads."""
    return [a or b for a, b in IN_CSS.findall(text)]


def is_elsewhere(url: str) -> bool:
    """Tell whether a browser would ask another host for this."""
    parts = urlsplit(url.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def main(directory: str) -> int:
    """Check a site and report."""
    site = Path(directory).resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    if not pages:
        print(f"{directory} holds no page")
        return 1
    wrong: list[str] = []
    links = loads = 0

    def check(url: str, path: Path, what: str) -> None:
        """Check a URL that stays within the site."""
        parts = urlsplit(url)
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        where = path.relative_to(site)
        if not target.is_relative_to(site) or not target.is_file():
            wrong.append(f"{where}: {what} {url}: there is no such file")
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            wrong.append(f"{where}: {what} {url}: there is no such anchor")

    for path, page in pages.items():
        wrong += [f"{path.relative_to(site)}: {what}" for what in page.wrong]
        for url in page.links:
            if not urlsplit(url).scheme and not url.startswith("//") and url != "#":
                links += 1
                check(url, path, "link to")
        for url in page.loads:
            loads += 1
            if is_elsewhere(url):
                wrong.append(f"{path.relative_to(site)}: loads {url} from another host")
            elif not url.strip().startswith("data:"):
                check(url, path, "loads")
    for path in sorted(site.rglob("*.css")):
        for url in in_css(path.read_text(encoding="utf-8")):
            loads += 1
            if is_elsewhere(url):
                wrong.append(f"{path.relative_to(site)}: loads {url} from another host")
    print(f"{len(pages)} pages, {links} internal links, {loads} loaded files: {len(wrong)} wrong")
    for line in wrong:
        print(f"  {line}")
    return bool(wrong)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("give the folder of a built site: python .ci/site.py docs/_build/html")
    sys.exit(main(sys.argv[1]))
