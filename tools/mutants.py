"""Small changes to the library, one at a time: which of them does no test see?

    python -m tools.mutants                      all of them; make mutants
    python -m tools.mutants --only softmax       those of some files
    python -m tools.mutants --list               their names alone

Each file of `TESTS` is changed in `EACH` places, chosen by a fixed seed, in a copy of
the tree, and its tests run until one fails. Survivors are listed: a test is missing, or
the change makes no difference (a faster path is not taken, a message says other words).
"""

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from course.examination.mutants import _edits

ROOT = Path(__file__).resolve().parents[1]
EACH = 5
LONGEST = 600  # seconds: what never comes back is seen too
# File of the library -> the tests that are to see what changes in it.
TESTS = {
    "hashing.py": "tests/attention/test_dropout.py",
    "attention/softmax.py": "tests/attention/test_scaled_dot_product.py",
    "attention/scaled_dot_product.py": "tests/attention/test_scaled_dot_product.py",
    "attention/masks.py": "tests/attention/test_masks.py",
    "attention/attention_mask.py": "tests/attention/test_masks.py",
    "attention/additive.py": "tests/attention/test_additive.py",
    "attention/dropout.py": "tests/attention/test_dropout.py",
    "attention/reference.py": "tests/attention/test_blockwise.py",
    "attention/dispatch.py": "tests/attention/test_dispatch.py",
    "attention/multi_head.py": "tests/attention/test_multi_head.py",
    "attention/cache.py": "tests/attention/test_cache.py",
    "attention/memory_efficient/tiling.py": "tests/attention/test_blockwise.py",
    "attention/memory_efficient/kernel.py": "tests/attention/test_blockwise.py",
    "blocks/block.py": "tests/blocks/test_blocks.py",
    "blocks/feed_forward.py": "tests/blocks/test_blocks.py",
    "blocks/gated_feed_forward.py": "tests/blocks/test_blocks.py",
    "blocks/encoder.py": "tests/blocks/test_blocks.py",
    "embedding/alibi.py": "tests/embedding/test_biases.py",
    "embedding/relative_bias.py": "tests/embedding/test_biases.py",
    "embedding/rotary.py": "tests/embedding/test_rotary.py",
    "embedding/rotary_scaling.py": "tests/embedding/test_rotary_scaling.py",
    "embedding/sinusoidal.py": "tests/embedding/test_positions.py",
    "recurrent/lstm_cell.py": "tests/recurrent/test_cells.py",
    "objectives/warm_up.py": "tests/objectives/test_schedules.py",
    "objectives/span_corruption.py": "tests/objectives/test_span_corruption.py",
    "objectives/token_cross_entropy.py": "tests/objectives/test_token_cross_entropy.py",
    "generation/processors/top_p.py": "tests/generation/processors/test_truncation.py",
    "generation/processors/typical_p.py": "tests/generation/processors",
}


class Mutant(NamedTuple):
    """One change.

    Attributes:
        name: The file, the line, and what became of it.
        path: The file, relative to the library.
        source: Its text with the change.
    """

    name: str
    path: str
    source: str


def mutants(path: str, count: int = EACH) -> list[Mutant]:
    """Some changes of a file, always the same ones."""
    tree = ast.parse((ROOT / "transformer_tf" / path).read_text(encoding="utf-8"))
    written = ast.unparse(tree)
    found: list[Mutant] = []
    edits = list(_edits(tree))
    for place, old, new in random.Random(path).sample(edits, len(edits)):
        if len(found) == count:
            break
        place(new)
        source = ast.unparse(ast.fix_missing_locations(tree))
        place(old)
        if source != written:
            line = getattr(old, "lineno", 0)
            name = f"{path}:{line}: {_shown(old)} -> {_shown(new)}"
            found.append(Mutant(name, path, source))
    return sorted(found, key=lambda mutant: mutant.name)


def _shown(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:60]


def survives(mutant: Mutant) -> bool:
    """Whether the tests of its file pass with the change."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for entry in ROOT.iterdir():
            if entry.name not in ("transformer_tf", ".git"):
                (tree / entry.name).symlink_to(entry)
        shutil.copytree(ROOT / "transformer_tf", tree / "transformer_tf")
        (tree / "transformer_tf" / mutant.path).write_text(mutant.source, "utf-8")
        command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider"]
        try:
            run = subprocess.run(
                [*command, "-k", "not jax", TESTS[mutant.path]],
                cwd=tree,
                capture_output=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired:
            return False
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="files whose path holds this text")
    parser.add_argument("--each", type=int, default=EACH, help="changes in each file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="names alone")
    given = parser.parse_args()
    chosen = [m for p in TESTS if given.only in p for m in mutants(p, given.each)]
    if given.list:
        print(*(mutant.name for mutant in chosen), sep="\n")
        return 0
    began, survivors = time.time(), []
    with ThreadPoolExecutor(given.jobs) as pool:
        for mutant, survived in zip(chosen, pool.map(survives, chosen)):
            print("survived" if survived else "caught  ", mutant.name, flush=True)
            survivors += [mutant.name] * survived
    caught = len(chosen) - len(survivors)
    print(f"{caught} of {len(chosen)} caught in {time.time() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
