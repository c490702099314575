"""Slack: cards as Block Kit."""
