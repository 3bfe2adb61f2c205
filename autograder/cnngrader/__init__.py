"""What staff run: author, release, collect, grade and give feedback. Never imports TensorFlow."""
