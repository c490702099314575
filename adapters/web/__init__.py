"""A page on this machine that works like a team channel: the product without a token.

The room knows cards, the seams and HTTP. It must not know papers, commands, storage or another adapter.
"""
