"""Slack, from cards to Block Kit and from payloads to commands.

- what is shown (pure): `render`, `blocks`, `lists`, `layout`, `text`, `limits`; as forms and windows `forms`, `inputs`, `views`
- what is asked: `http` takes requests, `listeners` acknowledges them, `once` drops repeats, `asks` reads them
- what is answered: `desk` commands, `windows` forms, `home` the Home tab; `people` and `places` say who and where; `files`
- how it is said: `client` starts, stops and posts, `voice` says cards, `api` calls Slack, `faults` names its refusals
- how it is installed: `mode`, `manifest`, `pages` (pure), `oauth`; who speaks for a workspace: `installs`, `tokens`, `rotation`
- how it is put together: `wiring` and `many`; what `paperround doctor` looks at: `doctor`
"""
