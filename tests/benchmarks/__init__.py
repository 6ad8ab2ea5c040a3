"""Measurements, not part of the plain test run: ``pytest tests/benchmarks``, or one of them alone,
``python -m tests.benchmarks.network``. They check that both sides compute the same, and print how long each took.
"""
