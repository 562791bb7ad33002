/** By what each rule is judged, as docs/alerts.md tells it; and that without a newer reading an open alert stays as it is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ALERT_RULES,
  type AlertRule,
  type AlertRules,
  type BookFacts,
  type SourceFacts,
} from '../../src/domain/alerts/alert.ts'
import { parseConfig } from '../../src/config/load.ts'
import { changesOf, type KnownAlert } from '../../src/domain/alerts/alert-change.ts'
import { evidenceOf, RULE_EVIDENCE } from '../../src/domain/alerts/alert-evidence.ts'

const NOW_MS = Date.UTC(2026, 2, 20)
const SOURCE: SourceFacts = {
  name: 'panel',
  kind: 'panel',
  currency: 'USD',
  lastReadingMs: NOW_MS,
  figureBatch: 7,
  answerBatch: 9,
  failure: null,
  wallet: null,
  difference: null,
  spending: [],
  clickRates: [],
}
const factsWith = (source: Partial<SourceFacts>): BookFacts => ({
  book: 'agency',
  nowMs: NOW_MS,
  runs: { broken: null, firstStartedMs: null, scheduledSinceMs: null, lastFinishedMs: null, dueMs: null },
  sources: [{ ...SOURCE, ...source }],
  exceptions: [],
  backlog: [],
  connections: [],
})

/** What the rule is about in this book; a failure names its reason too. */
const objectOf = (rule: AlertRule): string => (rule === 'sourceFailed' ? 'panel: unreachable' : 'panel')

const open = (rule: AlertRule, evidenceBatch: number | null): KnownAlert => ({
  rule,
  object: objectOf(rule),
  status: 'open',
  severity: 'warning',
  title: 't',
  detail: 'd',
  firstSeenMs: NOW_MS,
  lastSaidMs: NOW_MS,
  lastSeenMs: NOW_MS,
  timesSeen: 1,
  evidenceBatch,
})

function everyRule(): AlertRules {
  const { alerts } = parseConfig(
    `database: sqlite:./x.db
alerts: { rules: {} }
books:
  - { name: agency, currency: USD, sources: [{ name: x, type: panel, baseUrl: 'https://x.example', apiKey: { env: K }, currency: USD }] }
`,
    '/nowhere/tieout.yaml',
  )
  if (alerts === undefined) throw new Error('alerts are configured')
  return alerts.rules
}

/** What a look says that finds it worse, or does not find it. */
function said(known: KnownAlert, facts: BookFacts, found: 'worse' | 'gone', rules = everyRule()): string | null {
  const { rule, object } = known
  const alerts =
    found === 'gone'
      ? []
      : [{ rule: rule as AlertRule, object, severity: 'critical' as const, title: 'w', detail: 'w' }]
  const changes = changesOf(alerts, [known], {
    nowMs: NOW_MS,
    repeatAfterMs: 1,
    evidenceOf: (alert) => evidenceOf(alert, facts, rules),
    overTitle: () => null,
  })
  const [change] = changes
  expect(changes).toHaveLength(1)
  if (change?.event === null) expect(change.next).toMatchObject({ status: 'open', severity: 'warning' })
  // A failure is told by its newest attempt; every other text is of the reading it was judged by.
  if (change?.event === null && known.rule !== 'sourceFailed') expect(change.next.title).toBe('t')
  return change?.event ?? null
}

describe('the evidence of an alert rule', () => {
  it.each(ALERT_RULES)('%s: fresh is decided, not fresh is unchanged', (rule) => {
    const { by } = RULE_EVIDENCE[rule]
    const batch = by === 'figure' ? 7 : 9
    const same = by === 'database' ? ['raised', 'resolved'] : [null, null]
    const known = open(rule, by === 'database' ? null : batch)
    expect([said(known, factsWith({}), 'worse'), said(known, factsWith({}), 'gone')]).toEqual(same)
    const later = factsWith({ figureBatch: 12, answerBatch: 13 })
    expect([said(known, later, 'worse'), said(known, later, 'gone')]).toEqual(['raised', 'resolved'])
  })

  it('of a rule about figures is not renewed by a reading that was held', () => {
    expect(said(open('runway', 7), factsWith({ answerBatch: 20 }), 'gone')).toBeNull()
  })

  it('is no longer asked for when the configuration has no such source', () => {
    expect(said(open('runway', 7), factsWith({ name: 'other' }), 'gone')).toBe('resolved')
  })

  it.each(ALERT_RULES)('%s: is not asked for once the rule is switched off', (rule) => {
    const off = { ...everyRule(), [rule]: null }
    expect(said(open(rule, 7), factsWith({ figureBatch: 7, answerBatch: 7 }), 'gone', off)).toBe('resolved')
  })

  it('is told in docs/alerts.md for every rule', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8')
    const section = page.slice(page.indexOf('## Evidence'), page.indexOf('## Channels'))
    const told = [...section.matchAll(/^\| `([A-Za-z]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(
      ([, rule, what, otherwise]) => [rule, what, otherwise],
    )
    const unchanged = (rule: AlertRule): string =>
      RULE_EVIDENCE[rule].by === 'database' ? 'always there' : 'unchanged'
    expect(told).toEqual(ALERT_RULES.map((rule) => [rule, RULE_EVIDENCE[rule].what, unchanged(rule)]))
  })
})
