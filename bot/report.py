"""What the command line prints for people: digests, receipts, hits as lines of text. Pure."""

from collections.abc import Iterator, Sequence

from bot.digest.format import all_issues
from bot.enrichment import GUIDE_NAMES, TITLE, Enriched, GuideState
from bot.inquiry import Inquiry
from bot.model import Digest, Entry, ParseIssue
from bot.prose import cut_at_sentence, cut_at_word, readable
from bot.results import Receipt
from bot.spans import clean_line
from bot.views.wording import byline, count_of, long_day, reason_text, source_name

ISSUES = 10
ABSTRACT_CHARS = 200
TITLE_CHARS = 80


def digest_lines(digest: Digest) -> Iterator[str]:
    """A digest, an entry two or three lines."""
    when = long_day(digest.issued_on) if digest.issued_on else "day unknown"
    yield f"{source_name(digest.source)} · {when} · {count_of(len(digest.entries), 'paper')}"
    for entry in digest.entries:
        yield ""
        yield f"{entry.rank:>3}  {clean_line(readable(entry.title))}"
        yield f"     {_entry_byline(entry)}"
        if entry.abstract:
            yield f"     {clean_line(cut_at_sentence(readable(entry.abstract), ABSTRACT_CHARS))}"
    yield ""
    yield from issue_lines(all_issues(digest))


def _entry_byline(entry: Entry) -> str:
    people = entry.organization.name if entry.organization else ", ".join(entry.authors[:3])
    if not people and entry.author_count:
        people = count_of(entry.author_count, "author")
    elif len(entry.authors) > 3 and not entry.organization:
        people += f" + {len(entry.authors) - 3}"
    day = entry.published_on.isoformat() if entry.published_on else ""
    votes = f"▲ {entry.upvotes}" if entry.upvotes is not None else ""
    comments = count_of(entry.comments, "comment") if entry.comments is not None else ""
    return clean_line(" · ".join(part for part in (people, day, votes, comments) if part))


def receipt_lines(file: str, receipt: Receipt) -> Iterator[str]:
    """A receipt: what was new, what changed, what was known, what was not understood."""
    found = receipt.added + receipt.changed + receipt.unchanged
    when = f" · {long_day(receipt.issued_on)}" if receipt.issued_on else ""
    parts = [f"{receipt.added:,} new"]
    parts += [f"{receipt.changed:,} changed"] if receipt.changed else []
    parts += [f"{receipt.unchanged:,} already known"] if receipt.unchanged else []
    yield f"{file}{when}: {found:,} {'paper' if found == 1 else 'papers'} found: {', '.join(parts)}."
    yield from issue_lines(receipt.issues)


def enriched_lines(done: Sequence[Enriched], states: Sequence[GuideState]) -> Iterator[str]:
    """What became of papers that lacked something, one a line, and what is left to ask; no title of a space's own paper."""
    for one in done:
        before = one.task.paper
        title = cut_at_word(clean_line(readable(before.title)), TITLE_CHARS) if before.visible_to is None else "a workspace’s own"
        yield f"#{before.id} {title}: {_became(one)}"
    if not done:
        yield "Nothing was asked: no paper is due, or another process is asking already."
    yield from guide_lines(states)


def guide_lines(states: Sequence[GuideState]) -> Iterator[str]:
    """What each guide is still to be asked, and how it is doing. Times are UTC."""
    for state in states:
        left = f"{GUIDE_NAMES[state.guide]}: {count_of(state.waiting, 'paper')} left to ask about, {state.due:,} of them now"
        given_up = f", {state.given_up:,} given up" if state.given_up else ""
        fails = f"; it fails since {state.failing_since:%Y-%m-%d %H:%M}: {state.error}" if state.failing_since else "."
        rests = f" It is left alone until {state.rests_until:%Y-%m-%d %H:%M}." if state.rests_until else ""
        yield f"{left}{given_up}{fails}{rests}"


def _became(one: Enriched) -> str:
    name = GUIDE_NAMES[one.guide]
    match one.result:
        case "found":
            joined = f"it is #{one.paper.id}, " if one.paper is not None and one.paper.id != one.task.paper.id else ""
            named = "known by an id now, " if one.task.question == TITLE and not joined else ""
            return f"{joined}{named}{name} gave {', '.join(one.gained) or 'nothing that it lacked'}"
        case "nothing":
            return f"{name} knows no more"
        case "unknown":
            return f"{name} has no such paper"
        case "refused":
            return f"{name} answered with another paper, which was not taken"
        case "failed":
            return f"{name} gave no answer: {one.error}"
        case "gone":
            return "it is not stored any more"


def issue_lines(issues: Sequence[ParseIssue], more: str = "; --json shows all") -> Iterator[str]:
    """What was not understood, the first lines of it; none where all was. `more` says where the rest is."""
    if not issues:
        return
    yield f"{count_of(len(issues), 'line')} {'was' if len(issues) == 1 else 'were'} not understood:"
    for issue in issues[:ISSUES]:
        yield f"  line {issue.line}: {issue.message} “{clean_line(issue.excerpt)}”"
    if len(issues) > ISSUES:
        yield f"  and {len(issues) - ISSUES:,} more{more}"


def hit_lines(found: Inquiry, stored: int) -> Iterator[str]:
    """What was found among so many stored papers, a paper two lines."""
    if not found.hits:
        empty = "" if stored else ": no papers have been taken in. paperround ingest FILE takes a digest in"
        yield f"Nothing found for {clean_line(found.query)}{empty}."
        return
    yield from (("  " if line.startswith(" ") else "") + clean_line(line) for line in found.taken_as)
    for number, hit in enumerate(found.hits, start=1):
        notes = [byline(hit.paper), hit.paper.ref, reason_text(hit.why)]
        yield f"{number:>3}  {cut_at_word(clean_line(readable(hit.paper.title)), 110)}"
        yield f"     {clean_line(' · '.join(note for note in notes if note))}"
        if found.evidence:
            yield f"     score {hit.score:.2f}; up to 15 % of it for newness and votes"
            yield from (f"     {clean_line(line)}" for line in found.evidence[number - 1])
    if found.total > len(found.hits):
        yield f"     and {found.total - len(found.hits):,} more"
