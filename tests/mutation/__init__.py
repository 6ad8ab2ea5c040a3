"""How many mistakes the tests notice: Cosmic Ray plants them, one at a time, in a copy of the repository.

Not part of the plain run; ``bash .ci/full mutation`` measures which test runs which line, and then this.
"""
