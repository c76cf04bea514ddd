"""Time zones: datetimes and IANA zone names in, UTC and local times and VTIMEZONE parts out."""
