"""One line of the table: our call, a peer's, and the ratio of the pairs."""

from dataclasses import dataclass
from statistics import median

from benchmarks.paired import compare, seconds


@dataclass(frozen=True)
class Line:
    """What was measured; `ratio` is theirs / ours, above 1 where ours is faster."""

    work: str
    ours: str
    share: str = ""
    peer: str = ""
    theirs: str = ""
    ratio: str = ""


class Lines:
    """Measures and collects lines.

    Args:
        pairs: Timed pairs a line.
        rate: Operations a second of the bfloat16 matrix product, measured here.
    """

    def __init__(self, pairs, rate):
        self.pairs, self.rate, self.lines = pairs, rate, []

    def add(self, line):
        self.lines.append(line)
        print(*(part for part in vars(line).values() if part), sep=" | ", flush=True)

    def speed(self, work, ours, peers, shown, operations=None):
        """A line a peer.

        Args:
            work: What is done.
            ours: Our call.
            peers: {name: a function that makes the peer's call}; a peer that cannot be
                had raises ImportError, one that fails RuntimeError or ValueError.
            shown: seconds -> text, such as tokens a second.
            operations: Of one call; for the share of the matrix product's rate.
        """
        compared = False
        for name, peer in peers.items():
            try:
                result = compare(ours, peer(), self.pairs)
            except ImportError as error:
                self.add(Line(work, "", peer=name, theirs=f"missing: {error}"))
                continue
            except (RuntimeError, ValueError, NotImplementedError) as error:
                said = str(error).strip().splitlines() or [type(error).__name__]
                self.add(Line(work, "", peer=name, theirs=f"failed: {said[0][:80]}"))
                continue
            compared = True
            self.add(
                Line(
                    work,
                    shown(result.ours),
                    self.share(operations, result.ours),
                    name,
                    shown(result.theirs),
                    f"{result.ratio:.2f}x ({result.low:.2f}-{result.high:.2f})",
                )
            )
        if not compared:
            time = self.alone(ours)
            self.add(Line(work, shown(time), self.share(operations, time)))

    def alone(self, call):
        """Median seconds of a call after two to warm up."""
        call()
        call()
        return median(seconds(call) for _ in range(self.pairs))

    def share(self, operations, time):
        """FLOP/s, and what that is of the matrix product's rate."""
        if operations is None:
            return ""
        rate = operations / time
        return f"{rate / 1e12:.3g} TFLOP/s, {rate / self.rate:.0%}"

    def table(self):
        """Markdown."""
        heads = ["work", "ours", "of the matmul rate", "peer", "theirs", "ratio"]
        rows = [heads, ["---"] * len(heads)]
        rows += [list(vars(line).values()) for line in self.lines]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)
