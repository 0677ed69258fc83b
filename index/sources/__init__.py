"""Anything given on the command line becomes articles or reasons why not."""

from index.sources.inputs import Given, Skipped, read_inputs

__all__ = ["Given", "Skipped", "read_inputs"]
