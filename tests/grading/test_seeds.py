"""Seeds: another one for everybody, the same tomorrow, and nobody's to read."""

import itertools

import pytest

from course.grading.run.secret import secret
from course.grading.worker.seeds import seed
from course.notebooks.fault import Fault


def test_seeds_differ_by_each_of_what_they_are_made_of():
    made = {
        seed(*parts)
        for parts in itertools.product(
            (b"k" * 16, b"l" * 16), ("ada", "bob"), ("01", "02"), ("a.b", "a.c")
        )
    }
    assert len(made) == 16
    assert all(0 <= number < 2**63 for number in made)


def test_names_cannot_be_shifted_into_each_other():
    assert seed(b"k", "ab", "c", "d") != seed(b"k", "a", "bc", "d")


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "secret"
    first = secret(path)
    assert len(first) == 32
    assert secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(Fault, match="chmod 600"):
        secret(path)


def test_a_short_secret_is_refused(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(Fault, match="16 are needed"):
        secret(path)
