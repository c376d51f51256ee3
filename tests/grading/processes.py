"""Which processes belong to whom."""


def descendants(process):
    """Every process below this one, from /proc."""
    found, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        try:
            with open(f"/proc/{number}/task/{number}/children") as file:
                below = [int(word) for word in file.read().split()]
        except (OSError, ValueError):
            continue
        found += below
        waiting += below
    return found
