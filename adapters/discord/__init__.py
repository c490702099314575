"""Discord: cards as Components V2."""
