"""What people say below the demo's cases."""

from __future__ import annotations

from typing import NamedTuple


class Talk(NamedTuple):
    """Comments that fit one sort of case: at the beginning, in the middle and at the end."""

    started: tuple[str, ...]
    found: tuple[str, ...]
    done: tuple[str, ...]


OUTAGE = Talk(
    started=(
        "Taking this one.",
        "Acknowledged, reading the logs since {time}.",
        "Picked up at hand-over, context is in the description.",
        "On it. Will post every 30 minutes until it is quiet.",
        "Can reproduce from {region}, not from anywhere else.",
        "Not my service, but I know it. Having a look.",
    ),
    found=(
        "Started with the {ver} rollout, first bad sample is 4 minutes after it reached {region}.",
        "{host} is the odd one out: {pct} % where its peers sit below 40 %.",
        "Graph says it began at {time}, the deploy was {mins} minutes earlier. Suspicious.",
        "Same pattern as {incident}. That one was a connection pool that never shrank.",
        "Ruled out:\n\n- DNS\n- the load balancer\n- certificate expiry\n\nLeft: the client.",
        "p99 is back under 400 ms since I drained {host}. Leaving it out of rotation for now.",
        'Logs around it:\n\n```\nlevel=warn msg="retry budget exhausted" upstream={service} '
        'attempts=5\nlevel=error msg="giving up" after={ms}ms\n```',
        "Only {env} is affected, the other environments run the same build without trouble.",
        "Asked the {team} channel whether anybody touched the configuration today.",
        "Not customer facing as far as I can tell: {few} internal callers, all retry.",
        "About {big} requests were affected between {time} and now.",
        "Found it: a feature flag was switched on for {low} % of traffic without a deploy.",
        "The runbook step 3 is out of date, the command needs `--context {region}` now.",
        "Lowering the priority, the error budget is fine and nobody is waiting.",
        "Support has {n} contacts about this already.",
        "Could somebody with access to the vendor portal ask for the status of {ticket}?",
        "Memory grows by roughly {low} MB an hour, so we have until tomorrow morning.",
        "Heap dump is in the bucket `{bucket}`, under `dumps/{commit}`.",
        "The change was reviewed, but the test data had no row like this one.",
        "Query plan flipped to a sequential scan on `{tablename}` after the statistics job.",
        "Tried a restart of one pod: clean for {mins} minutes, then the same errors.",
        "| host | p99 before | p99 after |\n|---|---|---|\n| {host} | {ms} ms | {hundreds} ms |",
        "Muted the monitor for two hours so that it stops paging while we work.",
        "I would rather not roll back: the schema migration of {ver} is one way.",
        "Handing over: rollback is prepared in pull request {pull}, not merged yet.",
        "Third shift that sees it. Who owns `{service}` since the move?",
        "Traffic is shifted to {dc}, so this is not urgent until the evening peak.",
    ),
    done=(
        "Rolled back to the previous build, errors stopped at once. Closing.",
        "Fixed by pull request {pull}, deployed everywhere. Closing.",
        "No sample above the threshold for {hours} hours. Closing.",
        "Resized and rebalanced. Follow-up for the alert threshold is written down.",
        "False alarm: the check ran against a host that was being replaced.",
        "Vendor confirmed the fix on their side. Ticket {ticket} is closed.",
        "Same cause as {incident}, handled there.",
        "Verified in {region} and in {dc}. Thanks for the quick review.",
    ),
)

SUSPICION = Talk(
    started=(
        "Looking into the audit log first.",
        "Mine. Nobody talk to the account owner in chat yet, please.",
        "Acknowledged. Source {ip} is not on any of our lists.",
    ),
    found=(
        "Called {login}: travelling, on a hotel network. Waiting for the second confirmation.",
        "Sessions revoked at {time}, the {secret} is rotated.",
        "Address {ip} shows up {n} more times this month, always for `{account}`.",
        "Owner found: `{repo}` belongs to {team}. Asked for a date.",
        "Exception was granted until {weekday}, see <https://example.com/policies/exceptions>.",
        "Nothing was written, only {hundreds} reads. Logs are kept under `{bucket}/{commit}`.",
        "```\n{time} audit: actor={account} src={ip} action=list allowed=true\n```",
        "Scanner counts the test project too. Real number is {few}.",
        "Pull request {pull} removes it, needs one more approval.",
        "Same address range as in {incident}. Raising it with the others.",
        "Not reachable from outside: {region} is behind the inner gateway.",
        "Privacy team informed, they want the number of people by {weekday}.",
    ),
    done=(
        "False positive: the scan came from our own tester.",
        "True positive, contained. Review is planned as {incident}.",
        "Fixed in `infra-live`, the next scan is clean.",
        "Expected behaviour of `{account}`, rule is tuned.",
        "One-time exception, ends on {weekday}.",
    ),
)

ERRAND = Talk(
    started=(
        "Will do this {weekday}.",
        "Taking it, should be quick.",
        "Who needs to agree to this besides us?",
    ),
    found=(
        "Asked {login} for the details, no answer yet.",
        "Pull request {pull} is up, review welcome.",
        "Fine from our side ({team}).",
        "Can it wait until after the freeze?",
        "Done in staging, looks good. Production on {weekday}.",
        "The numbers of the last {days} days say the same.",
        "I checked with the owner of `{repo}`, no objection.",
        "We tried this two years ago, notes are at <https://example.com/wiki/{ticket}>.",
        "Needs one more approval, then I start.",
        "Moved to {weekday}, the other change goes first.",
        "Documentation is updated as well.",
        "Half done: {region} is finished, {region2} is next.",
    ),
    done=(
        "Done, please check.",
        "Merged and rolled out. Closing.",
        "Not needed any more, the owner removed it.",
        "Done. Runbook updated so that the next person finds it faster.",
    ),
)

AUTOMATIC = (
    "Monitor recovered after {mins} minutes.",
    "Deployment of `{service}` {ver} to {env} finished ({mins} min, {few} batches).",
    "Monitor triggered again, value {pct} over {mins} minutes.",
    "Attached {few} log samples and a snapshot of the graph.",
)

TALKS = {
    "monitor": OUTAGE,
    "correlation": OUTAGE,
    "watchdog": OUTAGE,
    "error": OUTAGE,
    "escalation": OUTAGE,
    "signal": SUSPICION,
    "finding": SUSPICION,
    "scanner": SUSPICION,
    "policy": SUSPICION,
}
"""By kind of case; all others are an `ERRAND`."""
