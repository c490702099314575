"""Slack, from cards to Block Kit and from payloads to commands.

- what is shown (pure): `render`, `blocks`, `lists`, `layout`, `text`, `limits`; as forms and windows `forms`, `inputs`, `views`
- what is asked: `http` takes requests, `listeners` acknowledges them, `once` drops repeats, `payload`
  reads what may be malformed, `asks` commands, `tidings` all else
- what is answered: `desk` commands, `windows` forms, `home` the Home tab; `people` and `places` say who and where; `files`;
  `kept` remembers what was looked up
- how it is said: `client` starts, stops and posts, `voice` says cards, `api` calls Slack, `faults` names its refusals
- how it is installed: `mode`, `manifest`, `pages` (pure), `oauth`; who speaks for a workspace: `installs`, `tokens`, `rotation`,
  and `one` where the settings name the only workspace
- how it is put together: `wiring` and `many`; what `paperround doctor` looks at: `doctor`
"""
