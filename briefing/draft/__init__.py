"""Drafting: statements are chosen, put into sentences that keep their source's words, and laid out by the plan."""
