"""Of the reader: change what is read, and every article is read again."""

READING = "statements/7"
