"""Tests of a file run in one process, where there are several."""

import pytest


@pytest.fixture(scope="module")
def shared():
    return []


def group_of(request):
    marker = request.node.get_closest_marker("xdist_group")
    return marker and marker.args[0]


def test_one_that_shares_a_fixture(shared, request):
    assert group_of(request) == "tests/test_shared_fixtures.py"


@pytest.mark.xdist_group("mine")
def test_one_with_a_group_of_its_own(shared, request):
    assert group_of(request) == "mine"


def test_one_that_shares_none(tmp_path, request):
    assert group_of(request) == "tests/test_shared_fixtures.py"


@pytest.mark.full
def test_one_that_shares_a_fixture_in_the_full_set(shared, request):
    assert group_of(request) == "tests/test_shared_fixtures.py"


@pytest.mark.full
def test_one_that_shares_none_in_the_full_set(tmp_path, request):
    assert group_of(request) is None
