"""Metrics: what an operator's Prometheus reads."""

from bot.metrics import CONTENT_TYPE, Meters
from bot.subscription import Backlog


def test_everything_measured_is_in_the_text():
    """Counters with their labels, the backlog, and this process's memory come out as lines."""
    meters = Meters()
    meters.parts_sent.labels("slack").inc(3)
    meters.parts_in_doubt.labels("slack").inc()
    meters.editions.labels("failed", "gone").inc()
    meters.set_backlog(Backlog(due=4, waiting_parts=17, late_s=2.5, paused=1))
    lines = meters.render().decode().splitlines()
    assert 'paperround_parts_sent_total{platform="slack"} 3.0' in lines
    assert 'paperround_parts_in_doubt_total{platform="slack"} 1.0' in lines
    assert 'paperround_editions_total{outcome="failed",reason="gone"} 1.0' in lines
    assert "paperround_subscriptions_due 4.0" in lines
    assert "paperround_parts_waiting 17.0" in lines
    assert "paperround_late_seconds 2.5" in lines
    assert "paperround_paused_subscriptions 1.0" in lines
    assert any(line.startswith("python_info") for line in lines)
    assert CONTENT_TYPE.startswith("text/plain")


def test_two_sets_of_meters_know_nothing_of_each_other():
    """There is no global registry: two processes' worth of meters live side by side in one test."""
    one, other = Meters(), Meters()
    one.parts_sent.labels("slack").inc()
    assert other.registry.get_sample_value("paperround_parts_sent_total", {"platform": "slack"}) is None


def test_lateness_falls_into_buckets_up_to_a_day():
    """Seconds late are a histogram from a second to a day."""
    meters = Meters()
    for late in (0.5, 45, 7200):
        meters.late_s.observe(late)
    value = meters.registry.get_sample_value
    assert value("paperround_edition_late_seconds_bucket", {"le": "1.0"}) == 1
    assert value("paperround_edition_late_seconds_bucket", {"le": "60.0"}) == 2
    assert value("paperround_edition_late_seconds_bucket", {"le": "86400.0"}) == 3
