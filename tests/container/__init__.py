"""Build and run the container image: ``make container-test``."""
