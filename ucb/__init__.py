"""Unified Code Bench: measure what a code model can do by running what it wrote."""
