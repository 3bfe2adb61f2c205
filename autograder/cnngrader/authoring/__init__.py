"""Writing an assignment: from the author's percent file and rubric to what students get."""
