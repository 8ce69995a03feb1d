"""Afterword: interview notes in, sendable follow-up messages out."""

__version__ = "0.2.0"
