"""Opens everything that is stored in one database. Storage room."""
