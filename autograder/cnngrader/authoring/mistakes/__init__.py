"""What an author has probably not meant, told with its line before anything is run."""
