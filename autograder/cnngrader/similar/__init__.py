"""Whose submissions have much in common, for people to look at: passages beside each other, and no verdict."""
