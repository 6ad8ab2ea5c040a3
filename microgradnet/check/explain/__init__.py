"""Which step of a derivation is wrong, by its numbers: the chain rule as links, and mistakes as edits.

`chain` holds the links and can be run with some of them edited; `spans` and `functions` say what a link is made of;
`mistakes` makes every edit that stands for a mistake; `search` runs them, and keeps those that give the numbers of the
derivation, which `evidence` holds. `wording` names the step.
"""
