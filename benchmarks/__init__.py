"""Benchmarks: this program and others, measured side by side in one run."""
