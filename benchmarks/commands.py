"""Commands under load, on Slack and then on Discord: what each prints stands in its own program.

python -m benchmarks.commands
"""

from benchmarks import commands_discord, commands_slack


def main() -> None:
    """Measure both."""
    print("== Slack")
    commands_slack.main()
    print("== Discord")
    commands_discord.main()


if __name__ == "__main__":
    main()
