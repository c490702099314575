"""One room a chat platform. Adapters translate; they do not parse, search, ingest or decide."""
