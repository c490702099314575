"""The command line as a person or a script uses it: real processes, a database of their own, exit codes, no traceback."""

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

import pytest

SAMPLE = Path(str(files("bot.sample") / "daily_papers.txt"))
SCRIPT = Path(sys.executable).with_name("paperround")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-c", "from bot.cli import main; main()"]
DAY = ("--as-of", "2025-12-08")

ENTRY_KEYS = {
    "rank",
    "title",
    "abstract",
    "authors",
    "author_count",
    "organization",
    "published_on",
    "comments",
    "upvotes",
    "identifiers",
    "links",
    "keywords",
    "tldr",
    "venue",
    "line",
}
DOCUMENT_KEYS = {"file", "source", "issued_on", "added", "changed", "unchanged", "issues"}
HIT_KEYS = {"id", "title", "score", "why", "identifiers"}

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def _run(folder: Path, *args: str, stdin: bytes = b"", url: str = "", **env: str) -> Done:
    """Run `paperround` in a folder. Whatever happens, nobody is shown a traceback."""
    ours = {key: value for key, value in os.environ.items() if not key.upper().startswith("PAPERROUND_")}
    ours |= {"PAPERROUND_DATABASE_URL": url or f"sqlite:///{folder / 'papers.db'}", "HOME": str(folder), **env}
    done = subprocess.run([*COMMAND, *args], input=stdin, capture_output=True, cwd=folder, env=ours, timeout=60, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    assert "Traceback" not in out, out
    return Done(done.args, done.returncode, out, err)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `paperround` in a folder of this test, with its own database."""
    return lambda *args, **options: _run(tmp_path, *args, **options)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database holds the sample; changed by no test."""
    folder = tmp_path_factory.mktemp("filled")
    done = _run(folder, "ingest", str(SAMPLE), *DAY)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{SAMPLE} · Mon 8 December 2025: 40 papers found: 40 new.\n"
    return folder


def test_help_names_every_command_and_imports_nothing_heavy():
    """`paperround --help` is quick because what it does not use is not imported."""
    heavy = ("sqlmodel", "sqlalchemy", "tantivy", "pydantic", "rich", "aiohttp", "jinja2", "structlog", "alembic", "cryptography")
    heavy += ("slack_sdk", "slack_bolt", "discord", "apscheduler")
    code = (
        "import sys\nsys.argv = ['paperround', '--help']\nfrom bot.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
        f"print('HEAVY', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    for command in ("try", "parse", "ingest", "search", "ask", "post", "keys", "manifest", "doctor"):
        assert f"  {command} " in done.stdout
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_parse_prints_a_digest_for_people(run: Run):
    """A line that says what it is, then two or three lines an entry."""
    done = run("parse", str(SAMPLE), *DAY)
    assert done.returncode == 0
    assert done.stdout.startswith("Hugging Face · Mon 8 December 2025 · 40 papers\n")
    assert "  2  LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning\n" in done.stdout
    assert "     7 authors · 2023-06-05\n" in done.stdout
    assert "     Qwen · 2025-11-25 · 3 comments\n" in done.stdout


def test_parse_prints_a_digest_for_scripts(run: Run):
    """`--json` has exactly the promised keys; unknown is null, days are ISO; standard input works as a file does."""
    done = run("parse", "-", "--json", *DAY, stdin=SAMPLE.read_bytes())
    assert (done.returncode, done.stderr) == (0, "")
    digest = json.loads(done.stdout)
    assert set(digest) == {"source", "issued_on", "entries", "issues"}
    assert (digest["issued_on"], len(digest["entries"]), digest["issues"]) == ("2025-12-08", 40, [])
    assert all(set(entry) == ENTRY_KEYS for entry in digest["entries"])
    assert [entry["rank"] for entry in digest["entries"]] == list(range(1, 41))
    sapo = digest["entries"][12]
    assert sapo["organization"] == {"handle": "Qwen", "name": "Qwen"}
    assert (sapo["authors"], sapo["author_count"], sapo["comments"], sapo["upvotes"]) == ([], None, 3, None)
    assert (sapo["published_on"], sapo["line"], sapo["identifiers"]) == ("2025-11-25", 109, {"arxiv": None})


def test_a_line_that_belongs_to_nothing_is_reported(run: Run):
    """What is not understood becomes an issue with its line, and the rest is still read."""
    text = SAMPLE.read_text(encoding="utf-8").rstrip("\n") + "\n\nA stray line at the end\n"
    digest = json.loads(run("parse", "-", "--json", *DAY, stdin=text.encode()).stdout)
    (issue,) = digest["issues"]
    assert set(issue) == {"line", "message", "excerpt"}
    assert issue["line"] == len(text.splitlines())
    assert len(digest["entries"]) == 40


def test_the_same_digest_twice_changes_nothing(filled: Path):
    """The second receipt counts every paper as unchanged, in the promised shape."""
    receipt = json.loads(_run(filled, "ingest", str(SAMPLE), "--json", *DAY).stdout)
    assert set(receipt) == {"documents", "added", "changed", "unchanged"}
    (document,) = receipt["documents"]
    assert set(document) == DOCUMENT_KEYS
    assert (document["file"], document["issued_on"], document["issues"]) == (str(SAMPLE), "2025-12-08", [])
    assert [receipt[key] for key in ("added", "changed", "unchanged")] == [0, 0, 40]


def _records(count: int) -> bytes:
    return b"".join(
        json.dumps({"id": f"doi:10.1000/{number}", "title": f"Paper number {number}", "date": "2025-01-02"}).encode() + b"\n"
        for number in range(count)
    )


def test_json_lines_plain_packed_and_cut_off(tmp_path: Path):
    """One call takes all three; the file that is cut off gives all its whole lines and an issue that says where it ends."""
    noise = b"".join(json.dumps({"title": f"Noise {os.urandom(40).hex()}"}).encode() + b"\n" for _ in range(3_000))
    (tmp_path / "a.jsonl").write_bytes(_records(3) + b"not json\n" + b'{"title": 5}\n')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(_records(5)))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(noise)[:90_000])
    done = _run(tmp_path, "ingest", "a.jsonl", "b.jsonl.gz", "c.jsonl.gz", "--json", *DAY)
    receipt = json.loads(done.stdout)
    plain, packed, cut = receipt["documents"]
    assert done.returncode == 0
    assert [plain[key] for key in ("source", "issued_on", "added")] == ["jsonl", None, 3]
    assert [(issue["line"], issue["message"]) for issue in plain["issues"]] == [
        (4, "not a JSON object"),
        (5, 'a record without a "title"'),
    ]
    assert (packed["added"], packed["unchanged"], packed["issues"]) == (2, 3, [])
    (issue,) = cut["issues"]
    assert "cut off" in issue["message"]
    assert issue["line"] == cut["added"] + 1
    assert 1_000 < cut["added"] < 3_000
    assert receipt["added"] == 3 + 2 + cut["added"]


def test_a_bad_file_does_not_keep_the_others_out(tmp_path: Path):
    """Each bad file is one line of standard error, the good one is taken in, and the exit code tells."""
    (tmp_path / "empty.txt").write_bytes(b"")
    done = _run(tmp_path, "ingest", "missing.txt", str(SAMPLE), "empty.txt", *DAY)
    assert done.returncode == 3
    assert "40 new" in done.stdout
    said = done.stderr.splitlines()
    assert said[0] == "paperround: missing.txt cannot be read: there is no such file. Nothing was taken in."
    assert said[1].startswith("paperround: empty.txt: This document is empty.")
    assert len(said) == 2


def test_search_answers_a_script(filled: Path):
    """One query, one JSON object, with the promised keys and a total past the limit."""
    done = _run(filled, "search", "rl", "--json", "--limit", "3")
    found = json.loads(done.stdout)
    assert set(found) == {"query", "hits", "total"}
    assert (found["query"], len(found["hits"])) == ("rl", 3)
    assert found["total"] >= 7
    for hit in found["hits"]:
        assert set(hit) == HIT_KEYS
        assert hit["why"]
        assert isinstance(hit["score"], float)
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_answers_a_person(filled: Path):
    """Two lines a hit, and how many more there are."""
    done = _run(filled, "search", "federated learning", "--limit", "1")
    assert done.stdout.startswith("  1  Randomized Quantization is All You Need for Differential Privacy in Federated Learning\n")
    assert "4 authors · 20 Jun 2023" in done.stdout


def test_search_says_why_and_a_topic_is_explained(filled: Path):
    """What the query was taken to mean, what speaks for each hit; names of a topic with their reasons and counts."""
    said = _run(filled, "search", "rl", "--limit", "2", "--explain").stdout
    assert said.startswith("“rl” is searched as the topic: rl, reinforcement learning")
    assert "title: reinforcement learning" in said
    answer = json.loads(_run(filled, "search", "rl", "--limit", "2", "--explain", "--json").stdout)
    assert all(hit["evidence"] for hit in answer["hits"])
    explained = _run(filled, "topics", "explain", "in", "context", "learning").stdout
    assert "1. in-context learning · is searched" in explained
    assert "names: in-context learning, ICL · because: " in explained


def test_search_reads_queries_from_standard_input(filled: Path):
    """One query a line in, one object a line out, in order; a bad one is an error in its own line, and the rest goes on."""
    lines = "few-shot\n\nrl since:never\n🦜 parrots\nLIBERO\n"
    done = _run(filled, "search", "--stdin", "--limit", "2", stdin=lines.encode() + b"caf\xe9\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [answer["query"] for answer in answers[:4]] == ["few-shot", "rl since:never", "🦜 parrots", "LIBERO"]
    assert len(answers) == 5
    assert "is not a day" in answers[1]["error"]
    assert answers[1]["hits"] == answers[2]["hits"] == []
    assert answers[3]["hits"][0]["title"].startswith("LIBERO")


def test_search_looks_names_up(filled: Path):
    """`--name` does what `/paper` does, typing errors and all."""
    names = "LIBRO\nTop-H\nBatchFromer\nSoft Adaptive Policy Optimisation\nXyzzyplugh\n"
    done = _run(filled, "search", "--name", "--stdin", stdin=names.encode())
    titles = [next((hit["title"] for hit in json.loads(line)["hits"]), "") for line in done.stdout.splitlines()]
    assert [title[:11] for title in titles] == ["LIBERO: Ben", "Top-H Decod", "BatchFormer", "Soft Adapti", ""]


def test_ask_prints_the_answer_for_programs(filled: Path):
    """JSON is the reply as it is: its cards, who sees it, and the form where there is one."""
    reply = json.loads(_run(filled, "ask", "/papers rl", "--as", "json").stdout)
    assert set(reply) == {"cards", "visibility", "form", "attachment", "refused"}
    assert (reply["cards"][0]["title"], reply["visibility"], reply["form"]) == ("Papers: rl", "caller", None)


def test_ask_prints_html(filled: Path):
    """The page's HTML: the title, escaped, and buttons."""
    done = _run(filled, "ask", '/paper <b onclick="x">LIBERO</b> & more', "--as", "html")
    assert done.returncode == 0
    assert "<button" in done.stdout
    assert "<b onclick" not in done.stdout


@pytest.mark.parametrize(("platform", "key"), [("slack", "blocks"), ("discord", "components")])
def test_ask_prints_what_a_platform_would_get(filled: Path, platform: str, key: str):
    """Payloads as the platform's API takes them, with the words of the card in them."""
    payloads = json.loads(_run(filled, "ask", "/paper LIBERO", "--as", platform).stdout)
    assert isinstance(payloads, list)
    assert all(payload[key] for payload in payloads)
    assert "LIBERO: Benchmarking Knowledge Transfer" in json.dumps(payloads)


def test_ask_prints_the_answer_for_people(filled: Path):
    """Text in reading order, as the channel would see it: an error is an answer too, so the exit code is 0."""
    done = _run(filled, "ask", "/papers rl since:never")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("That did not work\n“never” is not a day.")


@pytest.mark.parametrize("as_", ["text", "json", "html", "slack", "discord"])
def test_post_prints_the_thread(run: Run, tmp_path: Path, as_: str):
    """Opener and forty replies in each form, without storing anything."""
    done = run("post", str(SAMPLE), "--as", as_, *DAY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Paper Round · Mon 8 December 2025" in done.stdout
    assert done.stdout.count("ADMIRE-BayesOpt") >= 1
    if as_ == "json":
        assert len(json.loads(done.stdout)["replies"]) == 40
    elif as_ in ("slack", "discord"):
        assert len(json.loads(done.stdout)) >= 41
    assert list(tmp_path.iterdir()) == []


def test_try_once_shows_the_product_and_keeps_nothing(run: Run, tmp_path: Path):
    """The thread and both answers are printed, it ends, and no file is left."""
    done = run("try", "--once", *DAY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Paper Round · Mon 8 December 2025" in done.stdout
    assert "› /papers rl\n\nPapers: rl\n" in done.stdout
    assert "› /paper LIBERO\n\nLIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning\n" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_try_names_what_it_did_not_understand_of_your_own_digest(run: Run, tmp_path: Path):
    """Nothing is dropped silently: a page that was cut off is shown as far as it goes, and what was lost is named beside it."""
    (tmp_path / "cut.txt").write_bytes(SAMPLE.read_bytes()[:9_000])
    done = run("try", "cut.txt", "--once", *DAY)
    assert done.returncode == 0
    assert "Paper Round · Mon 8 December 2025" in done.stdout
    assert "was the page cut off here" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_ctrl_c_leaves_the_terminal_at_once(tmp_path: Path):
    """It waits for no other line to be typed."""
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "HOME": str(tmp_path)}
    command = [*COMMAND, "try", "--terminal", *DAY]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=env) as running:
        shown = b""
        while b"exit leaves." not in shown:
            shown += os.read(ours, 4096)
        time.sleep(0.5)  # the line is being waited for
        running.send_signal(signal.SIGINT)
        try:
            code = running.wait(timeout=10)
        finally:
            running.kill()
    os.set_blocking(ours, False)
    with suppress(BlockingIOError):
        shown += os.read(ours, 100_000)
    assert code == 130
    assert b"Traceback" not in shown
    assert b"Fatal" not in shown


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no niceness")
def test_an_ingest_lets_a_bot_on_the_same_machine_go_first(tmp_path: Path):
    """It still has all of an idle machine; whoever waits for an answer does not wait for it."""
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    env = {**os.environ, "PAPERROUND_DATABASE_URL": f"sqlite:///{tmp_path / 'papers.db'}"}
    command = [*COMMAND, "ingest", "-", *DAY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=env) as running:
        for _ in range(600):  # it waits for its input
            if running.poll() is not None or os.getpriority(os.PRIO_PROCESS, running.pid) > ours:
                break
            time.sleep(0.05)
        its = os.getpriority(os.PRIO_PROCESS, running.pid)
        running.communicate(SAMPLE.read_bytes(), timeout=60)
    assert its == min(ours + 5, 19)
    assert running.returncode == 0


def test_a_search_in_an_empty_store_says_how_to_fill_it(run: Run):
    """Nothing found is no answer where there is nothing to find in; a script that reads JSON is told nothing else than before."""
    done = run("search", "rl")
    assert done.stdout == "Nothing found for rl: no papers have been taken in. paperround ingest FILE takes a digest in.\n"
    assert json.loads(run("search", "rl", "--json").stdout) == {"query": "rl", "hits": [], "total": 0}


BAD = {
    "empty.txt": b"",
    "binary.bin": bytes(range(256)) * 20,
    "page.html": b"<!doctype html><html><body><h1>Daily Papers</h1></body></html>",
    "latin.txt": b"Daily Papers\n\nDec 8\n\nCaf\xe9 au lait\n",
    "other.json": b'{"a": 1}',
    "packed.gz": b"not gzip at all",
}


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("missing.txt", 2, "missing.txt cannot be read: there is no such file"),
        (".", 2, ". is a folder. Give the files in it"),
        ("packed.gz", 2, "the compressed file is damaged or cut off"),
        ("empty.txt", 3, "This document is empty"),
        ("binary.bin", 3, "This is a binary file"),
        ("page.html", 3, "This is a web page (HTML)"),
        ("latin.txt", 3, "Line 5 is not valid UTF-8"),
        ("other.json", 3, "This is not a digest we know"),
    ],
)
def test_what_is_no_digest_is_said_in_one_line(run: Run, tmp_path: Path, name: str, code: int, said: str):
    """Wrong documents: one clear line on standard error, nothing on standard output, and the exit code of the kind."""
    if name in BAD:
        (tmp_path / name).write_bytes(BAD[name])
    done = run("parse", name)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("paperround: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bad_document_leaves_nothing_half_written(run: Run, tmp_path: Path):
    """After a digest that cannot be read the store is as empty as before."""
    (tmp_path / "page.html").write_bytes(BAD["page.html"])
    assert run("ingest", "page.html").returncode == 3
    with closing(sqlite3.connect(tmp_path / "papers.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "papers" in tables
        assert database.execute("SELECT count(*) FROM papers").fetchone() == (0,)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("parse", str(SAMPLE), "--as-of", "2099-01-01"), "2099-01-01 is in the future"),
        (("ask", "/papers", "--as", "pdf"), "pdf"),
        (("ask", "/papers", "--workspace", "T012"), "is not a"),
        (("search", "rl", "--workspace", "slack:"), "is not a"),
        (("search",), "Say what to find"),
        (("search", "rl", "--limit", "0"), "--limit"),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Run, tmp_path: Path, args: tuple[str, ...], said: str):
    """Wrong options are explained on standard error, and nothing is opened or written."""
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///{0}/corrupt.db", "corrupt.db is not a SQLite database"),
        ("sqlite:///{0}/corrupt.db/under/papers.db", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used_is_exit_code_4(run: Run, tmp_path: Path, url: str, said: str):
    """The line says which database, what is wrong and what to do; the file is left as it is."""
    corrupt = tmp_path / "corrupt.db"
    corrupt.write_bytes(b"this is not a database, whatever its name says" * 40)
    before = corrupt.read_bytes()
    done = run("ask", "/papers", url=url.format(tmp_path))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("paperround: ")
    assert said in done.stderr
    assert corrupt.read_bytes() == before


def test_a_reader_that_goes_away_is_no_traceback(filled: Path):
    """`paperround search … | head -1` ends quietly."""
    pipe = f"{' '.join(map(repr, COMMAND))} search learning --limit 200 | head -1"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAPERROUND_")}
    env = {**kept, "PAPERROUND_DATABASE_URL": f"sqlite:///{filled / 'papers.db'}"}
    done = subprocess.run(["/bin/sh", "-c", pipe], capture_output=True, text=True, cwd=filled, env=env, timeout=60, check=True)
    assert done.stdout.startswith("  1  ")
    assert "Traceback" not in done.stderr


def test_a_workspaces_papers_are_added_and_seen_from_the_command_line(run: Run):
    """With `--workspace` they are, without or with another one they are not; without one nothing is added."""
    message = b"Quasiluminal Toasting of Robots https://arxiv.org/abs/2909.00001\n"
    ours = ("--workspace", "slack:T012")
    nowhere = run("ask", "/papers import", "--document", "-", stdin=message)
    added = run("ask", "/papers import", "--document", "-", *ours, stdin=message)
    assert "this is none. Nothing was changed." in " ".join(nowhere.stdout.split())
    assert "1 paper found: 1 new." in added.stdout
    for more, total in ((ours, 1), ((), 0), (("--workspace", "slack:T01"), 0)):
        assert json.loads(run("search", "toasting", "--json", *more).stdout)["total"] == total
    assert "Quasiluminal" in run("ask", "/paper 2909.00001", *ours).stdout
    assert "Quasiluminal" not in run("ask", "/paper 2909.00001").stdout


def test_papers_that_may_be_one_are_listed_merged_and_split(run: Run, tmp_path: Path):
    """Named as /paper takes them; what cannot be done is said in one line and changes nothing."""
    file = tmp_path / "papers.jsonl"
    titles = {"arxiv:2506.00001": "GRASPY: Learning to Grasp Things That Move", "": "GRASPY: Learning to Grasp Thigns That Move"}
    file.write_text("\n".join(json.dumps({"id": one, "title": title}) for one, title in titles.items()))
    assert run("papers", "suspected").stdout == "No two papers are suspected to be one.\n"
    assert run("ingest", str(file), *DAY).returncode == 0
    (pair,) = json.loads(run("papers", "suspected", "--json").stdout)
    assert (pair["score"] > 90, [one["number"] for one in pair["papers"]]) == (True, [1, 2])
    assert "paperround papers merge '#1' '#2'" in run("papers", "suspected").stdout
    for args, said in (
        (("merge", "#1", "#9"), "Nothing stored is called “#9”. Nothing was changed."),
        (("merge", "#1", "2506.00001"), "are one paper already"),
        (("merge", "GRASPY", "#1"), "may be several papers: "),
        (("merge", " ", "#1"), "Which paper?"),
        (
            ("split", "#1"),
            "No other paper is merged into “GRASPY: Learning to Grasp Things That Move” (#1). Nothing was changed.",
        ),
        (("merge", "#1", "#2", "--workspace", "nowhere"), "is not a workspace"),
    ):
        done = run("papers", *args)
        assert (done.returncode, done.stdout) == (2, ""), args
        assert said in done.stderr
    assert "suspected no more" in run("papers", "dismiss", "arxiv:2506.00001", "#2").stdout
    assert run("papers", "suspected").stdout == "No two papers are suspected to be one.\n"
    assert "To take one back: paperround papers dismiss '#1' '#2' --undo" in run("papers", "dismissed").stdout
    assert "may be suspected again" in run("papers", "dismiss", "#1", "#2", "--undo").stdout
    assert "are not dismissed. Nothing was changed." in run("papers", "dismiss", "#1", "#2", "--undo").stderr
    assert run("papers", "merge", "arxiv:2506.00001", "#2").stdout.endswith("To undo it: paperround papers split '#1'\n")
    assert run("papers", "suspected").stdout == "No two papers are suspected to be one.\n"
    assert run("search", "--name", "#2", "--json").stdout == run("search", "--name", "#1", "--json").stdout.replace("#1", "#2")
    assert "is a paper of its own again" in run("papers", "split", "#2").stdout
    assert "Thigns" in run("search", "--name", "#2").stdout
    assert run("papers", "suspected").stdout == "No two papers are suspected to be one.\n"


def test_keys_are_made_and_rotated(run: Run):
    """A fresh one each time, alone on its line; rotating needs the right ones and says how many installations there were."""
    first, second = run("keys", "new").stdout.strip(), run("keys", "new").stdout.strip()
    assert first != second
    assert len(first) == 44
    done = run("keys", "rotate", PAPERROUND_SECRET_KEYS=f"{second},{first}")
    assert (done.returncode, done.stdout.startswith("0 installations are encrypted")) == (0, True)
    assert first not in done.stdout + done.stderr


def test_the_manifest_is_json_alone(run: Run):
    """As it is, it can be pasted into Slack."""
    socket, http = run("manifest", "slack"), run("manifest", "slack", "--http", "https://papers.example.org", "--many")
    assert json.loads(socket.stdout)["settings"]["socket_mode_enabled"] is True
    assert json.loads(http.stdout)["oauth_config"]["redirect_urls"] == ["https://papers.example.org/slack/oauth_redirect"]
    assert run("manifest", "slack", "--socket").stdout == socket.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--socket", "--http", "https://a.example"),
        ("--many",),
        ("--http", "http://a.example"),
        ("--http", "https://a.example /x"),
    ],
)
def test_a_manifest_that_slack_would_refuse_is_not_printed(run: Run, args: tuple[str, ...]):
    """The error says what to write instead."""
    done = run("manifest", "slack", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--http" in done.stderr or "--socket" in done.stderr


def test_the_doctor_says_in_one_line_each_what_to_fix(run: Run):
    """Exit code 0 where nothing is, 1 where anything is."""
    well = run("doctor")
    assert well.returncode == 0, well.stdout
    assert all(line.startswith("ok ") for line in well.stdout.splitlines())
    ill = run("doctor", PAPERROUND_SLACK_BOT_TOKEN="xapp-secret")  # noqa: S106 - nobody's token
    assert ill.returncode == 1
    (line,) = [line for line in ill.stdout.splitlines() if line.startswith("fix")]
    assert "Put that one into PAPERROUND_SLACK_APP_TOKEN" in line
    assert "xapp-secret" not in ill.stdout + ill.stderr
    misspelt = run("doctor", PAPERROUND_SLACK_TOKEN="x")  # noqa: S106 - nobody's token
    assert (misspelt.returncode, "There is no setting" in misspelt.stdout) == (1, True)


def test_the_search_index_is_brought_up_and_built_anew(run: Run, tmp_path: Path):
    """`index` waits until it holds everything, also where it was deleted; `--rebuild` puts another one in its place."""
    assert run("ingest", str(SAMPLE), *DAY).returncode == 0
    shutil.rmtree(tmp_path / "papers.db.index")
    everything = "The search index holds every paper: 40.\n"
    assert run("index").stdout == everything
    (before,) = (tmp_path / "papers.db.index").iterdir()
    done = run("index", "--rebuild")
    assert (done.returncode, done.stdout.endswith(everything)) == (0, True)
    (after,) = (tmp_path / "papers.db.index").iterdir()
    assert after.name == f"{before.name}.2"
    assert "LIBERO: Benchmarking" in run("search", "--name", "LIBERO").stdout
