"""A schedule → the picture for link previews: laid out as SVG, and drawn as PNG by resvg."""
