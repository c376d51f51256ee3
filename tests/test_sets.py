"""What is in the full set alone has a short version that runs every time."""

# Files that run with the full set only, and where their short version is.
ELSEWHERE = {
    "tests/grading/test_attacks_on_stock.py": "tests/grading/test_unconfigured.py",
    "tests/training/test_multi_worker.py": "tests/training/test_mirrored_strategy.py",
    "tests/training/test_train_machines.py": "tests/training/test_train_killed.py",
    "tests/test_wheel.py": "tests/notebooks/test_run_notebooks.py",
}


def test_every_file_of_the_full_set_runs_a_part_of_it_every_time(sets):
    """Of the files that were collected: with the whole set, of all."""
    alone = {path for path, (usual, full) in sets.items() if full and not usual}
    assert alone <= ELSEWHERE.keys()
    for path, other in ELSEWHERE.items():
        assert path not in sets or sets.get(other, [True])[0], other
