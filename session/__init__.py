"""One stretching session: live engine, replay, report."""
