"""Scores for people to read: on the terminal, as CSV, as one HTML page."""
