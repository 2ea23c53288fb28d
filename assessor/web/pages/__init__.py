"""Pages for people: forms in, pages out. They hold no rule: every one calls the desk."""
