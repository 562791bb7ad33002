/** Reconciliations as tables and as JSON: where every line ended, what was matched, proposed and is open. */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { Posting } from '../../domain/transaction.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import type { OpenItem } from '../../evidence/open-items.ts'
import type { StoredLine } from '../../evidence/statements/lines.ts'
import { ENDINGS, type CurrencySummary, type Ending, type Sum } from '../../pipeline/process/match-summary.ts'
import type { Asked, MatchDecided } from '../../pipeline/reconcile/decide.ts'
import type { ReconcileOutcome } from '../../pipeline/reconcile/run.ts'
import type { TracedTransaction } from '../../pipeline/trace/transactions.ts'
import { counted, type Column } from '../output.ts'
import { linesOf } from './exception-dossier.ts'

export const ENDING_COLUMNS: readonly Column[] = [
  { title: 'Cur' },
  { title: 'Lines' },
  { title: 'Count', align: 'right' },
  { title: 'In', align: 'right' },
  { title: 'Out', align: 'right' },
]

const IN_WORDS: Readonly<Record<Ending, string>> = {
  matched: 'newly matched',
  'by-rule': 'settled by rule',
  ignored: 'not ours',
  proposed: 'proposed',
  unmatched: 'unmatched',
}

/** Every place lines ended in, the steps of `matched` below it, and what was looked at, which they add up to. */
export function endingRows({
  currency,
  lines,
  endings,
  steps,
  itemsOpen,
}: CurrencySummary): readonly (readonly string[])[] {
  const row = (name: string, sum: Sum): readonly string[] => [
    currency,
    name,
    String(sum.count),
    money(sum.in),
    money(sum.out),
  ]
  const ended = ENDINGS.flatMap((ending) => [
    ...(endings[ending].count === 0 ? [] : [row(IN_WORDS[ending], endings[ending])]),
    ...(ending === 'matched' ? Object.entries(steps).map(([step, sum]) => row(`  by ${step}`, sum)) : []),
  ])
  return [...ended, row('all looked at', lines), row('items still open', itemsOpen)]
}

export function runView({ posted, run }: ReconcileOutcome) {
  if (run === null) return { posted, night: null }
  const { day, currencies, unbooked } = run.summary
  return {
    night: day,
    posted,
    currencies: currencies.map(currencyView),
    matched: run.made.map(matchView),
    proposed: run.proposed.map(matchView),
    unbooked,
  }
}

export function currencyView({ currency, lines, endings, steps, itemsOpen }: CurrencySummary) {
  return {
    currency,
    lines: sumView(lines),
    endings: Object.fromEntries(ENDINGS.map((ending) => [ending, sumView(endings[ending])])),
    steps: Object.fromEntries(Object.entries(steps).map(([step, sum]) => [step, sumView(sum)])),
    itemsOpen: sumView(itemsOpen),
  }
}

function sumView(sum: Sum) {
  return { count: sum.count, in: formatExact(BigInt(sum.in)), out: formatExact(BigInt(sum.out)) }
}

function money(units: string): string {
  return formatMoney(BigInt(units))
}

export const MATCH_COLUMNS: readonly Column[] = [
  { title: 'Match', align: 'right' },
  { title: 'Status' },
  { title: 'By' },
  { title: 'Lines' },
  { title: 'Items' },
  { title: 'Difference', align: 'right' },
  { title: 'Why' },
]

export function matchRow(match: StoredMatch): readonly string[] {
  const { id, status, step, residual, reason, human, undone } = match
  const why = undone?.why ?? human?.why ?? reason
  const who = undone?.by ?? human?.by
  return [
    String(id),
    status,
    human === null ? step : `${step} of a person`,
    legsOf(match, 'line'),
    legsOf(match, 'item'),
    formatMoney(residual),
    who === undefined ? why : `${who}: ${why}`,
  ]
}

function legsOf({ legs }: StoredMatch, side: 'line' | 'item'): string {
  const own = legs.filter((leg) => leg.side === side)
  const shown = own.slice(0, 3).map(({ ref, amount }) => `${ref} (${formatMoney(amount)})`)
  return own.length > shown.length ? `${shown.join(', ')} and ${own.length - shown.length} more` : shown.join(', ')
}

export function matchView({
  id,
  status,
  step,
  confidence,
  residual,
  feeRule,
  reason,
  legs,
  human,
  undone,
}: StoredMatch) {
  const ofSide = (side: 'line' | 'item') =>
    legs.filter((leg) => leg.side === side).map(({ ref, amount }) => ({ id: Number(ref), amount: formatExact(amount) }))
  return {
    match: Number(id),
    status,
    step,
    confidence,
    residual: formatExact(residual),
    feeRule,
    reason,
    lines: ofSide('line'),
    items: ofSide('item'),
    decided: human === null ? null : { by: human.by, why: human.why, at: new Date(human.atMs).toISOString() },
    undone:
      undone === null
        ? null
        : {
            by: undone.by ?? null,
            why: undone.why ?? null,
            at: undone.atMs === undefined ? null : new Date(undone.atMs).toISOString(),
          },
  }
}

export const OPEN_LINE_COLUMNS: readonly Column[] = [
  { title: 'Line', align: 'right' },
  { title: 'Account' },
  { title: 'Date' },
  { title: 'Open', align: 'right' },
  { title: 'Of', align: 'right' },
  { title: 'Cur' },
  { title: 'Text' },
]

export function openLineRow(line: StoredLine, account: string): readonly string[] {
  const { id, date, amount, matched, currency, counterparty, description } = line
  const text = [counterparty, description].filter((part) => part !== '').join(': ')
  return [String(id), account, date, formatMoney(amount - matched), formatMoney(amount), currency, text]
}

export function openLineView(line: StoredLine, account: string) {
  const { id, date, amount, matched, currency, type, counterparty, description, references } = line
  return {
    line: id,
    account,
    date,
    open: formatExact(amount - matched),
    amount: formatExact(amount),
    currency,
    type,
    counterparty,
    description,
    references,
  }
}

export const OPEN_ITEM_COLUMNS: readonly Column[] = [
  { title: 'Item', align: 'right' },
  { title: 'Kind' },
  { title: 'Source' },
  { title: 'Object' },
  { title: 'From' },
  { title: 'By' },
  { title: 'Open', align: 'right' },
  { title: 'Of', align: 'right' },
  { title: 'Cur' },
]

export function openItemRow({
  id,
  kind,
  source,
  object,
  date,
  lastDate,
  amount,
  matched,
  currency,
}: OpenItem): readonly string[] {
  return [
    String(id),
    kind,
    source,
    object,
    date,
    lastDate,
    formatMoney(amount - matched),
    formatMoney(amount),
    currency,
  ]
}

export function openItemView({
  id,
  kind,
  source,
  account,
  object,
  date,
  lastDate,
  amount,
  matched,
  currency,
  references,
}: OpenItem) {
  return {
    item: Number(id),
    kind,
    source,
    account: account === '' ? null : account,
    object,
    from: date,
    by: lastDate,
    open: formatExact(amount - matched),
    amount: formatExact(amount),
    currency,
    references,
  }
}

export function decidedLines({ posted, transactions, match, number, asked }: MatchDecided): readonly string[] {
  if (asked !== null) return askedLines(asked)
  if (match?.status === 'active' && match.legs.some(({ side, posts }) => side === 'line' && posts === null))
    return [
      `CURRENCY: nothing of match ${number} is booked, as an exchange rate it needs is not known.`,
      `Add the rate (rates: or fixedRates: in tieout.yaml): the next reconciliation books it by itself. tieout undo match:${number} takes it back.`,
    ]
  const became = match === null ? `Proposal ${number} is rejected` : `Match ${number} is ${match.status}`
  const done = posted === 0 ? 'nothing was posted' : `${counted(posted, 'transaction')} posted`
  const more = posted > transactions.length ? [`  … and ${posted - transactions.length} more transactions`] : []
  const gain =
    match?.how.kind === 'item-written-off' && match.residual > 0n
      ? ['  A gain: money that no account of these books paid. Right only if nobody is owed it.']
      : []
  return [`${became}: ${done}.`, ...linesOf(transactions).map((line) => `  ${line}`), ...more, ...gain]
}

function askedLines({ givenUp, currency, limit, entries }: Asked): readonly string[] {
  const most = limit === null ? '' : `, and one person may decide up to ${formatMoney(limit)} alone`
  return [
    `Nothing is done yet: this gives up ${formatMoney(givenUp)} ${currency}${most} (exceptions.reviewAbove).`,
    'It counts once somebody else enters the same command with their own --by and --why.',
    entries.length === 0 ? 'It then posts nothing.' : 'It then posts:',
    ...linesOf(entries).map((line) => `  ${line}`),
  ]
}

export function askedView({ givenUp, currency, limit, entries }: Asked) {
  return {
    givenUp: formatExact(givenUp),
    currency,
    limit: limit === null ? null : formatExact(limit),
    entries: entries.map(({ postings, ...entry }) => ({ ...entry, postings: postings.map(exactPosting) })),
  }
}

export function postedView({ sequence, effectiveDate, kind, currency, postings }: TracedTransaction) {
  return { sequence, effectiveDate, kind, currency, postings: postings.map(exactPosting) }
}

function exactPosting({ account, amount }: Posting) {
  return { account, amount: formatExact(amount) }
}
