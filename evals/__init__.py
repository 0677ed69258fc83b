"""Suites that measure the product; their floors decide an exit code."""

from evals.registry import ran
from evals.suite import Metric, Result, junit

__all__ = ["Metric", "Result", "junit", "ran"]
