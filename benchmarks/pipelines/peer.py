"""A peer in a process of its own: another Python, with torch and transformers.

Their threads wait in a loop for more work and would take half of the other side's time;
in a process of its own a peer that has nothing to do does nothing. The environments are
found by two variables, each the path of a Python:

    TRANSFORMERS_5    with transformers >= 5 and torch
    TRANSFORMERS_4    with transformers 4.57.6 and torch: the pipelines that 5 removed
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SIDE = Path(__file__).with_name("torch_side.py")


class Peer:
    """The process, and what it is asked to do.

    Args:
        python: A Python that has torch and transformers.
    """

    def __init__(self, python):
        self.process = subprocess.Popen(
            [python, str(SIDE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"},
        )

    def ask(self, what, **values):
        """Has something done; returns its answer once it is."""
        print(json.dumps({"what": what, **values}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer ended at {what!r}: {values}"[:400])
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{what}: {answer['error']}")
        return answer["result"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def peer(major):
    """The peer with transformers 4 or 5, or None where there is no such environment."""
    python = os.environ.get(f"TRANSFORMERS_{major}")
    if python is None and major == 5 and find_spec("torch"):
        python = sys.executable
    if python is None:
        print(
            f"left out: set TRANSFORMERS_{major} to a Python that has it; see peer.py"
        )
        return None
    return Peer(python)
