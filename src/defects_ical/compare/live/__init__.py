"""What is live in; its calendars, as subscribers have them, out."""
