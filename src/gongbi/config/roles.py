"""Which role gives which verbs. Least by default: what is not named here, nobody may."""

SEE = {"cases.see", "alerts.see", "vitals.see", "centre.see", "things.see", "modes.see",
       "assets.see"}  # fmt: skip

ROLES: dict[str, frozenset[str]] = {
    "keeper": frozenset(
        {
            "house.keep",
            "pack.load",
            "pack.try",
            "outbox.see",
            "keeping.see",
            "residents.find",
            "applications.see",
            "applications.keep",
            "reading.see",
            "othercities.see",
            "othercities.keep",
            *SEE,
        }
    ),
    "duty_officer": frozenset(
        {
            *SEE,
            "alerts.acknowledge",
            "alerts.mute",
            "known.enter",
            "cases.dispatch",
            "cases.instruct",
            "cases.merge",
            "cases.note",
            "cases.name_asset",
            "cases.urge",
            "cases.joint",
            "forwards.decide",
            "handover.take",
            "brief.see",
            "checkup.see",
            "evaluation.see",
            "reports.take",
            "hotline.answer",
        }
    ),
    "dispatcher": frozenset(
        {
            *SEE,
            "alerts.acknowledge",
            "cases.dispatch",
            "cases.instruct",
            "cases.merge",
            "cases.cancel",
            "cases.note",
            "cases.name_asset",
            "cases.name_complaint",
            "cases.wait",
            "cases.urge",
            "cases.joint",
            "cases.park",
            "cases.see_reporter",
            "forwards.decide",
            "handover.take",
            "brief.see",
            "checkup.see",
            "evaluation.see",
            "reports.import",
            "reports.take",
            "hotline.answer",
            "hotline.call_back",
        }
    ),
    "supervisor": frozenset(
        {
            *SEE,
            "alerts.acknowledge",
            "alerts.hear",
            "alerts.mute",
            "modes.set",
            "known.enter",
            "cases.dispatch",
            "cases.instruct",
            "cases.merge",
            "cases.cancel",
            "cases.note",
            "cases.name_asset",
            "cases.name_complaint",
            "cases.wait",
            "cases.urge",
            "cases.verify",
            "cases.joint",
            "cases.park",
            "cases.grant",
            "cases.supervise",
            "cases.referee",
            "cases.reopen",
            "cases.hear_complaint",
            "cases.see_reporter",
            "cases.see_evidence",
            "forwards.decide",
            "cases.see_readers",
            "reading.see",
            "othercities.see",
            "handover.take",
            "brief.see",
            "checkup.see",
            "evaluation.see",
            "outbox.see",
            "keeping.see",
            "applications.see",
            "pack.try",
            "reports.import",
            "hotline.call_back",
        }
    ),
    "clerk": frozenset(
        {
            "cases.see",
            "assets.see",
            "cases.note",
            "cases.see_reporter",
            "reports.take",
            "hotline.answer",
            "hotline.call_back",
        }
    ),
    "referee": frozenset({"cases.see", "cases.note", "cases.referee"}),
    "unit_lead": frozenset(
        {
            "cases.see",
            "assets.see",
            "cases.work",
            "cases.assign",
            "cases.note",
            "cases.name_asset",
            "cases.wait",
            "cases.return",
            "cases.extend",
            "cases.transfer",
            "cases.answer",
            "cases.appeal",
            "applications.see",
        }
    ),
    "worker": frozenset(
        {"cases.see", "cases.work", "cases.note", "cases.return", "cases.name_asset", "assets.see"}
    ),
}

PLACE_WIDE_ROLES = frozenset(
    {"keeper", "duty_officer", "dispatcher", "supervisor", "clerk", "referee"}
)
