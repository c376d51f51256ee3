"""What is wrong with one submission, as a reason that can be recorded and shown."""


class Fault(ValueError):
    """One submission cannot be read or run; the rest of the class goes on.

    Args:
        reason: A short word for tables, such as "not-json".
        message: What came, what was expected and what to do, for a human.
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.message = message
