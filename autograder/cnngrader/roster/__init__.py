"""The roster, course/students.csv: who is in the class, and what learning platforms call them."""
