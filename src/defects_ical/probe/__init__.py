"""Request a feed as calendar clients do: a URL in, what each of them receives out.

`fetch.get` is the HTTP client for all other downloads.
"""
