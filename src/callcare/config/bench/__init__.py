"""The benchmark: its own database, a made-up France in it, and what is measured there (see docs/benchmarks.md)."""
