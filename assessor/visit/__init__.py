"""VISIT: sampling a plant on the day: shown to whoever stands by, or in a process of its own."""
