"""Requests that nobody sends by mistake, to every route; see test_routes."""
