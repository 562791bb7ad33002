/**
 * All open lines of a book against all its open items, by M1 to M5 in this order: each rule takes only what the ones before
 * it left, and each line and item once. The answer does not depend on the order of the input.
 */
import { classifyLine, type LineClass } from '../../domain/matching/descriptor.ts'
import { pairConversions } from '../../domain/matching/conversions.ts'
import { refusalKey, type Match } from '../../domain/matching/match.ts'
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import type { MatchSettings } from '../../domain/matching/policy.ts'
import { layOut, openItems, openLines } from './board.ts'
import { matchReferences } from './m2-references.ts'
import { matchCounterparty, matchShortPayouts } from './m3-counterparty.ts'
import { matchFees } from './m4-fee.ts'
import { proposeAmounts, proposeSums } from './m5-proposals.ts'

export interface AloneLine {
  /** One, or the sides of a conversion. */
  readonly lines: readonly string[]
  readonly means: Exclude<LineClass, { kind: 'of' | 'unknown' }>
}

/** In a refusal: the rule that settles a line by itself. */
const NO_ITEM = '0'

export interface OpenMatching {
  readonly matches: readonly Match[]
  readonly unmatchedLines: readonly string[]
  readonly unmatchedItems: readonly string[]
}

/** M1: every line with what it is; a rule's word counts no more where a person took it back, or a part is matched already. */
export function classifyAll(
  lines: readonly OpenLine[],
  settings: MatchSettings,
  refused: ReadonlySet<string>,
): ReadonlyMap<string, LineClass> {
  const accounts = new Map(settings.accounts.map((account) => [account.name, account]))
  return new Map(
    lines.map((line) => {
      const account = accounts.get(line.account)
      const found: LineClass = account === undefined ? { kind: 'unknown' } : classifyLine(line, account)
      const needsItem = found.kind === 'of' || found.kind === 'unknown'
      const isRefused = !needsItem && (line.isPartly || refused.has(refusalKey(line.id, NO_ITEM)))
      return [line.id, isRefused ? { kind: 'unknown' } : found]
    }),
  )
}

/** M1: lines that settle by themselves. */
export function standAlone(lines: readonly OpenLine[], classes: ReadonlyMap<string, LineClass>): readonly AloneLine[] {
  const alone = lines.flatMap(({ id }): readonly AloneLine[] => {
    const means = classes.get(id)
    return means?.kind === 'alone' || means?.kind === 'not-ours' ? [{ lines: [id], means }] : []
  })
  const { pairs } = pairConversions(lines.filter(({ id }) => classes.get(id)?.kind === 'conversion'))
  return [...alone, ...pairs.map((pair) => ({ lines: pair, means: { kind: 'conversion' as const } }))]
}

/** M2 to M5. `lines` are those that do not settle by themselves. */
export function matchLines(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  { classes, refused }: { readonly classes: ReadonlyMap<string, LineClass>; readonly refused: ReadonlySet<string> },
): OpenMatching {
  const board = layOut({
    lines: lines.toSorted((a, b) => compare(a.date, b.date) || byId(a, b)),
    // The one whose days end first must be met first, or it would be met by nobody.
    items: items.toSorted((a, b) => compare(a.lastDate, b.lastDate) || compare(a.date, b.date) || byId(a, b)),
    classOf: ({ id }) => classes.get(id) ?? { kind: 'unknown' },
    refused,
    settings,
  })
  for (const rule of [matchReferences, matchCounterparty, matchFees, matchShortPayouts, proposeAmounts, proposeSums])
    rule(board)
  return {
    matches: board.matches,
    unmatchedLines: openLines(board).map(({ id }) => id),
    unmatchedItems: openItems(board).map(({ id }) => id),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Ids are numbers as text. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.length - b.id.length || compare(a.id, b.id)
}
