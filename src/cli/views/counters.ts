/** Readings of counters as a table and as JSON: what each changed, and what became of it. */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { Judged } from '../../payelancer/rules/counter.ts'
import type { Column } from '../output.ts'

export interface ReadingOf {
  readonly source: string
  readonly judged: Judged
}

export const READING_COLUMNS: readonly Column[] = [
  { title: 'Reading' },
  { title: 'Source' },
  { title: 'Read on' },
  { title: 'Counter', align: 'right' },
  { title: 'Change', align: 'right' },
  { title: 'Views', align: 'right' },
  { title: 'Clicks', align: 'right' },
  { title: 'Status' },
  { title: 'Reason' },
]

export function readingRow({ source, judged }: ReadingOf): readonly string[] {
  const { reading, change, status, rule, reason } = judged
  return [
    reading.name,
    source,
    reading.readOn,
    formatMoney(reading.amount),
    `${change > 0n ? '+' : ''}${formatMoney(change)}`,
    String(reading.impressions ?? ''),
    String(reading.clicks ?? ''),
    status,
    reason === '' ? '' : `${rule}: ${reason}`,
  ]
}

export function readingView({ source, judged }: ReadingOf) {
  const { reading, status, against, change, day, days, rule, reason, answer, parts, due, payout, jump } = judged
  return {
    reading: reading.name,
    source,
    readAt: new Date(reading.atMs).toISOString(),
    readOn: reading.readOn,
    counter: formatExact(reading.amount),
    impressions: reading.impressions,
    clicks: reading.clicks,
    change: formatExact(change),
    against,
    day,
    days,
    status,
    rule,
    reason,
    posts: parts.map((part) => ({ day: part.day, amount: formatExact(part.amount) })),
    payout: payout?.reference ?? null,
    due: formatExact(due),
    jump: formatExact(jump),
    answer: answer === null ? null : { as: answer.as, by: answer.by, why: answer.why },
  }
}
