"""Suites that measure the product; their floors decide an exit code."""

from evals.suite import Metric, Result, junit, ran

__all__ = ["Metric", "Result", "junit", "ran"]
