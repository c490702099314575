"""Editions: which are due, what goes into one, and how it is sent. Knows no SQL and no platform."""
