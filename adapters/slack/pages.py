"""The pages that somebody sees who installs us in Slack: plain HTML, no script. Slack's room; pure, knows no SDK.

No page holds a token, a code or a state, and whatever Slack said is escaped.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Final

from adapters.slack.manifest import INSTALL_PATH, SCOPES

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto 4rem; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p, li { margin: .5rem 0; }
ul { padding-left: 1.1rem; }
code { font: .95em ui-monospace, monospace; }
.go { display: inline-block; margin: .75rem .75rem .75rem 0; padding: .6rem 1.1rem; border-radius: .5rem;
  background: #1f2a44; color: #fff; text-decoration: none; font-weight: 600; }
@media (prefers-color-scheme: dark) { .go { background: #40549a; } }
.quiet { opacity: .75; font-size: .925rem; }
"""

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address a browser comes back to holds a code
    "X-Content-Type-Options": "nosniff",
}
"""What every page is sent with."""

_AGAIN: Final = f'<p><a class="go" href="{INSTALL_PATH}">Start again</a></p>'
_FAILED: Final = {
    "access_denied": ("Nothing was installed", "You cancelled in Slack. Nothing was changed in your workspace."),
    "invalid_state": (
        "That page is no longer valid",
        "It was open for more than ten minutes, or was used already. Nothing was installed this time.",
    ),
    "invalid_browser": (
        "This is not the browser it began in",
        "Installing must begin and end in the same browser, with cookies allowed, within ten minutes. Nothing was installed.",
    ),
    "missing_code": ("Slack sent nothing back", "The way back from Slack was incomplete. Nothing was installed."),
    "invalid_code": (
        "Slack did not confirm the installation",
        "Slack refused what it had sent, or could not be reached. Paper Round was given no access.",
    ),
    "storage_error": (
        "The installation could not be stored",
        "Slack has let Paper Round in, but Paper Round could not keep that. Its operator finds the reason in the log. "
        "Start again once it is mended.",
    ),
    "bad_scope": ("Slack refused what is asked for", "The app lacks a permission. Its operator must renew its manifest."),
}


def install_page(url: str) -> str:
    """The page to begin on: what is asked for and why, and the way to Slack.

    Args:
        url: Slack's own page, to which the button leads.
    """
    asked = "".join(f"<li><code>{escape(scope)}</code> {escape(why)}</li>" for scope, why in SCOPES.items())
    return _page(
        "Add Paper Round to Slack",
        "<p>The day’s research papers in your channels, and every past paper one command away.</p>"
        f'<p><a class="go" href="{escape(url)}">Add to Slack</a></p>'
        f'<div class="quiet"><p>Slack will ask you to allow this:</p><ul>{asked}</ul>'
        "<p>It may be removed at any time, in Slack under Manage apps; its tokens are then deleted here.</p></div>",
    )


def installed_page(*, workspace: str, team_id: str | None, app_id: str | None, org_url: str | None, resumed: int) -> str:
    """The page at the end: where to go and what to type.

    Args:
        workspace: its name, as Slack says it.
        team_id: the workspace to open; `None` for an org.
        app_id: our app, as Slack numbers it.
        org_url: for an org, where its admin lets workspaces have the app.
        resumed: how many subscriptions of an earlier installation run again.
    """
    again = f"<p>{_running(resumed)}</p>" if resumed else ""
    if org_url is not None:
        href = f"{org_url.rstrip('/')}/manage/organization/apps/profile/{app_id}/workspaces/add"
        return _page(
            f"Paper Round is installed in {workspace}",
            "<p>It is installed for the whole organisation. Choose the workspaces that are to have it.</p>"
            f'<p><a class="go" href="{escape(href)}">Choose workspaces</a></p>{again}{_NEXT}',
        )
    app = f"slack://app?team={team_id}&id={app_id}" if team_id and app_id else "slack://open"
    web = f"https://app.slack.com/client/{team_id}" if team_id else "https://app.slack.com/client"
    return _page(
        f"Paper Round is in {workspace}",
        f'<p><a class="go" href="{escape(app)}">Open Slack</a> <a href="{escape(web)}">or in this browser</a></p>{again}{_NEXT}',
    )


def failed_page(reason: str) -> str:
    """What went wrong, what that means and how to go on. `reason` is Slack's or Bolt's word for it."""
    title, text = _FAILED.get(reason, ("Slack did not install Paper Round", "Nothing was installed."))
    known = reason in _FAILED or not re.fullmatch(r"[a-z_]{1,60}", reason)
    said = "" if known else f"<p>Slack said: <code>{escape(reason)}</code></p>"
    return _page(title, f"<p>{escape(text)}</p>{said}{_AGAIN}")


_NEXT: Final = (
    "<p>Then, in a channel:</p><ul>"
    "<li><code>/papers subscribe rl weekdays 09:00</code> posts new papers there</li>"
    "<li><code>/papers rl</code> finds papers on a topic</li>"
    "<li><code>/paper LIBERO</code> looks one up by its name</li></ul>"
    '<p class="quiet">In a private channel, invite it first: <code>/invite @Paper Round</code>. You may close this page.</p>'
)


def _running(count: int) -> str:
    return "1 subscription from before runs again." if count == 1 else f"{count} subscriptions from before run again."


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
