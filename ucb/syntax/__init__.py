"""What a reply is made of: Markdown, and the Python in it. Used by `ucb.extract`."""
