"""How the built-in reader's model is made: from labelled windows to the files in briefing/reading/model."""
