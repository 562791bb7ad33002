/**
 * Lines of statements that a rule or their reference ties to a network, and that nothing on record explains, as payouts of
 * its undecided falls. One that tells is proposed; two that held decide, and the payout comes into the books by its line.
 */
import {
  assignLines,
  grossesOf,
  linesOfFalls,
  networkNamedIn,
  type LineOfFall,
  type TiedLine,
  type UnexplainedFall,
} from '../../domain/counters/counter-line.ts'
import { payoutsNear, type KnownPayout } from '../../domain/counters/counter-payout.ts'
import { COUNTER_LIMITS } from '../../domain/counters/counter-policy.ts'
import { classifyLine } from '../../domain/matching/descriptor.ts'
import { formatMoney, unitsPerMinor } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { dropPayout, savePayout, unseenPayouts } from '../../evidence/counter-payouts.ts'
import type { JudgedReading } from '../../evidence/counter-verdicts.ts'
import type { Landed } from '../../evidence/landing.ts'
import { proposalsOf } from '../../evidence/read-matches.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { nameOf } from './counter-outcome.ts'
import { bookLineAsPayout, LINE_REFERENCE } from './line-as-payout.ts'
import type { CounterWork } from './counter-work.ts'
import { readPool, type Pool, type PoolItem, type PoolLine } from './match-pool.ts'
import { takingOf } from './taking-of-line.ts'
import { DUE_REFERENCE } from './payouts-due.ts'
import { windowDays } from './posted-item.ts'

/** What lines tell about one fall. */
export interface LinesOfFall {
  /** All that it may be. */
  readonly found: readonly LineOfFall[]
  /** The only one, when nothing else on record could be meant; null otherwise. */
  readonly only: OnlyLine | null
}

export interface OnlyLine extends LineOfFall {
  /** The payout that was due and is this one, whatever the books made it; null when none was. */
  readonly due: KnownPayout | null
}

/** By the name of the fall's reading; nothing for a fall that no line may be. `usual`: what a day brings, or zero. */
export async function linesAbout(
  context: BatchContext,
  source: ContextSource,
  falls: readonly JudgedReading[],
  usual: bigint,
): Promise<ReadonlyMap<string, LinesOfFall>> {
  const { money } = context.settings
  if (money === undefined || source.kind !== 'publisher' || falls.length === 0) return new Map()
  const pool = await readPool(context)
  const tied = await tiedLines(context, source, pool)
  const found = linesOfFalls(falls.map(unexplained), tied, usual, windowDays(source, money.matching))
  const assigned = assignLines(found)
  const seen: Seen = { left: await unseenPayouts(context.db, context.book, source.id), dues: openDues(source, pool) }
  const result = new Map<string, LinesOfFall>()
  for (const fall of falls) {
    const name = nameOf(fall.place)
    const only = assigned.get(name) ?? null
    const all = found.get(name) ?? []
    if (all.length > 0) result.set(name, { found: all, only: only === null ? null : withDue(only, fall, source, seen) })
  }
  return result
}

function unexplained({ place, day, days, change }: JudgedReading): UnexplainedFall {
  return { name: nameOf(place), day, days, fall: -change }
}

/** What no fall has taken yet. */
interface Seen {
  left: readonly KnownPayout[]
  dues: readonly PoolItem[]
}

/** Null when the payout may be one that is on record, and nothing tells which. */
function withDue(
  line: LineOfFall,
  fall: JudgedReading,
  { counter = COUNTER_LIMITS }: ContextSource,
  seen: Seen,
): OnlyLine | null {
  const { date } = line.line
  const [due, ...others] = seen.dues.filter(({ open }) => open.date <= date && date <= open.lastDate)
  if (others.length > 0) return null
  const left = seen.left.filter(({ key }) => key !== due?.object)
  if (payoutsNear(left, fall, counter).length > 0) return null
  const known = seen.left.find(({ key }) => key === due?.object) ?? null
  seen.left = left
  seen.dues = seen.dues.filter((each) => each !== due)
  return { ...line, due: known }
}

/** What became due by the books and no line has settled anything of. */
function openDues({ name }: ContextSource, { items }: Pool): readonly PoolItem[] {
  return [...items.values()].filter(
    ({ object, open, settled }) =>
      open.source === name && object.startsWith(`payout:${DUE_REFERENCE}`) && open.amount === settled.amount,
  )
}

async function tiedLines(context: BatchContext, source: ContextSource, pool: Pool): Promise<readonly TiedLine[]> {
  const lines: TiedLine[] = []
  for (const line of pool.lines.values()) {
    const { open, account, id, settled } = line
    if (open.amount <= 0n || open.isPartly || open.currency !== source.currency) continue
    if (!isTied(context, source, line)) continue
    const grosses = grossesOfLine(source, line)
    if (grosses.length === 0 || isExpected(source, line, grosses, pool)) continue
    if ((await proposalsOf(context.db, context.book, 'line', [id])).length > 0) continue
    lines.push({ id, account: account.name, date: settled.date, amount: open.amount, grosses })
  }
  return lines
}

/** By a rule of its account; where none speaks of it, by a reference. */
function isTied({ settings }: BatchContext, { name }: ContextSource, { open, account }: PoolLine): boolean {
  const found = classifyLine(open, account)
  if (found.kind === 'of') return found.itemClass === `payout:${name}`
  if (found.kind !== 'unknown') return false
  const networks = settings.sources.filter(({ kind }) => kind !== 'panel').map((each) => each.name)
  return networkNamedIn(open.references, networks) === name
}

/** What may have been paid out: before a fee that the line states, and before what the settings know of. */
function grossesOfLine(source: ContextSource, line: PoolLine): readonly bigint[] {
  const { gross, currency } = line.open
  return grossesOf(gross, takingOf(line, source), unitsPerMinor(currency))
}

/** Matching finds its item by itself, or asks. */
function isExpected({ name }: ContextSource, { open }: PoolLine, grosses: readonly bigint[], { items }: Pool): boolean {
  return [...items.values()].some(
    ({ open: item }) =>
      item.source === name &&
      item.kind === 'payout' &&
      item.date <= open.date &&
      open.date <= item.lastDate &&
      (item.amount === open.amount || grosses.includes(item.amount)),
  )
}

/** Puts its payout on record, for readings to be judged by; the caller books it. */
export async function noteLine({ context, source, item }: CounterWork, line: OnlyLine): Promise<void> {
  await savePayout(context.db, context.book, source.id, payoutOf(line), evidenceOf(item))
}

/** It does not fit: as it was before `noteLine`. */
export async function forgetLine({ context, source, item }: CounterWork, line: OnlyLine): Promise<void> {
  const { db, book } = context
  const { key, reference } = payoutOf(line)
  await dropPayout(db, book, source.id, key, reference)
  if (line.due !== null) await savePayout(db, book, source.id, line.due, evidenceOf(item))
}

/** Books the payout of a line: its own, or the one that was due, corrected to what the line says. */
export async function bookLine(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  line: OnlyLine,
  why: string,
): Promise<readonly TransactionDraft[]> {
  const { id, account } = line.line
  return bookLineAsPayout(context, item, source, payoutOf(line), `line ${id} on ${account}: ${why}`)
}

function payoutOf({ line, gross: amount, takenOn: date, due }: OnlyLine): KnownPayout {
  const reference = `${LINE_REFERENCE}${line.id}`
  return { key: due?.key ?? `payout:${reference}`, reference, amount, date }
}

/** For a person to read in the exception: amounts, and the command that settles it. */
export function lineProposal(
  { name, currency }: ContextSource,
  { place, days, change }: JudgedReading,
  { found, only }: LinesOfFall,
): string {
  const reading = nameOf(place)
  if (only !== null) {
    const { isUsual, earned } = only
    const unusual = isUsual ? '' : `, which is not known to be usual for ${days === 1 ? 'a day' : `${days} days`}`
    return `proposed: ${lineWords(only)} as the payout of this fall, with ${formatMoney(earned)} earned besides${unusual}; to confirm: tieout counters accept ${reading} --as payout`
  }
  const [first] = found
  if (first === undefined) return ''
  const each = found.map((one) => `${lineWords(one)} with ${formatMoney(one.earned)} earned besides`)
  const settle = `tieout reconcile settle ${first.line.id} --as payout --of ${name} --gross ${formatMoney(first.gross)}`
  return `its fall of ${formatMoney(-change)} ${currency} may be the payout on ${each.join(' or ')}; to choose: ${settle}, then tieout counters accept ${reading} --as payout`
}

function lineWords({ line: { id, account, date, amount }, gross }: LineOfFall): string {
  const before = gross === amount ? '' : `, ${formatMoney(gross)} before deductions`
  return `line ${id} of ${account} (${date}, ${formatMoney(amount)}${before})`
}
