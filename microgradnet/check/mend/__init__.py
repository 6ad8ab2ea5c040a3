"""One change of the user's text that makes a wrong derivation right: what may be meant, and which of it mends.

`rewrite` is other text for an expression; `surroundings` and `expressions` say what it can be made of. What may have
been meant: `slips`, `calls`, `siblings` and `statements` (something else was written), `omissions` (something was
left out), `rearranged`, and `wanted`, `response` and `variables` (what belongs there by its numbers). `scan` makes
every such change in the user's code; `one_change`, `several`, `inserted` (a statement isn't there) and `known` choose
among those that mend, where `likely` tells what speaks against one; `repair` searches until everything is right, and
`reread` reads a source anew that has some of it.
"""
