"""``python -m defects_ical`` is the command ``defects-ical``."""

from defects_ical.cli import main

if __name__ == "__main__":
    main(prog_name="defects-ical")
