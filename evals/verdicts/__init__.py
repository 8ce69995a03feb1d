"""Messages with what blind readers said of them: the truth that scores are held against."""
