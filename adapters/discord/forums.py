"""Discord: finds a forum's post again, and the tag that a new one gets. Knows no cards."""

import discord

from adapters.discord.guide import Guide
from adapters.discord.keys import found_in
from adapters.discord.naming import tags_for
from adapters.discord.rest import Rest


async def find_post(rest: Rest, guide: Guide, forum: str, *, name: str, mark: int) -> str | None:
    """Our own open post of this name whose first message has this mark."""
    for post in guide.posts_called(forum, name):
        if found_in(await rest.oldest(post), guide.me(), mark):
            return post
    return None


async def tags_of(rest: Rest, guide: Guide, forum: str, topic: str) -> list[str]:
    """The ids of the tags for a new post on a topic; its tag is made first where there is none and we may make it."""
    described = await rest.channel(forum)
    wanted = tags_for(topic, described, may_create=guide.may_tag(forum))
    if not wanted.create:
        return list(wanted.ids)
    kept = list(described.get("available_tags") or ())
    new = {"name": wanted.create, "moderated": False, "emoji_id": None, "emoji_name": None}
    try:
        changed = await rest.edit_channel(forum, {"available_tags": [*kept, new]})
    except discord.Forbidden:  # a post without its tag is better than none
        changed = described
    return list(tags_for(topic, changed, may_create=False).ids)
