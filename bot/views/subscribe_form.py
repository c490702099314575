"""The form that asks for a subscription's line."""

from bot.cards import Form, Input
from bot.subscribe_line import days_text, role_text, when_line
from bot.subscription import EVERY_DAY, MONDAY_TO_FRIDAY, Subscription, Wish
from bot.views.wording import count_of

TOPS = (5, 10, 20, 50)
_DAYS = (
    ("Monday to Friday", days_text(MONDAY_TO_FRIDAY)),
    ("Every day", days_text(EVERY_DAY)),
    ("Mondays", "mon"),
    ("Mon, Wed, Fri", "mon,wed,fri"),
)
_LAYOUTS = (
    ("A thread, a reply a paper", "layout thread"),
    ("One message with headlines", "layout list"),
    ("A message a paper", "layout cards"),
)
_QUIET = tuple((f"{label}; silent if none", f"{value} quiet") for label, value in _LAYOUTS)
_PUBLISH = (("Stays in its channel", ""), ("Published, in an announcement channel", "publish"))


def subscribe_form(wish: Wish, known: Subscription | None, *, in_server: bool = False) -> Form:
    """The questions whose answers are a subscription's line, and the channel it is for; the first five decide the most.

    Args:
        wish: what stands in it at first.
        known: the subscription that is changed, if one is.
        in_server: whether there are roles to mention and followers to publish to.
    """
    timing = wish.timing
    # Nobody is asked how late an edition may be; what is set already goes along with the days, which are never empty.
    within = f"within {wish.within_h}h " if wish.within_h is not None else ""
    return Form(
        title="Change a subscription" if known else "Subscribe to papers",
        command=f"/papers subscribe #{known.id}" if known else "/papers subscribe",
        submit="Save" if known else "Subscribe",
        inputs=(
            Input(
                name="query",
                label="Topic or query; empty for all papers",
                value=wish.query,
                placeholder="rl -survey",
                live=True,
            ),
            # The ";" keeps a query that ends in a word such as "daily" apart from the settings.
            Input(
                name="days",
                label="Days",
                token=f"; {within}",
                kind="select",
                value=days_text(timing.days),
                options=_with(_DAYS, days_text(timing.days)),
            ),
            Input(name="time", label="Time", kind="time", value=f"{timing.at:%H:%M}", placeholder="09:00"),
            Input(name="zone", label="Time zone", kind="zone", value=timing.zone, placeholder="Europe/Berlin"),
            *_inputs(wish, in_server=in_server),
            *(() if known else (Input(name="channel", label="Channel", kind="channel"),)),
        ),
    )


def settings_form(known: Subscription, *, in_server: bool = False) -> Form:
    """The questions of `subscribe_form` behind its time zone, for platforms whose forms have room for five; the others stay."""
    return Form(
        title="More settings",
        command=f"/papers subscribe #{known.id} {when_line(known.wish)}",
        submit="Save",
        inputs=_inputs(known.wish, in_server=in_server),
    )


def _inputs(wish: Wish, *, in_server: bool) -> tuple[Input, ...]:
    top, layout = f"top {wish.top}", f"layout {wish.layout}{' quiet' if wish.quiet else ''}"
    tops = _with(tuple((count_of(top, "paper"), f"top {top}") for top in TOPS), top)
    inputs = (
        Input(name="top", label="At most", kind="select", value=top, options=tops),
        Input(name="layout", label="As", kind="select", value=layout, options=_LAYOUTS + _QUIET),
    )
    if not in_server:
        return inputs
    role = role_text(wish.mention) if wish.mention else ""
    return (
        *inputs,
        Input(name="mention", label="Role that each first message mentions", token="mention ", kind="role", value=role),
        Input(
            name="publish",
            label="First message to followers",
            kind="select",
            value="publish" if wish.publish else "",
            options=_PUBLISH,
        ),
    )


def _with(options: tuple[tuple[str, str], ...], value: str) -> tuple[tuple[str, str], ...]:
    """The choices, with the present one among them."""
    return options if value in {one for _, one in options} else ((value.replace(",", ", "), value), *options)
