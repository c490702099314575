"""What is measured while Paper Round runs, in Prometheus' text format. Knows no HTTP and no storage."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from bot.subscription import Backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_LATE_S = (1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 86_400)
_TICK_S = (0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300)
_LAG_S = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Meters:
    """All counters, gauges and histograms of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.editions = Counter(
            "paperround_editions",
            "Editions by outcome (planned, empty, skipped, sent, failed) and, where they failed, why.",
            ["outcome", "reason"],
            registry=registry,
        )
        self.parts_sent = Counter("paperround_parts_sent", "Messages that a platform took.", ["platform"], registry=registry)
        self.parts_in_doubt = Counter(
            "paperround_parts_in_doubt",
            "Messages sent once more because nobody knew whether they had arrived, where the platform cannot tell.",
            ["platform"],
            registry=registry,
        )
        self.failures = Counter(
            "paperround_post_failures",
            "Posts that did not succeed, by kind (rate_limited, refused, gone, timeout, unreachable, other).",
            ["platform", "kind"],
            registry=registry,
        )
        self.paused = Counter(
            "paperround_subscriptions_paused",
            "Subscriptions paused: their channel is gone.",
            ["platform"],
            registry=registry,
        )
        self.late_s = Histogram(
            "paperround_edition_late_seconds", "From an edition's time to its first message.", registry=registry, buckets=_LATE_S
        )
        self.tick_s = Histogram(
            "paperround_tick_seconds", "How long each kind of tick took.", ["tick"], registry=registry, buckets=_TICK_S
        )
        self.ticks_failed = Counter("paperround_ticks_failed", "Ticks that ended with an error.", ["tick"], registry=registry)
        self.loop_lag_s = Histogram(
            "paperround_loop_lag_seconds", "How late the event loop is with what it should do.", registry=registry, buckets=_LAG_S
        )
        self.sources_failing = Gauge("paperround_sources_failing", "Sources that cannot be taken in now.", registry=registry)
        self.enrichments = Counter(
            "paperround_enrichments",
            "Papers that lacked something and were asked about, by guide (hf, arxiv) and what came of it.",
            ["guide", "result"],
            registry=registry,
        )
        self.enrichments_waiting = Gauge(
            "paperround_enrichments_waiting",
            "Public papers that a guide is still to be asked about.",
            ["guide"],
            registry=registry,
        )
        self._due = Gauge("paperround_subscriptions_due", "Subscriptions whose time has come.", registry=registry)
        self._waiting = Gauge("paperround_parts_waiting", "Planned messages that are not sent yet.", registry=registry)
        self._late = Gauge("paperround_late_seconds", "How late the oldest unsent edition is.", registry=registry)
        self._paused = Gauge("paperround_paused_subscriptions", "Subscriptions that are paused now.", registry=registry)

    def set_backlog(self, backlog: Backlog) -> None:
        """Show the ledger's state."""
        self._due.set(backlog.due)
        self._waiting.set(backlog.waiting_parts)
        self._late.set(backlog.late_s)
        self._paused.set(backlog.paused)

    def render(self) -> bytes:
        """Everything, as `/metrics` shows it."""
        return generate_latest(self.registry)
