"""The sorts of cases the demo holds: where they come from and how their descriptions go on."""

from __future__ import annotations

from typing import NamedTuple

Insights = tuple[tuple[str, str, str], ...]
"""Type, ref and resource id of each insight a case may carry; texts with slots."""


class Kind(NamedTuple):
    """What cases from the same origin have in common.

    Attributes:
        type: Name of the case type.
        source: `creation_source`.
        odds: Weights of P1 to P5 and of no priority.
        bodies: How the description may go on after its first paragraph; "" for not at all.
    """

    type: str
    source: str
    odds: tuple[int, int, int, int, int, int]
    insights: Insights
    bodies: tuple[str, ...]


MONITOR = ("MONITOR", "/monitors/{id}", "{id}")
EVENT = ("EVENT", "/event/explorer?event={id2}", "{id2}")
INCIDENT = ("INCIDENT", "/incidents/{id3}", "{id3}")

MONITOR_BODIES = (
    "",
    "Monitor: [{service} in {region}](/monitors/{id})",
    """**Query**

```
avg(last_10m):avg:{service}.request.duration{{env:{env}}} by {{host}} > {ms}
```

Runbook: [{service}](https://example.com/runbooks/{service})""",
    """| Window | Value | Threshold |
|---|---|---|
| 5 min | {pct} | 70 |
| 15 min | {pct2} | 70 |
| 1 h | {n} | 60 |

Last recovered {hours} hours ago. Notified: `@team-{team}`.""",
    """## What we know

- First sample above the threshold at {time}
- Affected: `{host}`, peers look normal
- Last deployment of `{service}`: {ver}, {hours} h before

## First steps

1. Open the [dashboard](/dashboard/{service}) and compare with last week.
2. Check that the change calendar has nothing for {region}.
3. If it lasts longer than 30 minutes, follow the
   [runbook](https://example.com/runbooks/{service}#saturation).

Do **not** restart all replicas at once, the caches take {mins} minutes to fill.""",
    """## Impact

About {big} requests a minute pass through `{service}` in {region}; {low} % of them are late.
No data is lost, callers retry with back-off.

## Timeline (UTC)

| When | What |
|---|---|
| {time} | monitor goes to *warn* |
| {time} + 4 min | monitor goes to *alert* |
| {time} + 6 min | case opened, `@team-{team}` notified |

## Evidence

```
{time} {host} {service}[2114]: level=warn msg="slow upstream" took={ms}ms
{time} {host} {service}[2114]: level=warn msg="slow upstream" took={ms2}ms
{time} {host} {service}[2114]: level=error msg="deadline exceeded" after=10000ms
```

## Next

- [ ] compare `{host}` with its neighbour
- [ ] look at the [traces](/apm/services/{service}) with status *error*
- [ ] decide whether to shift traffic to {dc}

Runbook: [{service}](https://example.com/runbooks/{service})
Dashboard: [{dashboard}](/dashboard/{service})""",
)

STORM_BODIES = (
    """```
max(last_5m):max:{service}.queue.depth{{env:{env}}} by {{shard}} > 50000
```

Monitor: [queue depth](/monitors/{id})
Runbook: [{service}](https://example.com/runbooks/{service})""",
)

ERROR_BODIES = (
    "First seen in {ver}, {big} occurrences so far.",
    """```
{title}
    at dispatch ({service}/entry:{line})
    at handle ({team}/request:{line2})
    at run ({service}/worker:88)
```

Seen by {n} users since {time}.""",
    """```
{title}
    at ensureOpen ({service}/lease:{line})
    at append ({service}/store:{line2})
    at call ({team}/retry:61)
Caused by: deadline exceeded after {ms} ms
    ... 14 more
```

| Version | Occurrences |
|---|---|
| {ver} | {big} |
| the one before | {few} |""",
    """**Suspect commit** `{commit}`, pull request {pull} in `{repo}`.

- First seen: {time}, {mins} minutes after the rollout of {ver}
- Sessions: {hundreds}, {low} % of them in {country}
- Similar issue, closed last month: [open](/error-tracking/issue/{id})""",
    """## Error

{big} occurrences since {time}, {pct} % of them in {region}.

## Where

```
{{
  "service": "{service}",
  "env": "{env}",
  "version": "{ver}",
  "error.message": "{title}",
  "error.line": {line},
  "region": "{region}"
}}
```

## Who notices

People who retry get through at the second attempt. Support has {few} contacts.""",
)

SIGNAL_BODIES = (
    "Source address {ip}, {n} events in {mins} minutes.",
    """| Field | Value |
|---|---|
| actor | `{login}` |
| address | {ip} |
| country | {country} |
| events | {hundreds} |
| first seen | {time} |

Triage guide: [account signals](https://example.com/runbooks/security/accounts)""",
    """## Why this fired

The rule counts distinct targets per actor over {mins} minutes. Usual value: below 5.

## Questions to answer

1. Does `{login}` know about it? Ask by phone, not by chat.
2. Was a second factor used?
3. Did the same address, {ip}, touch anything else?

## If it is real

- revoke the sessions: `access sessions revoke --user {login}`
- rotate what the account can read, start with the {secret}
- tell `@team-security` before telling anybody else

```
{time} auth: user={login} src={ip} result=success mfa=none
{time} auth: user={login} src={ip} action=token.create scope=write
```""",
    """**Actor** `{account}`  **Resource** `{bucket}`

```json
{{"action": "object.read", "count": {hundreds}, "source": "{ip}", "agent": "sync/{ver}"}}
```""",
)

FINDING_BODIES = (
    "Rule severity: {severity}. Seen for {days} days.",
    """**Resource** `{bucket}` in {region}

**Remediation**

1. Find the owner with the `team` tag.
2. Change it in `infra-live`, not by hand, or the next apply brings it back.
3. Wait for the next scan, it runs every {hours} hours.""",
    """| Resource | Region | Since |
|---|---|---|
| `{server}` | {region} | {days} days |
| `{repo}-{commit}` | {region2} | {few} days |

Policy: [baseline](https://example.com/policies/baseline). Exceptions need an end date.""",
    """Advisory **{advisory}**, score {few}.{few2}.

```
{package} {ver} (reached through {repo})
```

The vulnerable function is {reach} from our code. Fixed in the next minor release.""",
)

CHANGE_BODIES = (
    "Window: {weekday}, 21:00 to 22:00 UTC. Rollback takes {mins} minutes.",
    """## Plan

1. Announce in the status channel.
2. Apply to one host in {dc}, wait {mins} minutes.
3. Apply to the rest in batches of {few}.
4. Watch the [dashboard](/dashboard/{service}) for half an hour.

## Rollback

```
deployctl rollback {service} --to {ver} --region {region}
```

## Risk

The same steps were done in staging on {weekday}, without surprises.""",
    """## Why

Staging has run like this for {days} days, production is the last to follow.

## Impact

Callers of `{service}` may see retries for up to {secs} seconds. No data is lost.

## Steps

| Step | Who | Minutes |
|---|---|---|
| Freeze deployments | {team} | 5 |
| Snapshot | {team} | {low} |
| Switch over | {team} | 2 |
| Verify | on-call | 15 |

## Verify

- [ ] error rate of `{service}` below 0.1 %
- [ ] no new kind of error in the logs of {region}
- [ ] `{route}` answers in under 300 ms

## Rollback

Point the alias back, then replay what was refused in between.

```
dns set {service}.internal --to previous --ttl 30
replay --topic {topic} --since window-start
```

Approvers need to answer before {weekday} noon.""",
)

REQUEST_BODIES = (
    "",
    "",
    "",
    "No hurry, this week is fine.",
    "Asked for by `{login}`. Please comment here when it is done.",
    """Details:

- environment: {env}
- region: {region}
- needed until: {weekday}""",
    "Background is in pull request {pull} of `{repo}`.",
)

ESCALATION_BODIES = (
    "The customer's own ticket is {ticket}. Next call is on {weekday}.",
    """## What the customer sees

> We have been waiting since {time}. Our people cannot work.

## What support did

- checked the account: plan and limits are fine
- reproduced with a test account, {few} of 10 attempts fail
- sent the workaround from the [guide](https://example.com/support/{service})

## What we need from engineering

1. A cause we can tell the customer.
2. A date.""",
)

FOLLOW_UP_BODIES = (
    "Comes from the review of {incident}.",
    """From the review of [{incident}](/incidents/{id3}):

> We found out from customers, {mins} minutes before the first page.

Done when:

- [ ] an alert fires within 5 minutes in the same situation
- [ ] the alert links a runbook
- [ ] it was tried once in staging""",
)

ADVICE_BODIES = (
    "Estimated saving: {hundreds} a month.",
    """| | now | proposed |
|---|---|---|
| replicas | {n} | {few} |
| memory | {gb} GB | {low} GB |
| cost per month | {big} | {hundreds} |

Based on the last {days} days. Ignore it if a launch is planned.""",
    """How this was found: traffic of `{service}` in {region} over {days} days, p95 of each hour.

1. Try it in staging for a day.
2. Roll out to {region} only.
3. Compare the [profile](/profiling/{service}) before and after.""",
)

KINDS: dict[str, Kind] = {
    "monitor": Kind(
        "Standard", "EVENT_MANAGEMENT", (5, 17, 38, 22, 8, 10), (MONITOR, EVENT), MONITOR_BODIES
    ),
    "storm": Kind("Standard", "EVENT_MANAGEMENT", (0, 0, 1, 0, 0, 0), (MONITOR,), STORM_BODIES),
    "correlation": Kind(
        "Event Management",
        "EVENT_MANAGEMENT",
        (8, 22, 38, 18, 6, 8),
        (
            ("EVENT_CORRELATION", "/event/correlation/{commit}{commit2}", "{commit}{commit2}"),
            EVENT,
            MONITOR,
        ),
        MONITOR_BODIES,
    ),
    "watchdog": Kind(
        "Event Management",
        "EVENT",
        (1, 10, 40, 25, 14, 10),
        (("WATCHDOG_STORY", "/watchdog/story/{id}", "{id}"),),
        MONITOR_BODIES[:4],
    ),
    "error": Kind(
        "Error Tracking",
        "ERROR_TRACKING",
        (2, 10, 33, 28, 8, 19),
        (("ERROR_TRACKING", "/error-tracking/issue/{uuid}", "{uuid}"),),
        ERROR_BODIES,
    ),
    "signal": Kind(
        "Security",
        "SECURITY_SIGNAL",
        (6, 19, 33, 22, 14, 6),
        (("SECURITY_SIGNAL", "/security/signal?event={id}", "{id}"),),
        SIGNAL_BODIES,
    ),
    "finding": Kind(
        "Security",
        "CS_SECURITY_FINDING",
        (1, 11, 30, 30, 18, 10),
        (("SECURITY_FINDING", "/security/findings/{commit}{commit2}", "{commit}{commit2}"),),
        FINDING_BODIES,
    ),
    "scanner": Kind(
        "Security",
        "SENSITIVE_DATA_SCANNER",
        (1, 18, 40, 22, 9, 10),
        (("SENSITIVE_DATA_SCANNER_ISSUE", "/sensitive-data/issues/{id}", "{id}"),),
        SIGNAL_BODIES[-1:] + FINDING_BODIES[:1],
    ),
    "policy": Kind(
        "Security",
        "CS_SECURITY_FINDING",
        (0, 5, 22, 38, 25, 10),
        (("RESOURCE_POLICY", "/policies/{id}", "{id}"),),
        FINDING_BODIES[:3],
    ),
    "change": Kind("Change Request", "MANUAL", (0, 4, 30, 34, 10, 22), (), CHANGE_BODIES),
    "request": Kind(
        "Standard",
        "MANUAL",
        (0, 3, 14, 25, 15, 43),
        (("SCM_URL", "https://example.com/git/{repo}/pull/{ticket}", "{ticket}"),),
        REQUEST_BODIES,
    ),
    "widget": Kind(
        "Standard",
        "MANUAL",
        (0, 8, 30, 32, 10, 20),
        (("WIDGET", "/dashboard/{service}?widget={id}", "{id}"),),
        REQUEST_BODIES,
    ),
    "logs": Kind(
        "Logs Optimization Insights", "LOGS", (0, 0, 12, 36, 30, 22), (EVENT,), ADVICE_BODIES[:2]
    ),
    "cost": Kind(
        "Standard",
        "CLOUD_COST",
        (0, 1, 16, 36, 28, 19),
        (("CLOUD_COST_RECOMMENDATION", "/cost/recommendations/{id}", "{id}"),),
        ADVICE_BODIES[:2],
    ),
    "apm": Kind(
        "Standard",
        "EVENT",
        (0, 3, 25, 36, 20, 16),
        (("APM_RECOMMENDATION", "/apm/recommendations/{id}", "{id}"),),
        ADVICE_BODIES[2:],
    ),
    "profiling": Kind(
        "Standard",
        "EVENT",
        (0, 0, 15, 40, 30, 15),
        (("PROFILING_DOWNSIZING_EXPERIMENT", "/profiling/downsizing/{id}", "{id}"),),
        ADVICE_BODIES,
    ),
    "scorecard": Kind(
        "Standard",
        "WORKFLOW",
        (0, 0, 10, 40, 30, 20),
        (("INSIGHT_SCORECARD_CAMPAIGN", "/scorecards/campaigns/{ticket}", "{ticket}"),),
        REQUEST_BODIES[3:],
    ),
    "followup": Kind(
        "Incident Follow-up", "MANUAL", (0, 10, 36, 30, 8, 16), (INCIDENT,), FOLLOW_UP_BODIES
    ),
    "escalation": Kind(
        "Customer Escalation", "API", (4, 26, 40, 16, 2, 12), (INCIDENT,), ESCALATION_BODIES
    ),
}
