"""nbgrader's gradebook and autograded/, read and written."""
