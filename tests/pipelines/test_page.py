"""The page to try pipelines on: what it answers, to whom, and in a real browser."""

import http.client
import json
import re
import shutil
import subprocess
import threading
from urllib.parse import urlencode

import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines.page import Desk, main, make_server
from transformer_tf.pipelines.tasks import TASKS

TEXT = "My name is Sarah and I live in London 🙂 <b>."
FOLDERS = {
    "feature-extraction": "feature_extraction",
    "fill-mask": "fill_mask",
    "ner": "ner",
    "question-answering": "question_answering",
    "sentiment-analysis": "sentiment_analysis",
    "summarization": "summarization",
    "text-generation": "text_generation",
    "translation": "translation_marian",
    "zero-shot-classification": "zero_shot",
}


@pytest.fixture(scope="module")
def port():
    """The port of a page with all nine tasks."""
    models = {task: recorded.made(name) for task, name in FOLDERS.items()}
    server = make_server(models)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def send(port, method="POST", path="/answer", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    usual = {"Content-Type": "application/json"}
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {**usual, **headers})
    response = connection.getresponse()
    return response.status, response.read().decode(), response.headers


ASKED = {
    "feature-extraction": ({}, lambda a: len(a) == 20),
    "fill-mask": ({"text": "The [MASK] fox"}, lambda a: "sequence" in a[0]),
    "question-answering": ({"second": "Who?"}, lambda a: a["answer"] in TEXT),
    "summarization": (
        {"options": {"max_new_tokens": 6}},
        lambda a: "summary_text" in a[0],
    ),
    "text-classification": ({"options": {"top_k": None}}, lambda a: len(a) == 3),
    "text-generation": (
        {"options": {"max_new_tokens": 6, "do_sample": False}},
        lambda a: a[0]["generated_text"].startswith(TEXT),
    ),
    "token-classification": ({}, lambda a: a[0]["word"] == "My"),
    "translation": (
        {"options": {"max_new_tokens": 6}},
        lambda a: a[0]["translation_text"],
    ),
    "zero-shot-classification": ({"second": "a, b"}, lambda a: len(a["labels"]) == 2),
}


def test_all_nine_tasks_are_answered(port):
    assert ASKED.keys() == TASKS.keys()
    for task, (more, holds) in ASKED.items():
        status, body, _ = send(port, body={"task": task, "text": TEXT, **more})
        assert status == 200
        assert holds(json.loads(body)["answer"]), (task, body)
    asked = {"task": "token-classification", "text": TEXT, "attention": True}
    page = json.loads(send(port, body=asked)[1])["answer"]["page"]
    assert page.startswith("<!DOCTYPE html>")


def attention(port, task, **asked):
    body = {"task": task, "attention": True, "language": "es", **asked}
    page = json.loads(send(port, body=body)[1])["answer"]["page"]
    return json.loads(re.search(r"const \{views, words\} = (.*);", page)[1])["views"]


def test_attention_of_pairs_and_of_what_is_written(port):
    asked = {"text": "Sarah lives here.", "second": "Who?"}
    answer = recorded.made("question_answering")
    (view,) = attention(port, "question-answering", **asked).values()
    pair = answer.tokenizer.encode(asked["second"], asked["text"])
    assert view["from"] == pair.tokens
    views = attention(port, "summarization", text="The quick brown fox")
    summarize = recorded.made("summarization")
    most = min(40, summarize.model.max_length // 2)
    (found,) = summarize("The quick brown fox", max_new_tokens=most)
    behind = summarize.tokenizer.encode(found["summary_text"]).tokens
    assert views["cross"]["from"][1:] == behind
    assert len(attention(port, "fill-mask", text="a [MASK]")["self"]["to"]) == 4


def test_what_goes_wrong_is_said(port):
    asked = {"task": "fill-mask", "text": "no mask"}
    assert "has no mask" in json.loads(send(port, body=asked)[1])["error"]
    with pytest.raises(ValueError, match="start the page with fill-mask=FOLDER"):
        Desk({}).pipeline("fill-mask")
    assert main(["nonsense=folder"]) == 1


def test_the_page_is_for_this_machine_alone(port):
    status, page, headers = send(port, "GET", "/")
    assert status == 200 and "default-src 'none'" in headers["Content-Security-Policy"]
    assert not re.search(r"https?://|src=|@import", page)
    assert send(port, "GET", "/", Host="evil.example")[0] == 403
    assert send(port, body={}, Host="evil.example:80")[0] == 403
    assert send(port, body={}, **{"Content-Type": "text/plain"})[0] == 415
    assert send(port, "GET", "/../setup.cfg")[0] == 404
    assert make_server({}).server_address[0] == "127.0.0.1"


def browser(port, folder, **asked):
    """What Chromium shows once the page has its answer."""
    run = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--virtual-time-budget=20000", f"--user-data-dir={folder}"),
            f"http://127.0.0.1:{port}/#{urlencode(asked)}".replace("+", "%20"),
        ],
        capture_output=True,
        text=True,
        timeout=180,
    )
    return run.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
def test_a_browser_marks_names_and_answers(port, tmp_path):
    shown = browser(
        port, tmp_path, task="token-classification", text=TEXT, language="es"
    )
    options = {"aggregation_strategy": "first"}
    expected = [found["word"] for found in recorded.made("ner")(TEXT, **options)]
    marks = re.findall(r"<mark>(.*?)<small>", shown)
    assert [m.replace("&lt;", "<").replace("&gt;", ">") for m in marks] == expected
    assert "Responder" in shown and "<b>." not in shown.split('id="answer"')[1]
    asked = {
        "task": "question-answering",
        "text": "Sarah lives here.",
        "second": "Who?",
    }
    shown = browser(port, tmp_path, **asked, language="en")
    (mark,) = re.findall(r"<mark>(.*?)<small>", shown)
    (best, *_) = recorded.made("question_answering")(
        question="Who?", context=asked["text"], top_k=3
    )
    assert mark == best["answer"] and "Question" in shown
