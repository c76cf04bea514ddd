"""Announcements for Discord."""
