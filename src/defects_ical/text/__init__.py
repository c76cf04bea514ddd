"""Text that is shown to people: values in, strings that are safe to show out."""
