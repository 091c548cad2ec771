"""A keyboard-driven terminal dashboard for triaging Datadog Case Management cases."""

__version__ = "0.1.0"
