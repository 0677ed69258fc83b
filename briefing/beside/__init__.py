"""Two texts beside each other: their words, aligned, and a quote found in its source."""
