"""What the app is, as a Slack manifest. Slack's room; pure, knows no SDK."""
