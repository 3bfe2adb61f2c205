"""A term in the browser: a view of the course's files, for those who may read them."""
