"""Text, labels and vectors that the units read, from pinned packages or made here."""
