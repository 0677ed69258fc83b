"""Anything given on the command line becomes articles or reasons why not."""

from index.sources.given import Given, Item, Skipped, noted
from index.sources.inputs import read_inputs

__all__ = ["Given", "Item", "Skipped", "noted", "read_inputs"]
