"""Where papers live: SQL tables and the search index. The only room that knows SQLModel, SQLAlchemy and tantivy."""
