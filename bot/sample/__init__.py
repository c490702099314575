"""The digest that `paperround try` shows when no file is given: real titles, dates and counts, our own words."""
