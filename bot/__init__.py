"""The engine of Paper Round: papers, digests, search and cards. It knows no chat platform and writes no SQL."""
