"""Somebody's network, read as it is: by what it does, on copies of it, and by the names that people use.

`attributes` says where a number stands in an object; `methods` what a method and its parameters are for, by their
names; `driving` makes one step, with `first_update` where training goes round by itself; `losses`, `gradients` and
`rates` find what is meant; `reader` puts it together, as a `reading`; `watching` runs a script until its first step.
"""
