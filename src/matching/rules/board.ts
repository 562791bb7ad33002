/** What the rules of matching work on: open lines and open items, each taken once, and which of them may meet at all. */
import { itemClassOf, type LineClass } from '../../domain/matching/descriptor.ts'
import { refusalKey, type Match, type MatchStep } from '../../domain/matching/match.ts'
import { isSpokenFor, mayMeet, type OpenItem, type OpenLine } from '../../domain/matching/open-sides.ts'
import type { MatchSettings } from '../../domain/matching/policy.ts'
import type { Units } from '../../domain/money/money.ts'
import { addDays, daysBetween } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'

export interface Board {
  /** Oldest first. */
  readonly lines: readonly OpenLine[]
  /** The one whose days end first is first. */
  readonly items: readonly OpenItem[]
  readonly classOf: (line: OpenLine) => LineClass
  /** Pairs a person has separated. */
  readonly refused: ReadonlySet<string>
  readonly settings: MatchSettings
  readonly matches: Match[]
  /** "line 7", "item 3": what has been matched. */
  readonly taken: Set<string>
  /** By currency and amount, in the order of the items. */
  readonly ofAmount: ReadonlyMap<string, readonly OpenItem[]>
  /** How many days an item may be seen, at most. */
  readonly mostDays: number
  /** Who pays or is paid. */
  readonly sources: readonly string[]
}

export function layOut(given: Pick<Board, 'lines' | 'items' | 'classOf' | 'refused' | 'settings'>): Board {
  const { items } = given
  const ofAmount = Map.groupBy(items, ({ currency, amount }) => `${currency} ${amount}`)
  const mostDays = items.reduce((most, { date, lastDate }) => Math.max(most, daysBetween(date, lastDate)), 0)
  const sources = [...new Set(items.map(({ source }) => source))]
  return { ...given, matches: [], taken: new Set(), ofAmount, mostDays, sources }
}

export function openLines({ lines, taken }: Board): readonly OpenLine[] {
  return lines.filter(({ id }) => !taken.has(`line ${id}`))
}

export function openItems({ items, taken }: Board): readonly OpenItem[] {
  return items.filter(({ id }) => !taken.has(`item ${id}`))
}

/** Open items of one of these amounts whose days a line is in. */
export function inTimeOf(board: Board, line: OpenLine, amounts: readonly Units[]): readonly OpenItem[] {
  return [...new Set(amounts)].flatMap((amount) =>
    within(board, board.ofAmount.get(`${line.currency} ${amount}`) ?? [], line),
  )
}

/** Open items whose days a line is in. */
export function inTime(board: Board, line: OpenLine): readonly OpenItem[] {
  return within(board, board.items, line)
}

/** What a line moved, or that before the fee it states itself. */
export function amountsOf({ amount, gross }: OpenLine): readonly Units[] {
  return [amount, gross]
}

/** `items` are sorted by their last day, so only those that end near the line are looked at. */
function within({ taken, mostDays }: Board, items: readonly OpenItem[], { date }: OpenLine): readonly OpenItem[] {
  const end = addDays(date, mostDays)
  const found: OpenItem[] = []
  for (let at = firstFrom(items, date); at < items.length; at += 1) {
    const item = items[at]
    if (item === undefined || item.lastDate > end) break
    if (item.date <= date && !taken.has(`item ${item.id}`)) found.push(item)
  }
  return found
}

/** The first that can still be seen on a day. */
function firstFrom(items: readonly OpenItem[], date: IsoDate): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((items[middle]?.lastDate ?? '') < date) low = middle + 1
    else high = middle
  }
  return low
}

/** Of one currency and direction, on an account where it is expected, of what the account's rule says (M1). */
export function canMeet(
  { classOf, refused }: Pick<Board, 'classOf' | 'refused'>,
  line: OpenLine,
  item: OpenItem,
): boolean {
  if (line.currency !== item.currency || line.amount > 0n !== item.amount > 0n) return false
  if (!mayMeet(line, item) || !isLeftTo(line, item) || refused.has(refusalKey(line.id, item.id))) return false
  const means = classOf(line)
  return means.kind !== 'of' || means.itemClass === itemClassOf(item)
}

/** A top-up that nobody but a line spoke of (T1) is that line's: taken by another, its own would explain nothing. */
function isLeftTo({ id }: OpenLine, { kind, references }: OpenItem): boolean {
  const [only, ...others] = references
  return kind !== 'top-up' || others.length > 0 || !/^line-\d+$/.test(only ?? '') || only === `line-${id}`
}

/** A rule of the account says whose the line is, or the line names it, or the item the account. */
export function isTied({ classOf }: Pick<Board, 'classOf'>, line: OpenLine, item: OpenItem): boolean {
  return classOf(line).kind === 'of' || isSpokenFor(line, item)
}

interface Found {
  readonly step: MatchStep
  readonly status: Match['status']
  readonly lines: readonly OpenLine[]
  readonly items: readonly OpenItem[]
  readonly reason: string
  readonly feeRule?: string
  /** Of the only item, how much the line takes; all of it where left out. */
  readonly part?: Units
}

const CONFIDENCE: Readonly<Record<MatchStep, number>> = {
  reference: 100,
  group: 100,
  exact: 95,
  fee: 90,
  part: 90,
  subset: 60,
}

/** Takes the lines and items off the board. */
export function take(board: Board, { step, status, lines, items, reason, feeRule, part }: Found): void {
  const legs: Match['legs'] = [
    ...lines.map(({ id, amount }) => ({ side: 'line' as const, id, amount })),
    ...items.map(({ id, amount }) => ({ side: 'item' as const, id, amount: part ?? amount })),
  ]
  const confidence = status === 'confirmed' ? CONFIDENCE[step] : CONFIDENCE.subset
  board.matches.push({ step, confidence, status, legs, feeRule: feeRule ?? null, reason })
  for (const { side, id } of legs) board.taken.add(`${side} ${id}`)
}
