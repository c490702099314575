"""The pages that somebody sees who installs us in Slack. Slack's room; pure, knows no SDK."""
