"""The instructor's side: hands out work, keeps results, reports. Trusted."""
