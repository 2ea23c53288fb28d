"""Data that domain experts write and review: questions, frameworks, recommendations. No logic."""
