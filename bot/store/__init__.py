"""The store: SQLAlchemy Core over SQLite. Nothing outside of here knows either."""
