"""`paperround sources`: what an operator types and reads; a server on this machine answers."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.wire.source_server import listing, record


class Answers(BaseHTTPRequestHandler):
    """One paper a day; 503 while `broken`."""

    broken = False

    def do_GET(self) -> None:
        """Answer."""
        if "date=" not in self.path:
            self._about_a_paper()
            return
        day = date.fromisoformat(self.path.partition("date=")[2][:10])
        body = b"" if self.broken else listing(record(day.toordinal() % 100_000))
        self.send_response(503 if self.broken else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _about_a_paper(self) -> None:
        paper = {"id": self.path.rpartition("/")[2], "title": "A Paper", "summary": "Its text.", "authors": [{"name": "Bo Liu"}]}
        feed = b'<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id></feed>'
        body = feed if self.path.startswith("/api/query") else json.dumps(paper).encode()
        self.send_response(503 if self.broken else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """It listens on a free port."""
    Answers.broken = False
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


class Shell:
    """Runs `paperround sources …` on a database of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("PAPERROUND_")}
        self.env |= {"PAPERROUND_DATABASE_URL": f"sqlite:///{folder}/papers.db", "PAPERROUND_HF_URL": f"http://127.0.0.1:{port}"}
        self.env["PAPERROUND_ARXIV_API_URL"] = f"http://127.0.0.1:{port}"

    def __call__(self, *args: str, code: int = 0) -> str:
        """What it prints; it ends with this exit code."""
        program = "import sys; from bot.cli import main; sys.argv = sys.argv[1:]; main()"
        command = [sys.executable, "-c", program, "paperround", "sources", *args]
        root = Path(__file__).parents[2]
        env = {**self.env, "PYTHONPATH": str(root)}
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def sources(tmp_path: Path, server: ThreadingHTTPServer) -> Shell:
    """The command."""
    return Shell(tmp_path, server.server_address[1])


def test_a_source_is_added_asked_listed_and_removed(sources: Shell):
    """Nothing is asked before; the second time nothing is new; earlier days are filled in."""
    assert "There is no source. Add one: paperround sources add hf" in sources("list")
    assert "Added as number 1: Hugging Face Daily Papers." in sources("add", "hf")
    assert "is there already, as number 1" in sources("add", "hf", code=2)
    assert "has not answered yet · next" in sources("list")
    assert "1 added, 0 changed, 0 as they were" in sources("refresh")
    assert "nothing new" in sources("refresh", "1")
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday() + 14)
    assert f"{monday}: 1 added" in sources("refresh", "1", "--since", str(monday))
    assert "1  Hugging Face Daily Papers: answered 20" in sources("list")
    assert "The papers it brought stay." in sources("remove", "1")
    assert "There is no source number 1." in sources("remove", "1", code=2)


def test_a_failure_is_said_and_when_the_next_try_is(sources: Shell):
    """Exit code 1; the list says since when."""
    sources("add", "hf")
    Answers.broken = True
    assert "It answered with status 503 (it is overloaded or being mended). The next try is at 20" in sources("refresh", code=1)
    assert "fails since 20" in sources("list")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["add", "x"], "There is no kind of source called “x”. Nothing was added."),
        (["add", "hf", "https://x"], "Hugging Face needs no address."),
        (["add", "arxiv"], "“” is no arXiv category."),
        (["add", "arxiv", "cs/../LG"], "is no arXiv category."),
        (["add", "feed"], "Nothing was fetched. Give one that begins with https://"),
        (["add", "feed", "https://u:p@example.org/"], "holds a user name or password"),
        (["add", "feed", "https://example.org:22/"], "PAPERROUND_FEED_PORTS"),
        (["add", "feed", "https://example.org/feed", "--since", "2025-11-01"], "A feed cannot be asked for earlier days"),
        (["add", "hf", "--since", "yesterday"], "“yesterday” is not a day."),
        (["add", "hf", "--since", "2999-01-01"], "is in the future"),
        (["refresh"], "There is no source, so nothing was asked."),
        (["refresh", "7"], "There is no source number 7."),
    ],
)
def test_what_cannot_be_is_refused_in_words(sources: Shell, args: list[str], said: str):
    """Exit code 2, and nothing is stored."""
    assert said in sources(*args, code=2)
    assert "There is no source." in sources("list")


def test_papers_that_lack_something_are_asked_about_by_hand(sources: Shell):
    """A line for each paper and guide, then what is left; the list says it too; a guide that fails is an error."""
    assert "Nothing was asked: no paper is due" in sources("enrich")
    sources("add", "hf")
    sources("refresh")
    Answers.broken = True
    assert "Hugging Face gave no answer: It answered with status 503" in sources("enrich", "--limit", "1", code=1)
    listed = sources("list")
    assert "left to ask about" in listed
    assert "; it fails since 20" in listed
