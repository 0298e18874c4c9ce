-- What bench/cases_scale.py fills a PostgreSQL with: one statement after the other for each batch
-- of cases from {first} to {last}.

INSERT INTO cases_case (id, uuid, number, version, state, type_id, guesses, governed_by, priority, source, level, place_id, place_path, lon, lat, unit_id, unit_path, suggested_unit_id, about_path, route_why, opened_at, changed_at, closed_at, due_at, waiting_for, ended_as, signals_count, reopened, returned, urged, key_round, cell, looked_at, filed_at)
SELECT d.id, gen_random_uuid(), '{city}-' || lpad(d.id::text, greatest(6, length(d.id::text)), '0'), 3, d.state, t.type, '[]', '',
  t.priority, CASE WHEN d.s < 0.7 THEN 'hotline' WHEN d.s < 0.9 THEN 'web' WHEN d.s < 0.95
  THEN 'counter' ELSE 'alert' END, 0, p.code, p.path, p.lon + (random() - 0.5) * 0.004,
  p.lat + (random() - 0.5) * 0.004, CASE WHEN d.state = 'open' THEN NULL ELSE u.code END,
  CASE WHEN d.state = 'open' THEN '' ELSE u.path END, u.code, '', '{{}}', d.opened,
  d.opened + d.took * random(), CASE WHEN d.state IN ('closed', 'cancelled', 'merged') THEN d.opened + d.took END,
  CASE WHEN d.state IN ('open', 'in_hand') THEN d.opened + t.promise END,
  CASE WHEN d.state = 'waiting' THEN 'works' ELSE '' END,
  CASE WHEN d.state = 'closed' THEN CASE WHEN d.s < 0.6 THEN 'solved' ELSE 'unanswered' END ELSE '' END,
  1, CASE WHEN random() < 0.05 THEN 1 ELSE 0 END, CASE WHEN random() < 0.04 THEN 1 ELSE 0 END, 0, 0,
  (floor(p.lat / 0.005)::bigint + 36000) * 100000 + floor(p.lon / 0.005)::bigint + 36000, d.opened, d.opened
FROM (SELECT g AS id, random() AS s, {state} AS state,
  now() - {age} * random() ^ {skew} AS opened, interval '12 days' * random() ^ 2 AS took,
  floor({places} * random() ^ 1.7)::int AS p, floor({types} * random() ^ 2)::int AS t,
  floor({units} * random())::int AS u FROM generate_series({first}, {last}) g) d
JOIN bench_place p ON p.n = d.p JOIN bench_type t ON t.n = d.t JOIN bench_unit u ON u.n = d.u;

INSERT INTO cases_signal (uuid, case_id, source, reference, from_person, language, place_id,
  lon, lat, level, why, at, received_at, joined_why, token_digest, short_digest, follow_until)
SELECT gen_random_uuid(), c.id, c.source, 'F-' || c.id, true, 'zh-hans', c.place_id, c.lon, c.lat, 0,
  '{{}}', c.opened_at, c.opened_at, '', 't' || md5('a' || c.id),
  's' || md5('b' || c.id), now() + interval '90 days'
FROM cases_case c WHERE c.id BETWEEN {first} AND {last};

INSERT INTO cases_deadline (case_id, kind, promise, calendar, rule, set_at, due_at, ended_at,
  ended_as, missed_at)
SELECT c.id, k.kind, '5 days', 'always', 'type:bench@1', c.opened_at,
  coalesce(c.due_at, c.opened_at + k.within),
  CASE WHEN c.due_at IS NULL THEN coalesce(c.closed_at, c.changed_at) END,
  CASE WHEN c.due_at IS NULL THEN CASE WHEN coalesce(c.closed_at, c.changed_at) <= c.opened_at + k.within
  THEN 'met' ELSE 'late' END ELSE '' END,
  CASE WHEN coalesce(c.closed_at, c.changed_at, now()) > coalesce(c.due_at, c.opened_at + k.within)
  THEN coalesce(c.due_at, c.opened_at + k.within) END
FROM cases_case c CROSS JOIN (VALUES ('first_contact', interval '1 day'), ('solve', interval '6 days'))
  k(kind, within) WHERE c.id BETWEEN {first} AND {last};

INSERT INTO cases_step (case_id, verb, source, target, actor, actor_unit, unit_id, at, why)
SELECT c.id, v.verb, v.before, v.after, 'system:bench', '', c.suggested_unit_id,
  c.opened_at + (c.changed_at - c.opened_at) * v.share, '{{}}'
FROM cases_case c JOIN (VALUES ('open', 'open', 'open', 0.0, 0), ('dispatch', 'open', 'in_hand', 0.05, 1),
  ('accept', 'in_hand', 'in_hand', 0.1, 1), ('declare', 'in_hand', 'answered', 0.6, 2),
  ('ask', 'answered', 'answered', 0.61, 2), ('solved', 'answered', 'closed', 1.0, 3))
  v(verb, before, after, share, depth) ON v.depth <= CASE c.state WHEN 'open' THEN 0
  WHEN 'in_hand' THEN 1 WHEN 'waiting' THEN 1 WHEN 'answered' THEN 2 ELSE 3 END
WHERE c.id BETWEEN {first} AND {last};

INSERT INTO cases_task (case_id, unit_id, unit_path, state, offered_at, accepted_at, ended_at)
SELECT c.id, c.unit_id, c.unit_path, CASE WHEN c.state IN ('in_hand', 'waiting') THEN 'accepted' ELSE 'done' END,
  c.opened_at, c.opened_at + interval '2 hours',
  CASE WHEN c.state IN ('in_hand', 'waiting') THEN NULL ELSE c.changed_at END
FROM cases_case c WHERE c.unit_id IS NOT NULL AND c.id BETWEEN {first} AND {last};

WITH made AS (INSERT INTO cases_outcome (case_id, declared, actor, unit_id, at)
SELECT c.id, CASE WHEN random() < 0.93 THEN 'done' ELSE 'not_possible' END, 'system:bench', c.unit_id,
  c.changed_at FROM cases_case c WHERE c.state IN ('answered', 'closed') AND c.unit_id IS NOT NULL
  AND c.id BETWEEN {first} AND {last} RETURNING id, case_id, at)
INSERT INTO cases_verdict (outcome_id, case_id, asked_at, due_at, said, said_at, channel)
SELECT m.id, m.case_id, m.at, m.at + interval '7 days', CASE WHEN c.state = 'answered' THEN ''
  ELSE c.ended_as END, c.closed_at, 'link' FROM made m JOIN cases_case c ON c.id = m.case_id;
