"""The store: SQLAlchemy Core over SQLite or PostgreSQL. Nothing outside of here knows them."""
