"""The one port where machines ask how Paper Round is doing, and where platforms that call us are let in.

The room knows HTTP. It must not know papers, commands, storage or another adapter.
"""
