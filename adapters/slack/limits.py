"""Slack's limits, in one table. Knows numbers only.

Slack says "characters" without saying of which kind, so labels are counted in UTF-16 code units (never fewer than code
points) and running text in UTF-8 bytes, because bots have met refusals below the limit in bytes-heavy scripts
(https://github.com/metaps/genova/issues/301, https://github.com/BuilderIO/agent-native/pull/453).

Sources, one page an object: https://docs.slack.dev/reference/block-kit/blocks ,
https://docs.slack.dev/reference/block-kit/block-elements and
https://docs.slack.dev/reference/block-kit/composition-objects ; the page is named beside each number.
"""

from typing import Final

BLOCKS_PER_MESSAGE: Final = 50  # /reference/block-kit/blocks
MESSAGE_JSON: Final = 12_000
"""UTF-8 bytes of all blocks of a message as JSON. Undocumented: `msg_blocks_too_long` was met from about 13,200
characters on, containers counted (https://github.com/slackapi/bolt-js/issues/2509,
https://github.com/slackapi/bolt-js/issues/2867)."""
MESSAGE_TEXT: Final = 4_000  # /changelog/2018-truncating-really-long-messages: recommended; cut by Slack at 40,000

CONTAINER_TITLE: Final = 150  # blocks/container-block
CONTAINER_BLOCKS: Final = 10  # blocks/container-block
TEXT: Final = 3_000  # composition-objects/text-object: at least 1
RICH_TEXT: Final = 3_000  # no number is published for a rich_text block: the one for text objects
HEADER: Final = 150  # blocks/header-block
FIELD: Final = 2_000  # blocks/section-block
FIELDS: Final = 10  # blocks/section-block
ACTIONS: Final = 25  # blocks/actions-block
BUTTONS_A_ROW: Final = 5  # ours: what still reads as a row on a phone
BLOCK_ID: Final = 255  # /reference/block-kit/blocks
ACTION_ID: Final = 255  # /reference/block-kit/block-elements
URL: Final = 3_000  # block-elements/button-element, blocks/image-block

BUTTON_TEXT: Final = 75  # block-elements/button-element
BUTTON_VALUE: Final = 2_000  # block-elements/button-element
OPTION_TEXT: Final = 75  # composition-objects/option-object
OPTION_VALUE: Final = 150  # composition-objects/option-object
OVERFLOW_OPTIONS: Final = 5  # block-elements/overflow-menu-element
OPTIONS: Final = 100  # block-elements/select-menu-element
PLACEHOLDER: Final = 150  # block-elements/select-menu-element, block-elements/plain-text-input-element
ALT_TEXT: Final = 2_000  # blocks/image-block

MODAL_TITLE: Final = 24  # /reference/views/modal-views: title, submit and close
VIEW_BLOCKS: Final = 100  # /reference/views/modal-views, /reference/views/home-tab-views
VIEW_JSON: Final = 80_000  # ours: `view_too_large` is met at 250 kB (/reference/methods/views.publish), with \u escapes
PRIVATE_METADATA: Final = 3_000  # /reference/views/modal-views
INPUT_LABEL: Final = 2_000  # blocks/input-block
INPUT_VALUE: Final = 3_000  # block-elements/plain-text-input-element: max_length
HINT: Final = 2_000  # blocks/input-block
