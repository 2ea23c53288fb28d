"""MANY assessments at once: judge them again under another edition, and tell who moved and why."""
