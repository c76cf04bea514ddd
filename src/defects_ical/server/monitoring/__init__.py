"""What operators see of the service: requests counted, metrics, and the log in two formats."""
