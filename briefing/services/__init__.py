"""What can be done with a data folder, a file a kind of work; the desk puts them together."""
