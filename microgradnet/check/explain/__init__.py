"""Which step of a derivation is wrong: the chain rule as a chain of links, mistakes as edits of them, and the search.

`chain` holds the links and can be run with some of them edited; `spans`, `functions` and `rules` say what a link is
made of; `mistakes` makes every edit that stands for a mistake, with the pages `factors` and `elements`; `search` runs
them, simplest first, until one gives the numbers of the derivation. `wording` names the step.
"""
