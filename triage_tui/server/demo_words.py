"""What the demo's texts are filled with: names and figures.

A text names its slots in braces, for example "{pct} % of {bucket}". A digit after the name draws
a second value of the same sort: {ms} and {ms2}. Descriptions and comments may quote {title}.
"""

from __future__ import annotations

from typing import NamedTuple


class Scene(NamedTuple):
    """What a case is about.

    Attributes:
        kind: A key of `demo_kinds.KINDS`.
        lead: First paragraph of the description.
    """

    kind: str
    service: str
    team: str
    title: str
    lead: str


WORDS: dict[str, tuple[str, ...]] = {
    "account": ("svc-deploy", "svc-backup", "svc-billing-export", "svc-artifacts", "svc-warehouse"),
    "acquirer": ("acquirer-north", "acquirer-iberia", "acquirer-apac", "acquirer-uk"),
    "branch": ("main", "release/24", "release/25", "hotfix/session-ttl"),
    "browser": ("Chrome 131", "Firefox 133", "Safari 18.1", "Edge 130", "Android WebView 129"),
    "bucket": (
        "invoice-archive-eu",
        "build-cache-us",
        "prod-exports",
        "audit-log-cold",
        "media-originals",
        "ml-feature-snapshots",
    ),
    "bin": ("4571 77", "5299 03", "4026 41", "5413 88"),
    "country": ("Portugal", "Brazil", "Vietnam", "Canada", "Romania", "South Korea"),
    "currency": ("EUR", "GBP", "JPY", "SEK", "PLN", "CHF", "MXN"),
    "dashboard": ("Checkout health", "Ledger overview", "Edge latency", "Cluster capacity"),
    "dc": ("fra1", "ams2", "iad3", "pdx1", "nrt1"),
    "reach": ("reachable", "not reachable", "reachable only at start-up"),
    "domain": (
        "shop.example.com",
        "api.example.com",
        "status.example.com",
        "pay.example.com",
        "login.example.com",
    ),
    "env": (*("prod",) * 10, "staging", "staging", "dev"),
    "index": ("products-v9", "logs-2-hot", "customers-v4", "orders-v12"),
    "job": (
        "nightly-settlement",
        "dim_customers",
        "fct_orders",
        "daily_revenue",
        "churn_features",
        "stock_snapshot",
        "fx_rates_import",
    ),
    "locale": ("de-DE", "ja-JP", "pt-BR", "pl-PL", "fr-CA", "sv-SE"),
    "login": ("d.harrow", "m.tolland", "k.lund", "a.pereda", "t.vance", "r.ishida", "b.okello"),
    "merchant": ("M-20417", "M-31188", "M-10092", "M-44760", "M-27351"),
    "package": (
        "libxml-lite",
        "fastjson-core",
        "img-resize",
        "yaml-loader",
        "tls-shim",
        "http-router",
    ),
    "page": ("/cart", "/checkout/address", "/account/orders", "/search", "/product", "/login"),
    "queue": (
        "invoices.render",
        "mail.outbound",
        "search.reindex",
        "ledger.post",
        "webhooks.retry",
        "orders.fulfil",
    ),
    "region": (
        "eu-west-1",
        "eu-central-1",
        "us-east-1",
        "us-west-2",
        "ap-northeast-1",
        "ap-southeast-2",
    ),
    "repo": ("checkout-web", "ledger-core", "infra-live", "edge-config", "mobile-app"),
    "route": (
        "POST /v2/checkout",
        "GET /v2/cart",
        "PUT /v1/addresses",
        "GET /v3/search",
        "POST /v1/refunds",
        "GET /v2/orders",
    ),
    "secret": ("deploy key", "webhook signing secret", "database password", "registry token"),
    "machine": ("jump", "ledger-db", "build-cache", "reporting", "wiki", "batch"),
    "severity": ("low", "medium", "high"),
    "tablename": (
        "orders",
        "ledger_entries",
        "sessions",
        "invoices",
        "shipment_events",
        "user_profiles",
    ),
    "topic": ("orders.v3", "payments.settled", "clicks.raw", "inventory.delta", "audit.events"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday"),
    "zone": ("a", "b", "c"),
}

RANGES: dict[str, tuple[int, int, str]] = {
    # smallest, largest, how it is written
    "pct": (71, 99, "{}"),
    "low": (2, 29, "{}"),
    "few": (2, 9, "{}"),
    "n": (11, 64, "{}"),
    "hundreds": (120, 890, "{}"),
    "big": (1_200, 98_000, "{:,}"),
    "ms": (850, 9_400, "{}"),
    "secs": (31, 890, "{}"),
    "mins": (6, 55, "{}"),
    "hours": (2, 11, "{}"),
    "days": (3, 27, "{}"),
    "gb": (12, 940, "{}"),
    "num": (1, 48, "{:02}"),
    "line": (12, 480, "{}"),
    "incident": (301, 420, "INC-{}"),
    "advisory": (102, 988, "ADV-2025-{:04}"),
    "pull": (1_180, 4_920, "#{}"),
    "ticket": (20_400, 29_900, "{}"),
    "major": (2, 9, "{}"),
    "minor": (0, 31, "{}"),
    "id": (10_400_000, 98_900_000, "{}"),
    "cents": (104, 996, "{}"),
}
