"""Tests of the package that lets real importers read a feed."""
