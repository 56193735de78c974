"""What introductions know without a database: the ladder of follow-up, the words of letters."""
