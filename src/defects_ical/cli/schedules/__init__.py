"""The schedules that a command line names: loaded to be edited, or to complete words."""
