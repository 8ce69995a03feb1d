"""Afterword: interview notes in, sendable follow-up messages out."""

__version__ = "0.1.0"
