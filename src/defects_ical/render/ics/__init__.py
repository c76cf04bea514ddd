"""Events in; the bytes of iCalendar files (RFC 5545, RFC 7986) out."""
