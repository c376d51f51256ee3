"""A server on the loopback that speaks what the hub's client asks for.

GET  /api/models/<owner>/<name>[/revision/<revision>]   what the repository holds
HEAD, GET  /<owner>/<name>/resolve/<revision>/<file>    one file, or a part of it
"""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


class Repository:
    """Files by name, and how the hub answers for them.

    Args:
        files: {name: bytes}.
        status: The answer to every request but 200: 401, 403 or 404.
        error: The hub's word for it, such as "GatedRepo".
    """

    def __init__(self, files, status=200, error=""):
        self.files, self.status, self.error = files, status, error
        self.commit = hashlib.sha1(repr(sorted(files)).encode()).hexdigest()


class Hub:
    """The server: `repositories` by id, `requests` as (method, path, range, token).

    `cut` holds names of files whose next download breaks off in the middle.
    """

    def __init__(self):
        self.repositories, self.requests, self.cut = {}, [], set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_HEAD(self):
                hub.answer(self)

            def do_GET(self):
                hub.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        path = unquote(request.path.split("?")[0])
        asked, token = (request.headers.get(n) for n in ("Range", "Authorization"))
        self.requests.append((request.command, path, asked, token))
        parts = path.strip("/").split("/")
        is_api = parts[:2] == ["api", "models"]
        owner, name, *rest = parts[2:] if is_api else parts
        repository = self.repositories.get(f"{owner}/{name}")
        if repository is None:
            return self.refuse(request, 404, "RepoNotFound")
        if repository.status != 200:
            return self.refuse(request, repository.status, repository.error)
        revision = rest[1] if len(rest) > 1 else "main"
        if revision not in ("main", repository.commit):
            return self.refuse(request, 404, "RevisionNotFound")
        if is_api:
            siblings = [{"rfilename": file} for file in repository.files]
            told = {"id": f"{owner}/{name}", "sha": repository.commit}
            body = json.dumps({**told, "siblings": siblings}).encode()
            return self.send(request, 200, body, {"Content-Type": "application/json"})
        file = "/".join(rest[2:])
        if repository.files.get(file) is None:
            return self.refuse(request, 404, "EntryNotFound")
        return self.send_file(request, repository, file)

    def send_file(self, request, repository, file):
        content = repository.files[file]
        headers = {
            "ETag": f'"{hashlib.sha1(content).hexdigest()}"',
            "X-Repo-Commit": repository.commit,
            "Accept-Ranges": "bytes",
        }
        status, asked = 200, request.headers.get("Range")
        if asked and request.command == "GET":
            first = int(asked.removeprefix("bytes=").split("-")[0])
            last = len(content) - 1
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            status, content = 206, content[first:]
        is_cut = file in self.cut and request.command == "GET"
        self.send(request, status, content, headers, len(content) // 2 if is_cut else 0)
        if is_cut:
            self.cut.discard(file)
            request.close_connection = True

    def refuse(self, request, status, error):
        self.send(request, status, b"", {"X-Error-Code": error})

    def send(self, request, status, content, headers, most=0):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(content[:most] if most else content)
