/** What makes a night red, amber or green: a night for each row that makes just that row speak, and the page that lists them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { colourOf, COLOUR_WORDS, reasonsOf, STATUS_ROWS, type NightFacts } from '../../../src/domain/report/status.ts'

const USD = 100_000_000n
const WALLET: NightFacts['accounts'][number] = {
  account: '1310:alpha',
  currency: 'USD',
  closing: 10n * USD,
  vendor: 10n * USD,
  difference: 0n,
  unbooked: null,
  proof: 'balance',
  isNew: false,
  held: null,
}

/** A whole night on which every row looks at something, and none has anything to say. */
const GREEN: NightFacts = {
  steps: [{ step: 'poll:alpha', finished: true, foots: true }],
  interrupted: [],
  failedSince: null,
  sources: [{ name: 'alpha', fresh: true }],
  accounts: [
    WALLET,
    { ...WALLET, account: '1000:bank', proof: 'statement', unbooked: 0n },
    { ...WALLET, account: '1070', proof: 'none', vendor: null, difference: null },
    { ...WALLET, account: '1901', proof: 'none', vendor: null, difference: null, closing: 3n * USD },
  ],
  open: [],
  overdue: 0,
  toConfirm: 0,
  waiting: 0,
  quarantined: 0,
}

/** By row: the one thing that is different, and what the page then says. */
const NIGHTS: Readonly<Record<string, readonly (readonly [Partial<NightFacts>, ...string[]])[]>> = {
  'step-not-tied': [
    [{ steps: [{ step: 'poll:alpha', finished: true, foots: false }] }, 'step poll:alpha: in is not what came out'],
  ],
  'step-unfinished': [
    [{ steps: [{ step: 'exception:E-2', finished: false, foots: true }] }, 'step exception:E-2 did not finish'],
  ],
  'run-interrupted': [
    [
      { interrupted: [{ run: 12, kind: 'import' }] },
      'run 12 (import) was interrupted; run the same command again, or see tieout runs show 12',
    ],
    [
      { interrupted: [{ run: 13, kind: 'panel-add' }] },
      'run 13 (panel-add) was interrupted; do not repeat it before you know what came of it: tieout runs show 13',
    ],
  ],
  'night-failed': [[{ failedSince: 'run 9 failed: The disk is full' }, 'run 9 failed: The disk is full']],
  'source-unread': [
    [
      {
        sources: [
          { name: 'alpha', fresh: false },
          { name: 'beta', fresh: true },
          { name: 'pub', fresh: false },
        ],
      },
      'alpha has no reading of this night',
      'pub has no reading of this night',
    ],
  ],
  'account-differs': [
    [
      { accounts: [{ ...WALLET, vendor: 7n * USD, difference: -3n * USD }] },
      '1310:alpha differs from the vendor by -3.00 USD',
    ],
    [
      { accounts: [{ ...WALLET, proof: 'statement', difference: 1n, unbooked: 2n }] },
      '1310:alpha differs from its statements by 0.00000001 USD',
    ],
  ],
  'exceptions-escalated': [
    [{ open: [{ severity: 'escalate' }] }, '1 exception is escalated'],
    [{ open: Array.from({ length: 2 }, () => ({ severity: 'escalate' })) }, '2 exceptions are escalated'],
  ],
  'readings-wait': [
    [
      {
        accounts: [{ ...WALLET, held: { since: '2026-03-02', readings: 2 } }],
      },
      'readings behind 1310:alpha wait since 2026-03-02',
    ],
    [
      {
        accounts: [{ ...WALLET, difference: 5n, held: { since: '2026-03-02', readings: 2 } }],
      },
      'readings behind 1310:alpha wait since 2026-03-02',
    ],
  ],
  'suspense-new': [
    [
      { accounts: [{ ...WALLET, account: '1901', proof: 'none', vendor: null, difference: null, isNew: true }] },
      '1901 is new in suspense: 10.00 USD',
    ],
  ],
  'account-unsaid': [
    [
      { accounts: [{ ...WALLET, vendor: null, difference: null }] },
      'no vendor or statement says what 1310:alpha in USD should hold',
    ],
  ],
  'lines-unposted': [
    [
      { accounts: [{ ...WALLET, account: '1000:bank', proof: 'statement', difference: 5n, unbooked: 5n }] },
      '1000:bank differs from its statements by 0.00000005 USD, all of it lines that are not posted',
    ],
  ],
  'exceptions-open': [
    [
      {
        open: [{ severity: 'review' }, { severity: 'info' }],
      },
      '2 exceptions are open',
    ],
  ],
  'payments-overdue': [[{ overdue: 1 }, '1 payment is overdue']],
  'matches-to-confirm': [[{ toConfirm: 2 }, '2 lines have a match to confirm']],
  'journals-waiting': [[{ waiting: 1 }, '1 journal waits for approval']],
  'rows-quarantined': [[{ quarantined: 3 }, '3 rows are in quarantine']],
}

describe('the colour of a night', () => {
  it('is green when no row has anything to say', () => {
    expect(reasonsOf(GREEN)).toEqual([])
    expect(colourOf([])).toBe('green')
  })

  it('has a night here for every row, and no other', () => {
    expect(Object.keys(NIGHTS).toSorted()).toEqual(STATUS_ROWS.map(({ name }) => name).toSorted())
  })

  const cases = STATUS_ROWS.flatMap((row) =>
    (NIGHTS[row.name] ?? []).map((night) => [row.colour, row.name, night] as const),
  )

  it.each(cases)('is %s by the row %s alone', (colour, name, [change, ...says]) => {
    const reasons = reasonsOf({ ...GREEN, ...change })
    expect(reasons).toEqual(says.map((what) => ({ colour, row: name, what })))
    expect(colourOf(reasons)).toBe(colour)
  })

  it('names every reason, red ones first', () => {
    const all = cases.reduce<NightFacts>((night, [, , [change]]) => merged(night, change), GREEN)
    const reasons = reasonsOf(all)
    expect(new Set(reasons.map(({ row }) => row))).toEqual(new Set(STATUS_ROWS.map(({ name }) => name)))
    const firstAmber = reasons.findIndex(({ colour }) => colour === 'amber')
    expect(reasons.slice(firstAmber).every(({ colour }) => colour === 'amber')).toBe(true)
    expect(colourOf(reasons)).toBe('red')
  })

  it('is told in docs/report.md row by row, in the words of the table', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/report.md'), 'utf8')
    const told = [...page.matchAll(/^\| `([a-z-]+)` +\| (red|amber) +\| (.+?) +\|$/gm)].map(
      ([, name, colour, when]) => ({
        name,
        colour,
        when,
      }),
    )
    expect(told).toEqual(STATUS_ROWS.map(({ name, colour, when }) => ({ name, colour, when })))
    for (const words of Object.values(COLOUR_WORDS)) expect(page).toContain(words)
  })
})

/** Lists are joined and counts added, so that every row sees its own case. */
function merged(night: NightFacts, change: Partial<NightFacts>): NightFacts {
  const joined = Object.entries(change).map(([key, value]) => {
    const held: unknown = Reflect.get(night, key)
    return [
      key,
      Array.isArray(held) && Array.isArray(value) ? [...(held as unknown[]), ...(value as unknown[])] : value,
    ]
  })
  return { ...night, ...(Object.fromEntries(joined) as Partial<NightFacts>) }
}
