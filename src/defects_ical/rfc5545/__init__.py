"""iCalendar text of any quality in; content lines, components and values (RFC 5545) out."""
