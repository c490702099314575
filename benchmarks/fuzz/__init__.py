"""Fuzzing of what reads documents from outside."""
