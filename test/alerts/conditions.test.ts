/** When a rule finds an alert, row by row: just on this side of its threshold and just on the other. */
import { describe, expect, it } from 'vitest'
import type { Alert, AlertRule, AlertRules, BookFacts, SourceFacts } from '../../src/domain/alerts/alert.ts'
import { ALERT_RULES, FAILURE_REASONS } from '../../src/domain/alerts/alert.ts'
import { findAlerts } from '../../src/domain/alerts/alert-conditions.ts'
import { addDays } from '../../src/domain/time/dates.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW_MS = Date.UTC(2026, 2, 20, 12)
const USD = 100_000_000n

const OFF: AlertRules = {
  runFailed: null,
  runLate: null,
  sourceFailed: null,
  sourceStale: null,
  walletBelow: null,
  runway: null,
  clicksFell: null,
  spendSpike: null,
  exceptionsOpen: null,
  unconverged: null,
  proofDiffers: null,
  connectionLost: null,
}
const ON: AlertRules = {
  runFailed: {},
  runLate: { graceMinutes: 120 },
  sourceFailed: {},
  sourceStale: { hours: 36 },
  walletBelow: { panel: 50n * USD },
  runway: { days: 3 },
  clicksFell: { percent: 50 },
  spendSpike: { factor: 5 },
  exceptionsOpen: { olderThanDays: 5, amountAbove: 250n * USD },
  unconverged: { hours: 36 },
  proofDiffers: { criticalAbove: 25n * USD },
  connectionLost: { days: 14 },
}

const QUIET: SourceFacts = {
  name: 'panel',
  kind: 'panel',
  currency: 'USD',
  lastReadingMs: NOW_MS - HOUR_MS,
  figureBatch: 7,
  answerBatch: 7,
  failure: null,
  wallet: null,
  difference: null,
  spending: [],
  clickRates: [],
}
const CALM: BookFacts = {
  book: 'agency',
  nowMs: NOW_MS,
  runs: {
    broken: null,
    firstStartedMs: NOW_MS - 30 * DAY_MS,
    scheduledSinceMs: null,
    lastFinishedMs: NOW_MS - HOUR_MS,
    dueMs: NOW_MS - 2 * HOUR_MS,
  },
  sources: [],
  exceptions: [],
  backlog: [],
  connections: [],
}

const source = (facts: Partial<SourceFacts>): BookFacts => ({ ...CALM, sources: [{ ...QUIET, ...facts }] })
const runs = (facts: Partial<BookFacts['runs']>): BookFacts => ({ ...CALM, runs: { ...CALM.runs, ...facts } })
const exception = (facts: Partial<BookFacts['exceptions'][number]>): BookFacts => ({
  ...CALM,
  exceptions: [
    { source: 'panel', code: 'REFUND_MISSING', currency: 'USD', count: 2, oldestMs: NOW_MS, largest: USD, ...facts },
  ],
})
const backlog = (ageMs: number): BookFacts => ({
  ...CALM,
  backlog: [{ object: 'landing', what: 'landed batches', count: 3, oldestMs: NOW_MS - ageMs }],
})
const connection = (facts: Partial<BookFacts['connections'][number]>): BookFacts => ({
  ...CALM,
  connections: [
    {
      target: 'books',
      type: 'xero',
      company: 'Org',
      status: 'connected',
      trouble: null,
      troubleAtMs: null,
      lastGoodMs: NOW_MS - 30 * DAY_MS,
      refreshExpiresAtMs: NOW_MS + 60 * DAY_MS,
      hardExpiresAtMs: null,
      ...facts,
    },
  ],
})
/** Amounts in dollars, the last being today. */
const spent = (...dollars: readonly number[]): SourceFacts['spending'] =>
  dollars.map((amount, index) => ({
    day: addDays('2026-03-20', index + 1 - dollars.length),
    amount: BigInt(amount) * USD,
  }))

type Case = readonly [
  what: string,
  rule: AlertRule,
  facts: BookFacts,
  severity: Alert['severity'] | null,
  object?: string,
]

const CASES: readonly Case[] = [
  ['a run that ended well', 'runFailed', CALM, null],
  [
    'a run that broke',
    'runFailed',
    runs({ broken: { id: 7, night: '2026-11-01', source: null, startedAtMs: 0, reason: 'The disk is full.' } }),
    'critical',
    '',
  ],

  ['a night that finished after it was due', 'runLate', runs({ lastFinishedMs: NOW_MS - 2 * HOUR_MS }), null],
  ['a night that has not finished', 'runLate', runs({ lastFinishedMs: NOW_MS - 25 * HOUR_MS }), 'warning', ''],
  ['a second night missed', 'runLate', runs({ lastFinishedMs: NOW_MS - 40 * HOUR_MS }), 'critical', ''],
  ['no night at all since the first start', 'runLate', runs({ lastFinishedMs: null }), 'warning', ''],
  ['a book that has never run', 'runLate', runs({ firstStartedMs: null, lastFinishedMs: null }), null],
  ['a book first run after the due instant', 'runLate', runs({ firstStartedMs: NOW_MS, lastFinishedMs: null }), null],
  [
    'a daemon that has known the book since after the due instant',
    'runLate',
    runs({ scheduledSinceMs: NOW_MS, lastFinishedMs: null }),
    null,
  ],
  [
    'a daemon under which no night has even begun',
    'runLate',
    runs({ firstStartedMs: null, scheduledSinceMs: NOW_MS - DAY_MS, lastFinishedMs: null }),
    'warning',
    '',
  ],
  ['a book without a schedule', 'runLate', runs({ dueMs: null, lastFinishedMs: null }), null],

  ['a source that was read', 'sourceFailed', source({}), null],
  ...FAILURE_REASONS.map((reason): Case => [
    `a source with the failure ${reason}`,
    'sourceFailed',
    source({ failure: { reason, atMs: NOW_MS, detail: 'It says why.' } }),
    reason === 'refused key' ? 'critical' : 'warning',
    `panel: ${reason}`,
  ]),

  ['a reading 36 hours old', 'sourceStale', source({ lastReadingMs: NOW_MS - 36 * HOUR_MS }), null],
  [
    'a reading older than that',
    'sourceStale',
    source({ lastReadingMs: NOW_MS - 36 * HOUR_MS - 1 }),
    'warning',
    'panel',
  ],
  [
    'a reading three times as old',
    'sourceStale',
    source({ lastReadingMs: NOW_MS - 109 * HOUR_MS }),
    'critical',
    'panel',
  ],
  ['a source that never answered, in an old book', 'sourceStale', source({ lastReadingMs: null }), 'critical', 'panel'],

  ['a wallet at its threshold', 'walletBelow', source({ wallet: 50n * USD }), null],
  ['a wallet one unit below it', 'walletBelow', source({ wallet: 50n * USD - 1n }), 'warning', 'panel'],
  ['a wallet at a quarter of it', 'walletBelow', source({ wallet: 1_250_000_000n }), 'critical', 'panel'],
  ['a wallet below zero', 'walletBelow', source({ wallet: -1n }), 'critical', 'panel'],
  ['a wallet nobody knows', 'walletBelow', source({ wallet: null }), null],
  ['a source without a threshold', 'walletBelow', source({ name: 'other', wallet: 0n }), null],

  [
    'a wallet for three days',
    'runway',
    source({ wallet: 30n * USD, spending: spent(10, 10, 10, 10, 10, 10, 10, 99) }),
    null,
  ],
  [
    'a wallet for less',
    'runway',
    source({ wallet: 29n * USD, spending: spent(10, 10, 10, 10, 10, 10, 10, 0) }),
    'warning',
    'panel',
  ],
  [
    'a wallet for less than a day',
    'runway',
    source({ wallet: 9n * USD, spending: spent(10, 10, 0) }),
    'critical',
    'panel',
  ],
  ['an empty wallet', 'runway', source({ wallet: -USD, spending: spent(10, 10, 0) }), 'critical', 'panel'],
  ['a wallet nobody spends from', 'runway', source({ wallet: USD, spending: spent(0, 0, 0) }), null],
  ['spending today alone, which is not over', 'runway', source({ wallet: USD, spending: spent(10) }), null],

  ['clicks as usual', 'clicksFell', source({ clickRates: [100, 90, 110, 100, 100, 55] }), null],
  ['clicks at exactly half', 'clicksFell', source({ clickRates: [100, 100, 100, 100, 100, 50] }), null],
  ['clicks below half', 'clicksFell', source({ clickRates: [100, 100, 100, 100, 100, 49] }), 'warning', 'panel'],
  ['no clicks any more', 'clicksFell', source({ clickRates: [100, 100, 100, 100, 100, 0] }), 'critical', 'panel'],
  ['too few days to know', 'clicksFell', source({ clickRates: [100, 100, 100, 100, 0] }), null],
  ['too few clicks to mean anything', 'clicksFell', source({ clickRates: [9, 9, 9, 9, 9, 0] }), null],

  ['spending five times the usual', 'spendSpike', source({ spending: spent(10, 10, 10, 10, 10, 50, 0) }), null],
  [
    'spending more than that yesterday',
    'spendSpike',
    source({ spending: spent(10, 10, 10, 10, 10, 51, 0) }),
    'warning',
    'panel',
  ],
  [
    'spending more than that today already',
    'spendSpike',
    source({ spending: spent(10, 10, 10, 10, 10, 10, 51) }),
    'warning',
    'panel',
  ],
  [
    'spending ten times the usual',
    'spendSpike',
    source({ spending: spent(10, 10, 10, 10, 10, 101, 0) }),
    'critical',
    'panel',
  ],
  ['four days with spending, too few', 'spendSpike', source({ spending: spent(10, 0, 10, 10, 10, 99, 0) }), null],
  ['a spike two days ago', 'spendSpike', source({ spending: spent(10, 10, 10, 10, 10, 99, 10, 0) }), null],

  ['an exception five days old', 'exceptionsOpen', exception({ oldestMs: NOW_MS - 5 * DAY_MS }), null],
  [
    'an older one',
    'exceptionsOpen',
    exception({ oldestMs: NOW_MS - 5 * DAY_MS - 1 }),
    'warning',
    'panel REFUND_MISSING USD',
  ],
  [
    'a new one of a large amount',
    'exceptionsOpen',
    exception({ largest: 250n * USD + 1n }),
    'critical',
    'panel REFUND_MISSING USD',
  ],
  ['a large amount at the limit', 'exceptionsOpen', exception({ largest: 250n * USD }), null],
  [
    'an old one without an amount',
    'exceptionsOpen',
    exception({ oldestMs: 0, largest: null, currency: null }),
    'warning',
    'panel REFUND_MISSING',
  ],
  [
    'an old one of no source',
    'exceptionsOpen',
    exception({ oldestMs: 0, source: '' }),
    'warning',
    'REFUND_MISSING USD',
  ],

  ['evidence that waits a day', 'unconverged', backlog(DAY_MS), null],
  ['evidence that waits two', 'unconverged', backlog(2 * DAY_MS), 'warning', 'landing'],
  ['evidence that waits five', 'unconverged', backlog(5 * DAY_MS), 'critical', 'landing'],

  ['a proof that ties', 'proofDiffers', source({ difference: 0n }), null],
  ['a proof nobody can make', 'proofDiffers', source({ difference: null }), null],
  ['a difference of one unit', 'proofDiffers', source({ difference: -1n }), 'warning', 'panel'],
  ['a large difference', 'proofDiffers', source({ difference: -25n * USD - 1n }), 'critical', 'panel'],

  ['a target that is connected', 'connectionLost', connection({}), null],
  ['a target somebody disconnected', 'connectionLost', connection({ status: 'disconnected' }), null],
  ['consent without an end', 'connectionLost', connection({ refreshExpiresAtMs: null }), null],
  [
    'a renewal that failed',
    'connectionLost',
    connection({ trouble: 'It answered HTTP 503.', troubleAtMs: NOW_MS, lastGoodMs: NOW_MS - 36 * HOUR_MS }),
    null,
  ],
  [
    'renewals that failed two nights',
    'connectionLost',
    connection({
      trouble: 'It refuses the client secret.',
      troubleAtMs: NOW_MS,
      lastGoodMs: NOW_MS - 36 * HOUR_MS - 1,
    }),
    'warning',
    'books',
  ],
  ['a target the vendor refuses', 'connectionLost', connection({ status: 'broken' }), 'critical', 'books'],
  [
    'consent for a fortnight and a moment',
    'connectionLost',
    connection({ refreshExpiresAtMs: NOW_MS + 14 * DAY_MS + 1 }),
    null,
  ],
  [
    'consent for a fortnight',
    'connectionLost',
    connection({ refreshExpiresAtMs: NOW_MS + 14 * DAY_MS }),
    'warning',
    'books',
  ],
  ['consent that has run out', 'connectionLost', connection({ refreshExpiresAtMs: NOW_MS }), 'critical', 'books'],
  ['the end of all renewals', 'connectionLost', connection({ hardExpiresAtMs: NOW_MS + DAY_MS }), 'warning', 'books'],
]

describe('alert rules', () => {
  for (const [what, rule, facts, severity, object] of CASES) {
    it(`${rule}: ${what}`, () => {
      const found = findAlerts(facts, { ...OFF, [rule]: ON[rule] })
      expect(found.map((each) => [each.rule, each.severity, each.object])).toEqual(
        severity === null ? [] : [[rule, severity, object]],
      )
    })
  }

  it('has a case on both sides of every rule', () => {
    const covered = (isFound: boolean) =>
      new Set(CASES.filter(([, , , severity]) => (severity !== null) === isFound).map(([, rule]) => rule))
    expect([covered(true), covered(false)].map((rules) => [...rules].sort())).toEqual(
      [ALERT_RULES, ALERT_RULES].map((rules) => [...rules].sort()),
    )
  })

  it('finds nothing when every rule is off, and at most one alert per rule and object', () => {
    for (const [, , facts] of CASES) {
      expect(findAlerts(facts, OFF)).toEqual([])
      const keys = findAlerts(facts, ON).map(({ rule, object }) => `${rule} ${object}`)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('names the book, the figures and a next step', () => {
    const [low] = findAlerts(source({ wallet: 1_234_500_000n }), { ...OFF, walletBelow: ON.walletBelow })
    expect(low?.title).toBe('agency: the wallet of panel is low')
    expect(low?.detail).toBe(
      'It holds 12.345 USD; the threshold is 50.00 USD. By the reading of 2026-03-20 11:00 UTC. Top it up, then import the payment with tieout evidence import.',
    )
  })

  it('says how to connect again, and that nothing is lost', () => {
    const facts = connection({
      status: 'broken',
      trouble: 'Xero (target books) no longer accepts this (invalid_grant).',
    })
    expect(findAlerts(facts, { ...OFF, connectionLost: ON.connectionLost })).toMatchObject([
      {
        title: 'agency: books must be connected again',
        detail:
          'Nothing can be delivered to Org (xero). Xero (target books) no longer accepts this (invalid_grant). Run tieout connect books --book agency. What waits is delivered then.',
      },
    ])
  })

  it('prefers the threshold of book and source over that of the source', () => {
    const rules = { ...OFF, walletBelow: { panel: 50n * USD, 'agency/panel': USD } }
    expect(findAlerts(source({ wallet: 2n * USD }), rules)).toEqual([])
  })
})
