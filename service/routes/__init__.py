"""The routes: each validates, calls and translates."""
