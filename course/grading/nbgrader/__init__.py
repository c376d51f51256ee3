"""nbgrader's gradebook, release, feedback and autograde, through its own plug-ins."""
