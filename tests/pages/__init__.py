"""Report pages for tests: sessions that fill them, and a real browser that opens them."""
