"""Rows and scores as one page that a person likes to read, and as JUnit XML and JSON for machines."""
