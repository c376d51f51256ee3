"""A page to try pipelines on: served to this machine alone.

python -m transformer_tf.pipelines.page ner=my/folder fill-mask=another/folder
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from transformer_tf.pipelines.attention_view import show_attention
from transformer_tf.pipelines.command_line import plain
from transformer_tf.pipelines.making import pipeline
from transformer_tf.pipelines.spanish_errors import in_spanish
from transformer_tf.pipelines.tasks import TASKS, find_task
from transformer_tf.pipelines.text_to_text import TextToText

PAGE = Path(__file__).with_name("page.html")
ADDRESS = "127.0.0.1"  # nobody else's browser reaches it
LONGEST = 1_000_000  # bytes of a request
RULES = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; frame-src 'self' data:; form-action 'none'; base-uri 'none'"
)


class Desk:
    """The pipelines behind the page: each is made when it is first asked.

    Args:
        models: {task: a folder, a published id or a `Pipeline`}.

    Raises:
        ValueError: There is no such task.
    """

    def __init__(self, models: Mapping[str, Any]):
        self.models = {find_task(task).name: (task, m) for task, m in models.items()}
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def pipeline(self, task: str) -> Any:
        """The pipeline of a task.

        Raises:
            ValueError: The page was started without a model for it.
        """
        with self._lock:
            if task not in self.models:
                raise ValueError(f"start the page with {task}=FOLDER to try this")
            if task not in self._made:
                name, model = self.models[task]
                given = hasattr(model, "postprocess")
                self._made[task] = model if given else pipeline(name, model)
            return self._made[task]

    def answer(self, asked: Mapping[str, Any]) -> Any:
        """The answer to a request: {"task", "text", "second", "options"}."""
        task = str(asked.get("task"))
        found, text = self.pipeline(task), asked.get("text", "")
        second, options = asked.get("second") or "", dict(asked.get("options") or {})
        if asked.get("attention"):
            return {"page": self._attention(found, text, second, asked).page}
        if task == "question-answering":
            return plain(found(question=second, context=text, **options))
        if task == "zero-shot-classification":
            options = {"language": asked.get("language", "en"), **options}
            return plain(found(text, second, **options))
        if task == "feature-extraction":
            options = {"pooling": "mean", **options}
        if task == "text-classification" and second:
            text = {"text": text, "text_pair": second}
        return plain(found(text, **options))

    @staticmethod
    def _attention(found: Any, text: Any, second: str, asked: Mapping[str, Any]) -> Any:
        """Attention in the text; to the other text of a pair, or to what is written."""
        language = asked.get("language", "en")
        if found.task == "question-answering":
            text, second = second, text
        elif isinstance(found, TextToText):
            most = min(40, (found.model.max_length or 100) // 2)
            second = found(text, max_new_tokens=most)[0][found.result]
        elif found.task != "text-classification":
            second = ""
        return show_attention(found, text, second or None, language=language)


def make_server(models: Mapping[str, Any], port: int = 0) -> ThreadingHTTPServer:
    """The server of the page, on 127.0.0.1; `serve_forever` runs it.

    Args:
        models: {task: a folder, a published id or a `Pipeline`}.
        port: Its port; any free one for 0.
    """
    desk = Desk(models)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if not self._is_ours():
                return
            if self.path.split("?")[0] != "/":
                self._send(404, "text/plain", b"there is one page, /")
                return
            page = PAGE.read_text(encoding="utf-8")
            tasks = {task: task in desk.models for task in sorted(TASKS)}
            held = json.dumps(tasks).replace("<", "\\u003c")
            page = page.replace("TASKS_HERE", held)
            self._send(200, "text/html; charset=utf-8", page.encode())

        def do_POST(self):
            if not self._is_ours():
                return
            length = int(self.headers.get("Content-Length") or 0)
            # A page of another site can send no JSON without asking first.
            kind = self.headers.get("Content-Type", "").split(";")[0]
            if self.path != "/answer" or kind != "application/json":
                self._send(415, "text/plain", b"POST JSON to /answer")
                return
            if length > LONGEST:
                self._send(413, "text/plain", b"that is too long")
                return
            asked = None
            try:
                asked = json.loads(self.rfile.read(length))
                reply = {"answer": desk.answer(asked)}
            except Exception as error:  # said on the page, whatever it is
                spanish = isinstance(asked, dict) and asked.get("language") == "es"
                said = str(error) or type(error).__name__
                reply = {"error": in_spanish(said) if spanish else said}
            self._send(200, "application/json", json.dumps(reply).encode())

        def _is_ours(self) -> bool:
            """Whether the browser asked for this machine by name, not for a site."""
            host = self.headers.get("Host", "").rsplit(":", 1)[0]
            if host in (ADDRESS, "localhost"):
                return True
            self._send(403, "text/plain", b"this page is for 127.0.0.1 alone")
            return False

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", RULES)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer((ADDRESS, port), Handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m transformer_tf.pipelines.page",
        description="A page to try pipelines on, for this machine alone.",
    )
    parser.add_argument(
        "models", nargs="+", metavar="TASK=MODEL", help="such as ner=my/folder"
    )
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    given = parser.parse_args(arguments)
    wrong = [pair for pair in given.models if "=" not in pair]
    if wrong:
        parser.error(f"write TASK=MODEL; got {wrong[0]!r}")
    try:
        server = make_server(dict(p.split("=", 1) for p in given.models), given.port)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"http://{ADDRESS}:{server.server_port}/ until Ctrl-C", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
