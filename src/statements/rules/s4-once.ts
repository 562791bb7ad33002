/**
 * S4: a line counts once over overlapping files. Day by day, what a file shows of the known lines is known and the rest is
 * new; identical lines of one file are lines of their own. A line with the day and amount of a known one that its file does
 * not show may be that one in other words: it counts once, and a person is asked, unless another format words it so on a day
 * that one of them shows whole, and one contains the other. Where a file shows a day whole and none shows all its lines,
 * each counts, and a person is asked which is a misprint or was replaced.
 */
import { createHash } from 'node:crypto'
import type { Units } from '../../domain/money/money.ts'
import type { StatementFormat, StatementLine, StatementSection } from '../../domain/statements/statement.ts'
import type { IsoDate } from '../../domain/transaction.ts'

/** Ids of these vendors never repeat, while a transaction's day depends on the zone of the download. */
const UNIQUE_IDS: ReadonlySet<StatementFormat> = new Set(['paypal-csv', 'paypal-json', 'razorpay-csv'])

/** What makes two prints the same line: the vendor's id, the bank's id with its day, or all that the line says. Printed balances are no part of it. */
export function lineIdentity(format: StatementFormat, line: StatementLine): string {
  const { externalId, date, amount, uncounted } = line
  // What is pending today is another line than what is posted tomorrow.
  const counts = uncounted ?? 'counts'
  if (externalId !== null && externalId.trim() !== '') {
    const day = UNIQUE_IDS.has(format) ? '' : date
    return keyOf(['id', counts, externalId.trim(), day, amount.toString()])
  }
  const { atMs, type, description, counterparty, references } = line
  const said = [atMs === null ? '' : String(atMs), type, plain(description), plain(counterparty)]
  return keyOf(['said', counts, date, amount.toString(), ...said, ...references.map(plain).toSorted()])
}

/** Banks pad and capitalise the same text differently from one download to the next. */
function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
  return `${parts[0]}:${hash}`
}

function isById(identity: string): boolean {
  return identity.startsWith('id:')
}

export interface DayRange {
  readonly first: IsoDate
  readonly last: IsoDate
}

/** The days a section speaks of. Null when it has no line that counts and states no day. */
export function rangeOf({
  lines,
  opening,
  closing,
}: Pick<StatementSection, 'lines' | 'opening' | 'closing'>): DayRange | null {
  const days = [
    ...lines.filter(({ uncounted }) => uncounted === null).map(({ date }) => date),
    ...[opening?.date ?? null, closing?.date ?? null].filter((date) => date !== null),
  ].toSorted()
  const [first] = days
  const last = days.at(-1)
  return first === undefined || last === undefined ? null : { first, last }
}

export interface ShownLine {
  readonly identity: string
  readonly date: IsoDate
  readonly amount: Units
  readonly counts: boolean
}

export interface KnownLine extends ShownLine {
  readonly id: number
  /** Worded by a file of the same format. */
  readonly sameFormat: boolean
  /** A person said that it is a line of its own. */
  readonly kept: boolean
}

export interface OnceFacts {
  /** Lines with an identity that the file shows, and all of its days. In the order in which identical ones are counted. */
  readonly known: readonly KnownLine[]
  /** Of files that end on a day with the balance with which this one begins on it, or the other way round: their lines of the day. */
  readonly adjoining: readonly ReadonlySet<number>[]
  /** The day is in the middle of this file or of one of another format. */
  readonly isWhole: (day: IsoDate) => boolean
}

export interface Placed {
  /** The line it is; null for a new one. */
  readonly known: number | null
  /** False when it may be a line of its own. */
  readonly certain: boolean
}

/** One answer per line, in their order. */
export function placeOnce(shown: readonly ShownLine[], facts: OnceFacts): readonly Placed[] {
  const apart = linesApart(shown, facts)
  // A line that was kept is worded like the one it stands beside, and is found before it by its amount.
  const keptFirst = facts.known.toSorted((a, b) => Number(b.kept) - Number(a.kept))
  const byIdentity = Map.groupBy(facts.known, ({ identity }) => identity)
  const byAmount = Map.groupBy(
    keptFirst.filter(({ counts }) => counts),
    amountKey,
  )
  const taken = new Set<number>()
  const take = (line: KnownLine | undefined): KnownLine | undefined => {
    if (line !== undefined) taken.add(line.id)
    return line
  }
  const isFree = ({ id, identity }: KnownLine): boolean => !taken.has(id) && (isById(identity) || !apart.has(id))
  const same = shown.map(({ identity }) => take(byIdentity.get(identity)?.find(isFree)))
  const like = shown.map((line, at) =>
    same[at] !== undefined || !line.counts
      ? undefined
      : take(byAmount.get(amountKey(line))?.find((each) => isFree(each) && mayBe(line, each))),
  )
  const isContained = daysContained(
    shown.filter(({ counts }, at) => counts && same[at] === undefined && like[at] === undefined),
    facts.known.filter(({ id, counts }) => counts && !taken.has(id)),
  )
  return shown.map((line, at): Placed => {
    const known = same[at]
    if (known !== undefined) return { known: known.id, certain: true }
    const other = like[at]
    if (other === undefined) return { known: null, certain: true }
    const isSameDay = !other.sameFormat && facts.isWhole(line.date) && isContained(line.date)
    return { known: other.id, certain: other.kept || isSameDay }
  })
}

/** Days of which the file shows all known lines, or no others. */
function daysContained(fresh: readonly ShownLine[], missing: readonly KnownLine[]): (day: IsoDate) => boolean {
  const added = new Set(fresh.map(({ date }) => date))
  const left = new Set(missing.map(({ date }) => date))
  return (day) => !(added.has(day) && left.has(day))
}

/** What one file shows of a day: ids of the lines that count. */
export interface DayShown {
  /** The day is in the middle of the file. */
  readonly isWhole: boolean
  readonly lines: ReadonlySet<number>
}

/** Lines that not every file shows, of a day that one file shows whole and of which none shows all lines; else none. */
export function linesInDispute(files: readonly DayShown[]): readonly number[] {
  const all = new Set(files.flatMap(({ lines }) => [...lines]))
  if (!files.some(({ isWhole }) => isWhole)) return []
  if (files.some(({ lines }) => lines.size === all.size)) return []
  return [...all].filter((id) => !files.every(({ lines }) => lines.has(id))).toSorted((a, b) => a - b)
}

/** Two ids of one format are two lines; ids of two formats, and words, say nothing of one another. */
function mayBe(line: ShownLine, known: KnownLine): boolean {
  return !(known.sameFormat && isById(line.identity) && isById(known.identity))
}

/**
 * Lines that the file cannot show again, as it begins where their file closed. What both showed would sum to nothing then,
 * which lines that all move the same way cannot; where they do not, the balance proves nothing.
 */
function linesApart(shown: readonly ShownLine[], { known, adjoining }: OnceFacts): ReadonlySet<number> {
  const amounts = new Set(shown.filter(({ counts }) => counts).map(amountKey))
  const apart = new Set<number>()
  for (const ids of adjoining) {
    const shared = known.filter((line) => ids.has(line.id) && line.counts && amounts.has(amountKey(line)))
    if (shared.every(({ amount }) => amount > 0n) || shared.every(({ amount }) => amount < 0n))
      for (const id of ids) apart.add(id)
  }
  return apart
}

function amountKey({ date, amount }: Pick<ShownLine, 'date' | 'amount'>): string {
  return `${date} ${amount}`
}
