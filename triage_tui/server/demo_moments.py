"""The demo's special moments: the last two hours, a noisy hour, a storm and odd titles."""

from __future__ import annotations

from typing import NamedTuple

from triage_tui.server.demo_words import Scene as S


class Moment(NamedTuple):
    """A case with its place in the story.

    Attributes:
        age: Minutes before now.
        taken: False for a case nobody has touched; None leaves it to chance.
    """

    age: int
    project: str
    priority: str
    taken: bool | None
    scene: S


NOW = (
    Moment(
        2,
        "PAY",
        "P1",
        False,
        S(
            "monitor",
            "checkout-api",
            "payments",
            "Checkout failing: 34 % of POST /v2/checkout return 502 in eu-west-1",
            "Orders per minute fell from 410 to 265 within five minutes. The gateway gives up on "
            "`card-gateway` after 10 s. All currencies, all browsers.",
        ),
    ),
    Moment(
        5,
        "OPS",
        "P2",
        False,
        S(
            "correlation",
            "load-balancer",
            "network",
            "14 alerts from fra1 edge: 5xx, TCP resets, health checks",
            "Grouped because they began within 90 seconds of each other. Likely the cause of the "
            "failing checkout.",
        ),
    ),
    Moment(
        9,
        "WEB",
        "P3",
        False,
        S(
            "error",
            "storefront",
            "web",
            "TypeError: Cannot read properties of undefined (reading 'priceMinor') in 8.14.0",
            "Only on the cart page, when a voucher is removed. 212 people in 20 minutes.",
        ),
    ),
    Moment(
        13,
        "SEC",
        "P1",
        False,
        S(
            "signal",
            "cloud-audit",
            "security",
            "Admin token of svc-deploy used from 203.0.113.77, outside our networks",
            "Four calls: list users, list buckets, create key, create key. The pipeline that owns "
            "the token was not running.",
        ),
    ),
    Moment(
        18,
        "OPS",
        "P2",
        False,
        S(
            "monitor",
            "postgres-orders",
            "database",
            "Replication lag 412 s and rising on postgres-orders-fra1-03",
            "Reads were moved to the primary by the proxy. Primary at 83 % CPU.",
        ),
    ),
    Moment(
        24,
        "DATA",
        "P3",
        False,
        S(
            "monitor",
            "airflow",
            "data",
            "daily_revenue has not started, upstream fx_rates_import is 70 min late",
            "The supplier's file is there but empty. Finance reads the report at noon.",
        ),
    ),
    Moment(
        31,
        "PLAT",
        "P2",
        False,
        S(
            "monitor",
            "k8s-nodes",
            "platform",
            "38 pods pending in eu-west-1b: insufficient memory",
            "The autoscaler is at its maximum of 60 nodes. 9 of the pods belong to checkout.",
        ),
    ),
    Moment(
        37,
        "SEC",
        "P2",
        False,
        S(
            "scanner",
            "logs-intake",
            "privacy",
            "Card numbers in debug logs of checkout-api, 1,904 matches in 25 minutes",
            "Debug level was switched on for the investigation. Retention of the index is 15 days.",
        ),
    ),
    Moment(
        44,
        "PAY",
        "NOT_DEFINED",
        False,
        S(
            "request",
            "merchant-portal",
            "payments",
            "M-31188 asks for a new API key before tonight's launch",
            "Identity was checked by phone.",
        ),
    ),
    Moment(
        52,
        "OPS",
        "P3",
        True,
        S(
            "monitor",
            "mail-relay",
            "sre",
            "Deferred mail: 18,400 messages, oldest 41 minutes",
            "One receiving domain throttles us, password resets are stuck behind newsletters.",
        ),
    ),
    Moment(
        58,
        "WEB",
        "P4",
        False,
        S(
            "watchdog",
            "cdn",
            "web",
            "Cache hit ratio at ams2 down from 94 % to 71 %",
            "Began with the release of the storefront, the asset names changed.",
        ),
    ),
    Moment(
        66,
        "PAY",
        "P2",
        False,
        S(
            "escalation",
            "payouts",
            "payments",
            "M-20417: last two payouts missing, 86,200 EUR",
            "The customer pays salaries from it tomorrow.",
        ),
    ),
    Moment(
        75,
        "PLAT",
        "P3",
        True,
        S(
            "monitor",
            "ci-runners",
            "build",
            "CI queue: 143 jobs waiting, oldest 27 minutes",
            "Runners in us-east-1 start but do not register.",
        ),
    ),
    Moment(
        84,
        "SEC",
        "P3",
        False,
        S(
            "signal",
            "sso",
            "security",
            "22 push prompts to k.lund in 9 minutes",
            "None was accepted so far.",
        ),
    ),
    Moment(
        93,
        "PLAT",
        "NOT_DEFINED",
        False,
        S(
            "change",
            "ingress",
            "platform",
            "Ingress controller 4.11.2 in eu-west-1, tonight 21:00 UTC",
            "Fixes the header size problem. Was moved from last week.",
        ),
    ),
    Moment(
        101,
        "OPS",
        "P1",
        True,
        S(
            "monitor",
            "object-store",
            "storage",
            "Object store refuses writes in us-west-2: quorum lost",
            "Two of three nodes of the placement group are down since the power event in pdx1.",
        ),
    ),
    Moment(
        112,
        "DATA",
        "P4",
        False,
        S(
            "error",
            "exports-api",
            "data",
            "PermissionDenied: svc-warehouse on prod-exports (2.8.1)",
            "The role was replaced this morning; the export still assumes the old one.",
        ),
    ),
)

ODD = (
    Moment(
        190,
        "WEB",
        "P3",
        None,
        S(
            "error",
            "storefront",
            "web",
            "\u6c7a\u6e08\u30a8\u30e9\u30fc: \u30ab\u30fc\u30c9\u60c5\u5831\u3092\u78ba\u8a8d\u3067"
            "\u304d\u307e\u305b\u3093 (ja-JP, iOS 18)",
            "Reported by the Tokyo support desk. Message text is ours, code `card_check_failed`.",
        ),
    ),
    Moment(
        415,
        "OPS",
        "P2",
        None,
        S(
            "request",
            "load-balancer",
            "network",
            "[PROD] [URGENT] lb-02 -> lb-03 failover did not happen",
            "Planned test. The virtual address stayed on lb-02, traffic was not affected.",
        ),
    ),
    Moment(
        1_260,
        "PLAT",
        "P4",
        True,
        S(
            "request",
            "ci-runners",
            "build",
            "\U0001f525 CI is slow again \U0001f422 (arm64 runners)",
            "Median went from 6 to 14 minutes since Monday.",
        ),
    ),
    Moment(
        2_050,
        "DATA",
        "P3",
        None,
        S(
            "monitor",
            "data-quality",
            "data",
            "Schema drift: orders.amount BIGINT \u2192 NUMERIC(18,4) \u2192 VARCHAR",
            "Two changes in one night, both by the import of the new supplier.",
        ),
    ),
    Moment(
        3_900,
        "PAY",
        "P3",
        True,
        S(
            "escalation",
            "invoicing",
            "billing",
            "Customer M-10092 reports that invoices rendered between the 1st and the 3rd show the "
            "delivery address of a different branch, the wrong VAT rate for services, and no "
            "purchase order number",
            "14 invoices, three different templates. They were sent before anybody noticed.",
        ),
    ),
    Moment(
        5_400,
        "WEB",
        "P4",
        None,
        S(
            "request",
            "content",
            "web",
            "Zażółć gęślą jaźń: Polish letters cut off in headings (Łódź, Kraków)",
            "Line height of the new font is too small for accents on capitals.",
        ),
    ),
    Moment(
        8_200,
        "SEC",
        "P5",
        True,
        S(
            "request",
            "access",
            "security",
            'Name "O\'Mara; --" is refused by the sign-up form (50% of tests & <b>only</b> here)',
            "The filter of the web application firewall sees an attack in a perfectly good name.",
        ),
    ),
    Moment(
        11_000,
        "OPS",
        "P4",
        True,
        S(
            "monitor",
            "ntp",
            "sre",
            "서울 리전 지연: p99 2300 ms (ap-northeast-2)",
            "Opened by the colleagues of the late shift. Clock offset of two hosts.",
        ),
    ),
)

NOISY_SERVICE = "edge-gateway"
NOISY_CASES = 35
NOISY = (
    S(
        "monitor",
        NOISY_SERVICE,
        "network",
        "edge-gateway: upstream reset rate {low} % on {host}",
        "Resets began with the certificate reload at {time}.",
    ),
    S(
        "monitor",
        NOISY_SERVICE,
        "network",
        "edge-gateway: handshake p99 {ms} ms on {host}",
        "Full handshakes only, session resumption does not work.",
    ),
    S(
        "monitor",
        NOISY_SERVICE,
        "network",
        "edge-gateway: {hundreds} open files short on {host}",
        "Connections in CLOSE_WAIT are not given back.",
    ),
    S(
        "watchdog",
        NOISY_SERVICE,
        "network",
        "edge-gateway: unusual 503 ratio {low} % on {host}",
        "No deployment in the last {hours} hours.",
    ),
    S(
        "monitor",
        NOISY_SERVICE,
        "network",
        "edge-gateway: memory {pct} % on {host}",
        "Grows with the number of half-closed connections.",
    ),
)

STORM_CASES = 18
STORM = S(
    "storm",
    "mail-dispatch",
    "sre",
    "Queue depth above 50,000 on mail-dispatch shard {num}",
    "The monitor alerts for each shard on its own. Present depth: {big} above the threshold.",
)
