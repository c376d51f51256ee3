"""A learner's own folder: made, kept safe, and looked at from the terminal."""
