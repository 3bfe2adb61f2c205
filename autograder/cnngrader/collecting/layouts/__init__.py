"""Whose a file is, told by its path: the layouts in which learning platforms hand out submissions, a file for each."""
