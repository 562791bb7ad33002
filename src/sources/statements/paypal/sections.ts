/**
 * PayPal lines as sections, one per currency. Lines that are unsure to have moved money are settled by the balances around
 * them, and a conversion's two sides share a group with the payment they were made for.
 */
import { footByBalances, type FootingOptions, type LineNoun } from '../../../domain/statements/line-footing.ts'
import type { StatementLine, StatementSection, Uncounted } from '../../../domain/statements/statement.ts'
import { unreadable } from '../refusal.ts'
import type { PayPalDraft } from './draft.ts'

export function payPalSections(
  fileName: string,
  accountNumber: string | null,
  drafts: readonly PayPalDraft[],
  noun: LineNoun = 'Line',
): readonly StatementSection[] {
  const grouped = withConversionGroups(drafts)
  const options: FootingOptions = { isFileNewestFirst: isFileNewestFirst(grouped), noun }
  const currencies = [...new Set(grouped.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const lines = settled(
      fileName,
      grouped.filter((draft) => draft.currency === currency),
      options,
    ).map(withoutZero)
    const { opening, closing, footing } = footByBalances(lines, options)
    return { accountNumber, currency, opening, closing, lines, footing }
  })
}

/** A line of nothing, like a card check, moved nothing. */
function withoutZero(line: StatementLine): StatementLine {
  return line.uncounted === null && line.amount === 0n ? { ...line, uncounted: 'information' } : line
}

/** A currency with one conversion in it does not tell by itself which way the file runs. */
function isFileNewestFirst(drafts: readonly PayPalDraft[]): boolean {
  const [first, last] = [drafts[0]?.line, drafts.at(-1)?.line]
  if (first === undefined || last === undefined) return false
  if (first.atMs !== null && last.atMs !== null) return first.atMs > last.atMs
  return first.date > last.date
}

/** Both sides of a conversion refer to the payment they served, so its id is the group of all three. */
function withConversionGroups(drafts: readonly PayPalDraft[]): readonly PayPalDraft[] {
  const served = new Set<string>()
  for (const { line } of drafts) if (line.type === 'conversion' && line.group !== null) served.add(line.group)
  return drafts.map((draft) => {
    const { externalId } = draft.line
    if (externalId === null || !served.has(externalId) || draft.line.group !== null) return draft
    return { ...draft, line: { ...draft.line, group: externalId } }
  })
}

function settled(fileName: string, drafts: readonly PayPalDraft[], options: FootingOptions): readonly StatementLine[] {
  const first = drafts.map(({ line, standing }) => ({ ...line, uncounted: firstGuess(standing.uncounted) }))
  if (drafts.every(({ standing }) => standing.isCertain)) return first
  const { followed } = footByBalances(first, options)
  const byBalances = followed === null ? null : decidedByBalances(drafts, followed.isNewestFirst)
  refuseUndecided(fileName, drafts, byBalances, options.noun)
  if (byBalances === null) return first
  const second = drafts.map(({ line, standing }, at) => ({
    ...line,
    uncounted: byBalances[at] === undefined ? firstGuess(standing.uncounted) : (byBalances[at] ?? null),
  }))
  const breaks = footByBalances(second, options).followed?.breaks.length ?? 0
  const hasUnknown = drafts.some(({ standing }) => standing.uncounted === 'unknown')
  return hasUnknown || breaks <= (followed?.breaks.length ?? 0) ? second : first
}

function firstGuess(uncounted: Uncounted | null | 'unknown'): Uncounted | null {
  return uncounted === 'unknown' ? 'information' : uncounted
}

/** Per draft, in the order of the file: what the balance before and after it shows; undefined when they show nothing. */
function decidedByBalances(
  drafts: readonly PayPalDraft[],
  isNewestFirst: boolean,
): readonly (Uncounted | null | undefined)[] {
  const decided: (Uncounted | null | undefined)[] = drafts.map(() => undefined)
  let now: bigint | null = null
  for (let step = 0; step < drafts.length; step += 1) {
    const at = isNewestFirst ? drafts.length - 1 - step : step
    const draft = drafts[at]
    if (draft === undefined) continue
    const { standing, line } = draft
    const { balance, amount } = line
    if (!standing.isCertain && now !== null && balance !== null && amount !== 0n) {
      if (balance === now + amount) decided[at] = null
      else if (balance === now) decided[at] = standing.ifNot
    }
    const isCounted = decided[at] === undefined ? standing.uncounted === null : decided[at] === null
    if (isCounted) now = balance ?? (now === null ? null : now + amount)
  }
  return decided
}

function refuseUndecided(
  fileName: string,
  drafts: readonly PayPalDraft[],
  decided: readonly (Uncounted | null | undefined)[] | null,
  noun: LineNoun,
): void {
  const at = drafts.findIndex(({ standing }, each) => standing.uncounted === 'unknown' && decided?.[each] === undefined)
  const draft = drafts[at]
  if (draft === undefined) return
  throw unreadable(
    fileName,
    `${noun.toLowerCase()} ${draft.line.line}`,
    `the status "${draft.status}" is not known, and no balance shows whether money moved`,
    'Download the activity with the columns "Balance" and "Balance Impact".',
  )
}
