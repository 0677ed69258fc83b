"""Does this evidence say what this claim says? Checkers of support behind one port, from the one that always runs up."""
