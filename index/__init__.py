"""Anything published becomes articles, passages, vectors and terms; a question becomes ranked evidence."""
