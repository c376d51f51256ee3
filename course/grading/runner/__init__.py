"""The learner's side: runs cells and answers requests. Trusted with nothing."""
