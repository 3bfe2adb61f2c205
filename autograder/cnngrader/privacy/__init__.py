"""Which data of students a course holds, and their removal."""
