"""Discord's limits, in one table. Knows numbers only.

Discord counts code points (https://github.com/discord/discord-api-docs/issues/1315); we count UTF-16 code units, which are
never fewer. Sources: https://docs.discord.com/developers/components/reference , one section a component, and
https://docs.discord.com/developers/components/using-modal-components .
"""

from typing import Final

COMPONENTS: Final = 40  # in all, nested ones counted: reference, "Component Object"
TEXT: Final = 4_000  # over all text displays: https://github.com/discord/discord-api-docs/pull/8562
PIECE: Final = 3_900  # ours: one text display, with room for an escape too many
SECTION_TEXTS: Final = 3  # "Section": 1 to 3
BUTTONS_A_ROW: Final = 5  # "Action Row"
BUTTON_LABEL: Final = 80  # "Button"
CUSTOM_ID: Final = 100  # "Custom ID": 1 to 100
OPTIONS: Final = 25  # "String Select"
OPTION_LABEL: Final = 100  # "String Select"
OPTION_VALUE: Final = 100  # "String Select"
SELECT_PLACEHOLDER: Final = 150  # "String Select"
MEDIA_TEXT: Final = 1_024  # "Media Gallery": description
MEDIA_URL: Final = 2_048  # "Unfurled Media Item"
LINK_URL: Final = 1_000  # ours: an address inside text counts as text

MODAL_TITLE: Final = 45  # using-modal-components; /interactions/receiving-and-responding, "Modal"
MODAL_INPUTS: Final = 5  # the same
INPUT_LABEL: Final = 45  # "Label"
INPUT_DESCRIPTION: Final = 100  # "Label"
INPUT_PLACEHOLDER: Final = 100  # "Text Input"
INPUT_VALUE: Final = 4_000  # "Text Input"

CHOICES: Final = 25  # https://docs.discord.com/developers/interactions/application-commands#autocomplete
CHOICE: Final = 100  # the same: name and value
NONCE: Final = 25  # https://docs.discord.com/developers/resources/message#create-message
THREAD_NAME: Final = 100  # https://docs.discord.com/developers/resources/channel#start-thread-from-message
FORUM_TAGS: Final = 20  # https://docs.discord.com/developers/resources/channel : available_tags
APPLIED_TAGS: Final = 5  # the same: applied_tags
TAG_NAME: Final = 20  # the same, "Forum Tag Object"
DOCUMENT_BYTES: Final = 2_000_000  # ours: far more than any digest; a larger file is refused before it is fetched
