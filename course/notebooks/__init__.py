"""Reading and rebuilding notebooks: for learning, building and grading alike."""
