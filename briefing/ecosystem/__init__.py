"""Where Briefing meets langchain: its embeddings as ours, ours as its own, and a retriever over the archive."""
