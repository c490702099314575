"""What Paper Round claims to be fast and right, as programs that print ratios against a yardstick in the same run."""
