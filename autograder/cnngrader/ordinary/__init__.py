"""nbgrader's own autograde, confined, and courses that know nobody but nbgrader."""
