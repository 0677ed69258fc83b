"""The words by which stances are told."""
