"""A schedule file in; its site over HTTP, reloaded after every edit, out."""
