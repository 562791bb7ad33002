/**
 * What a run of thousands of seeds must have reached, and how often: every fault at every boundary, every exception code
 * and every way to end one, every row of the program's decision tables, every move of the outbox. The lists are the
 * program's own, so that a new row is wanted from the day it is there. What no simulated world can reach is in ELSEWHERE.
 */
import { ACCEPT_AS } from '../../src/domain/counters/counter-decision.ts'
import { COUNTER_RULES } from '../../src/domain/counters/counter-policy.ts'
import { EXCEPTION_CODES } from '../../src/domain/exception.ts'
import { CODE_RULES } from '../../src/domain/exceptions/code-rules.ts'
import { MATCH_STEPS } from '../../src/domain/matching/match.ts'
import { REFUND_CASES } from '../../src/domain/orders/order.ts'
import { ROUNDING_MODES } from '../../src/domain/orders/refund.ts'
import { STATUS_ROWS } from '../../src/domain/report/status.ts'
import { ITEM_KINDS } from '../../src/domain/settlement/settlement.ts'
import type { Coverage } from './coverage.ts'
import { HTTP_FAULTS, POSTGRES_FAULTS, SQLITE_FAULTS } from './kernel/faults.ts'
import { OPERATOR_KINDS } from './people/operator-plan.ts'

/** Of a run of 2,000 seeds. */
const EACH_FAULT = 20
/** Of a hundred nights with faults: how many have two or more. */
const TWO_FAULTS = 20

/** One table of the printed coverage. */
export interface Section {
  readonly title: string
  /** What all of its names begin with. */
  readonly kind: string
  readonly atLeast: number
  /** Lines of names, each with its heading; several make a table when they have the same columns. */
  readonly rows: readonly { readonly heading: string; readonly names: readonly string[] }[]
}

/**
 * What an order of each state may claim: domain/orders/refund.ts. Canceled or failed, it claims its whole charge, and no
 * more than that is ever booked back: it claims no less than before.
 */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  pending: ['settled'],
  'in-progress': ['settled', 'AMOUNT_DIFF', 'STATUS_REGRESSION'],
  partial: ['settled', 'CHARGE_SEMANTICS_AMBIGUOUS', 'REFUND_MISSING', 'STATUS_REGRESSION'],
  completed: ['settled', 'CHARGE_SEMANTICS_AMBIGUOUS', 'REFUND_MISSING', 'STATUS_REGRESSION'],
  canceled: ['settled', 'CHARGE_SEMANTICS_AMBIGUOUS', 'REFUND_MISSING'],
  failed: ['settled', 'CHARGE_SEMANTICS_AMBIGUOUS', 'REFUND_MISSING'],
}

/** As the database enforces them: migrations/0014_outbox, which a test compares with this. */
export const OUTBOX_MOVES: Readonly<Record<string, readonly string[]>> = {
  queued: ['sending', 'held', 'refused'],
  held: ['queued'],
  refused: ['queued'],
  unknown: ['sending'],
  sending: ['queued', 'unknown', 'held', 'refused', 'delivered'],
  delivered: ['verified', 'queued'],
  verified: ['queued'],
}

/** Codes that hold a reading back, and every other end a reading may come to. */
const READINGS = ['baseline', 'unchanged', 'booked', 'accepted', 'rejected', 'superseded', 'held'] as const
const HELD = ['CLOCK', 'RESET', 'UNPAID', 'REPOST', 'SPIKE', 'DECREASE'].map((code) => `held COUNTER_${code}`)

/** Of a posting, and never of a reading: what a later decision takes back of one. */
const TAKEN_BACK = 'counter/reversal'

/** Rules that a transaction names, by what begins it. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  charge: ['first-seen', 'order-date', 'raised', 'replaced', 'history'],
  refund: ['net', 'wallet', 'due'].flatMap((by) => REFUND_CASES.map((each) => `${by}-${each}`)),
  suspense: ['decided', 'taken-back', 'second-credit'],
  // No `book`: what `exceptions resolve --as book` says of a parent is booked by the rules of charges.
  decision: [
    'received',
    'denied',
    'write-off',
    'adjustment',
    'top-up',
    'bonus',
    'refund-taken-back',
    'not-twice',
    'row',
  ],
  evidence: ['opening', 'top-up', 'bonus', 'payout', 'payout-fee', 'wallet-refund', 'wallet-forfeited', 'account-lost'],
  payout: ['due', 'of-line', 'returned', 'returned-by-line'],
  'day-total': ['before-counter', 'after-opening'],
  allowance: ['month-end', 'released'],
  match: [...MATCH_STEPS, 'rule', 'decision', 'rows', 'written-off'],
  other: ['bonus/pro-rata', 'drip-feed/rounding', 'receivable/never-negative', TAKEN_BACK],
}

/** What is wanted and no world here can bring about, and why. Each is the beginning of a name. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'outbox queued>held': 'the database would let it pass, and the program claims a row before it decides about it',
  'outbox queued>refused': 'as above',
  'fault books stale':
    'companies are spared answers of before (world/company): what a look-up says decides what is sent',
  'exception NOT_PROCESSED':
    'evidence that was taken and cannot be processed is that of a program that read it otherwise (test/pipeline/set-aside)',
  'resolution NOT_PROCESSED': 'as above',
  'event noted': 'the table has the word for histories of older versions, and the program writes it nowhere',
  'page step-not-tied': 'a sum that is lost between the steps of a night: the program would have to be wrong',
}

function grid(title: string, kind: string, rows: Readonly<Record<string, readonly string[]>>, join = ' '): Section {
  return {
    title,
    kind,
    atLeast: 1,
    rows: Object.entries(rows).map(([heading, names]) => ({
      heading,
      names: names.map((name) => (heading === 'other' ? name : `${heading}${join}${name}`)),
    })),
  }
}

function list(title: string, kind: string, names: readonly string[]): Section {
  return { title, kind, atLeast: 1, rows: [{ heading: '', names }] }
}

const ABOUT_EXCEPTIONS: readonly Section[] = [
  list('What the operator and people did', 'operator', [...OPERATOR_KINDS]),
  list('Exception codes', 'exception', Object.keys(EXCEPTION_CODES)),
  list('What became of exceptions', 'event', [
    'opened',
    'changed',
    'closed',
    'reopened',
    'assigned',
    'resolved',
    'noted',
  ]),
  grid(
    'Resolutions by code',
    'resolution',
    Object.fromEntries(
      Object.entries(CODE_RULES)
        .filter(([, { resolutions }]) => resolutions.length > 0)
        .map(([code, { resolutions }]) => [code, resolutions]),
    ),
  ),
]

/** Decision tables, rules and states of the program, each with every row it has. */
const TABLES: readonly Section[] = [
  grid('Orders: status and what they claim', 'order', ORDERS),
  grid(
    'Refunds: what was learned of a panel',
    'semantics',
    Object.fromEntries(REFUND_CASES.map((each) => [each, ['unknown', 'net', 'gross']])),
  ),
  list('Roundings of refunds that were learned', 'rounding', ROUNDING_MODES),
  list('Rules of refunds', 'refund-rule', ['learning', 'proposed', 'accepted', 'suspended', 'revoked']),
  list('Counter readings', 'reading', [...READINGS.filter((each) => each !== 'held'), ...HELD]),
  list(
    'Counter readings: the rule',
    'counter-rule',
    Object.keys(COUNTER_RULES).filter((name) => name !== TAKEN_BACK),
  ),
  list('Counter readings: beside a fall', 'counter-role', ['fall', 'waiting', 'provisional']),
  list('Counter readings: what people said', 'said', [...Object.keys(ACCEPT_AS), 'reject']),
  grid('Matches by step', 'match', {
    ...Object.fromEntries([...MATCH_STEPS].map((step) => [step, ['active', 'undone']])),
    tolerance: ['proposed'],
    ...Object.fromEntries(['rule', 'decision', 'ignored', 'written-off'].map((step) => [step, ['active', 'undone']])),
  }),
  grid('Expected items', 'item', Object.fromEntries(ITEM_KINDS.map((kind) => [kind, ['open', 'settled']]))),
  list('Statement lines', 'line', ['open', 'matched', 'ignored']),
  list('Statements', 'footing', ['foots', 'differs', 'unproven']),
  list('Rows in quarantine', 'quarantine', ['waits', 'superseded', 'read-again', 'closed']),
  grid('What transactions name as their rule', 'rule', RULES, '/'),
  grid('The outbox: from, to', 'outbox', OUTBOX_MOVES, '>'),
  list('The page of a night: red, amber, green', 'page', [...STATUS_ROWS.map(({ name }) => name), 'green']),
  list('Nights of the daemon', 'tick', ['done', 'retry', 'failed']),
]

/** Everything that is wanted, in the order it is printed. Boundaries are those that this run has seen. */
export function sectionsOf(coverage: Coverage): readonly Section[] {
  const boundaries = new Set(
    [...coverage.keys()].filter((name) => name.startsWith('fault ')).map((name) => name.split(' ')[1] ?? ''),
  )
  boundaries.delete('sqlite')
  boundaries.delete('postgres')
  return [
    {
      title: 'Faults on the wire, by boundary',
      kind: 'fault',
      atLeast: EACH_FAULT,
      rows: [...boundaries].toSorted().map((boundary) => ({
        heading: boundary,
        names: HTTP_FAULTS.map((fault) => `${boundary} ${fault}`),
      })),
    },
    {
      title: 'Faults of the database',
      kind: 'fault',
      atLeast: EACH_FAULT,
      rows: [
        { heading: 'sqlite', names: SQLITE_FAULTS.map((fault) => `sqlite ${fault}`) },
        { heading: 'postgres', names: POSTGRES_FAULTS.map((fault) => `postgres ${fault}`) },
      ],
    },
    ...ABOUT_EXCEPTIONS,
    ...TABLES,
  ]
}

/** Whether that name is wanted of this simulation. */
export function elsewhere(name: string): string | null {
  const at = Object.keys(ELSEWHERE).find((beginning) => name.startsWith(beginning))
  return at === undefined ? null : (ELSEWHERE[at] ?? null)
}

/** Names, with how often each was seen. */
export function unreached(coverage: Coverage): readonly string[] {
  const seen = (name: string): number => coverage.get(name) ?? 0
  const missing = sectionsOf(coverage).flatMap(({ kind, atLeast, rows }) =>
    rows
      .flatMap(({ names }) => names.map((name) => `${kind} ${name}`))
      .filter((name) => seen(name) < atLeast && elsewhere(name) === null)
      .map((name) => `${name} (${seen(name)})`),
  )
  const [nights, two] = nightsOf(coverage)
  return two * 100 < nights * TWO_FAULTS ? [...missing, `nights with 2 faults (${two} of ${nights})`] : missing
}

/** Nights in which something could go wrong, and those in which two things or more did. */
export function nightsOf(coverage: Coverage): readonly [all: number, two: number] {
  const of = (faults: number): number => coverage.get(`nights with ${faults} faults`) ?? 0
  return [of(0) + of(1) + of(2), of(2)]
}
