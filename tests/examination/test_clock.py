"""What never comes back is stopped, and says so; what takes long is not."""

import contextlib
import os
import signal
import threading
import time

import pytest

import course.api
from course import check
from course.examination.candidate import LocalCandidate
from course.examination.clock import TimeIsUp, time_limit
from course.examination.request import Request


def spin():
    while True:
        pass


def spin_stubbornly():
    while True:
        with contextlib.suppress(Exception):
            spin()


def count(things):
    return len(things)


@pytest.mark.parametrize("loop", [spin, spin_stubbornly])
def test_an_endless_loop_is_stopped_where_it_is(loop):
    candidate = LocalCandidate(loop, seconds=0.2)
    first, second = candidate.answer([Request(), Request()])
    key, details = first.problem
    assert (key, details["seconds"]) == ("too_long", "0.2")
    assert details["code"]
    assert second.problem == first.problem


def test_what_came_before_it_counts():
    def sometimes(n):
        while n > 1:
            pass
        return n

    replies = LocalCandidate(sometimes, seconds=0.2).answer(
        [Request(args=(1,)), Request(args=(2,)), Request(args=(1,))]
    )
    assert replies[0].output == 1
    assert [r.problem[0] for r in replies[1:]] == ["too_long", "too_long"]


def test_waiting_is_given_more_time_than_working():
    began = time.monotonic()
    with pytest.raises(TimeIsUp), time_limit(0.1):
        time.sleep(5)
    assert time.monotonic() - began < 5
    with time_limit(0.2):
        time.sleep(0.25)


def test_the_handler_of_before_is_put_back():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(1):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_another_thread_runs_without_a_limit():
    done = []
    thread = threading.Thread(
        target=lambda: done.append(
            LocalCandidate(count, seconds=1).answer([Request(args=([1],))])
        )
    )
    thread.start()
    thread.join()
    assert done[0][0].output == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_check_of_an_endless_loop_is_a_card(language, monkeypatch, capsys):
    course.speak(language)
    monkeypatch.setattr(course.api, "SECONDS", 0.2)

    def masked_mean(values, mask):
        while True:
            pass

    shown = check("map.masked_mean", masked_mean)
    assert shown.verdict.outcome == "raised"
    assert {f.key for f in shown.verdict.findings} == {"too_long"}
    assert "while True" in shown.verdict.message
    course.speak("en")


def spin_until_interrupted(values, mask):
    """As a learner stops a cell: once the answer runs, never before it."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    spin()


@pytest.fixture
def interrupts():
    """Interrupts arrive, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_a_card_and_costs_nothing(interrupts, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    recorded = []
    monkeypatch.setattr(course.settings, "record", recorded.append)
    shown = check("map.masked_mean", spin_until_interrupted)
    assert shown.verdict.findings[0].key == "interrupted"
    assert recorded == []


def test_an_interrupt_elsewhere_shows_no_traceback_of_ours(monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(course.api, "examine", stop)
    with pytest.raises(course.api.Interrupted) as caught:
        check("map.masked_mean", count)
    assert caught.value._render_traceback_() == [str(caught.value)]
    assert isinstance(caught.value, KeyboardInterrupt)
