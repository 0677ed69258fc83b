"""Ranked evidence becomes statements, claims, verdicts and a brief a person can review."""
