"""PAPERS: what each document says, as blocks in one language, before it has a format."""
