"""A page on this machine that works like a team channel."""
