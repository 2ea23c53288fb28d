"""The web: its store on both databases, what may be done by whom, its pages in a real browser."""
