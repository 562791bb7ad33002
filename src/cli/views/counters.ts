/** Readings of counters as a table and as JSON: what each changed, what became of it, and what a decision posted. */
import { COUNTER_RULES } from '../../domain/counters/counter-policy.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import { intervalWords } from '../../domain/counters/counter-undecided.ts'
import type { Undecided } from '../../reconcile/undecided.ts'
import type { UndecidedSource } from '../../pipeline/undecided.ts'
import type { JudgedReading } from '../../evidence/counter-verdicts.ts'
import type { CounterDecided } from '../../pipeline/counter-decisions.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

type Tables = Pick<Session, 'table'>

export const READING_COLUMNS: readonly Column[] = [
  { title: 'Reading' },
  { title: 'Source' },
  { title: 'Read at' },
  { title: 'Counter', align: 'right' },
  { title: 'Change', align: 'right' },
  { title: 'Impressions', align: 'right' },
  { title: 'Clicks', align: 'right' },
  { title: 'Status' },
  { title: 'Reason' },
]

const STATUS_OF_ROLE: Readonly<Record<string, string>> = { waiting: 'waiting', provisional: 'provisional' }

export function readingName({ place }: Pick<JudgedReading, 'place'>): string {
  return `${place.batch}.${place.item}`
}

export function readingRow(judged: JudgedReading): readonly string[] {
  const { source, reading, change, impressionsChange, clicksChange } = judged
  return [
    readingName(judged),
    source,
    new Date(reading.atMs).toISOString(),
    formatMoney(reading.amount),
    signed(change, formatMoney),
    signedOrNothing(impressionsChange),
    signedOrNothing(clicksChange),
    STATUS_OF_ROLE[judged.role ?? 'none'] ?? judged.status,
    reasonOf(judged),
  ]
}

export function readingView({ place, reading, decided, ...rest }: JudgedReading) {
  const { sourceId: _, change, impressionsChange, clicksChange, level, jump, ...shown } = rest
  return {
    reading: readingName({ place }),
    ...shown,
    readAt: new Date(reading.atMs).toISOString(),
    counter: formatExact(reading.amount),
    impressions: reading.impressions,
    clicks: reading.clicks,
    change: formatExact(change),
    levelBefore: level === null ? null : formatExact(level),
    jump: formatExact(jump),
    impressionsChange,
    clicksChange,
    decided: decided === null ? null : decidedView(decided),
  }
}

/** What a decision came to, one line for each reading it settled. */
export function decidedLines(decided: CounterDecided, dryRun: boolean): readonly string[] {
  return [
    ...decided.readings.map((each) => {
      const reason = reasonOf(each)
      const became = each.status === 'held' ? 'still held' : each.status
      return `Reading ${readingName(each)} of ${each.source}: ${became}, ${signed(each.change, formatMoney)}${reason === '' ? '' : ` (${reason})`}.`
    }),
    ...(decided.undecided === null ? [] : [stillUndecided(decided.source, decided.currency, decided.undecided)]),
    `${decided.source}: ${decided.posted === 0 ? 'nothing was posted' : `${counted(decided.posted, 'transaction')} posted`}.`,
    ...(dryRun ? ['Dry run: nothing was kept.'] : []),
  ]
}

export function decisionView({ source, posted, entries, readings, undecided }: CounterDecided, dryRun: boolean) {
  return {
    source,
    posted,
    entries: entries.map(({ amount, ...entry }) => ({ ...entry, amount: formatExact(amount) })),
    readings: readings.map(readingView),
    undecided: undecided === null ? null : undecidedFigures(undecided),
    dryRun,
  }
}

/** What is undecided, as JSON: an open top is said, and no figure. */
export function undecidedFigures({ since, reading, booked, low, high }: Undecided) {
  return {
    since,
    reading,
    booked: formatExact(booked),
    low: formatExact(low),
    high: high === null ? 'open' : formatExact(high),
  }
}

export function undecidedView({ source, currency, ...undecided }: UndecidedSource) {
  return { source, currency, ...undecidedFigures(undecided), days: [...undecided.days].toSorted() }
}

const ENTRY_COLUMNS: readonly Column[] = [
  { title: 'Day' },
  { title: 'Kind' },
  { title: 'Amount', align: 'right' },
  { title: 'Memo' },
]

/** What a decision posts; negative amounts take back what was booked. */
export function entryLines(session: Tables, { entries }: CounterDecided): readonly string[] {
  if (entries.length === 0) return []
  return session.table(
    ENTRY_COLUMNS,
    entries.map(({ date, kind, amount, memo }) => [date, kind, formatMoney(amount), memo]),
  )
}

function decidedView({ place, as, by, why, atMs }: NonNullable<JudgedReading['decided']>) {
  return { as, by, why, at: new Date(atMs).toISOString(), landed: `${place.batch}.${place.item}` }
}

function stillUndecided(source: string, currency: string, { since, reading, booked, ...interval }: Undecided): string {
  return `${source} is undecided since ${since}: ${intervalWords(interval)} in ${currency} since then, ${formatMoney(booked)} of it booked provisionally. Next to decide: reading ${reading}.`
}

/** Why it was held, who decided otherwise, or by which rule it was booked. */
function reasonOf({ status, reason, rule, code, decided }: JudgedReading): string {
  if (decided !== null) return `${decided.as} by ${decided.by}: ${decided.why}`
  if (status === 'held') return `${code ?? ''}: ${reason}`
  return rule === null ? reason : inWords(rule)
}

/** A rule of a newer program has no words here, and is better named than left out. */
function inWords(rule: string): string {
  const known: Readonly<Record<string, string>> = COUNTER_RULES
  return known[rule] ?? rule
}

function signed(value: bigint, format: (value: bigint) => string): string {
  return `${value > 0n ? '+' : ''}${format(value)}`
}

function signedOrNothing(value: bigint | null): string {
  return value === null ? '' : signed(value, String)
}
