/**
 * Proves a section: opening and counted lines come to the closing figure, and every printed balance follows from the one
 * before. What differs is told by the first line at which it does; what no figure proves is called unproven.
 */
import type { Footing, StatementLine } from '../../domain/statements/statement.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'

export interface Proof {
  readonly footing: Footing
  /** What the balances say it opened and closed with; null when none does. */
  readonly opening: Units | null
  readonly closing: Units | null
  /** How many figures followed from the ones before them. */
  readonly agreed: number
}

export interface Stated {
  readonly opening: Units | null
  readonly closing: Units | null
  /** What a line of this format is called in a message: "Line" or "Entry". */
  readonly noun: 'Line' | 'Entry'
}

/** `lines` in the order in which they moved the balance. */
export function prove(lines: readonly StatementLine[], stated: Stated): Proof {
  let running = stated.opening
  let opening = stated.opening
  let sinceStart: Units = 0n
  let agreed = 0
  let footing: Footing | null = null
  let last: number | null = null
  let isPrinted = false
  for (const line of lines) {
    if (line.uncounted !== null) continue
    last = line.line
    sinceStart += line.amount
    if (running !== null) running += line.amount
    if (line.balance === null) continue
    opening ??= line.balance - sinceStart
    isPrinted = true
    if (running !== null && running === line.balance) agreed += 1
    if (running !== null && running !== line.balance) footing ??= differing(line, running, stated.noun)
    running = line.balance
  }
  const { closing } = stated
  if (closing !== null && running !== null) {
    if (closing === running) agreed += 1
    else footing ??= notClosing(closing, running, last)
  }
  if (footing === null) footing = agreed > 0 ? { kind: 'foots' } : { kind: 'unproven' }
  return { footing, opening, closing: closing ?? (isPrinted ? running : null), agreed }
}

/** Lines of files come oldest first, newest first, or with the days in one order and their lines in the other. */
export function chronologies(lines: readonly StatementLine[]): readonly (readonly StatementLine[])[] {
  const backwards = lines.toReversed()
  const byDay = (each: readonly StatementLine[]): readonly StatementLine[] =>
    each.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
  const first = lines[0]?.date ?? ''
  const final = lines.at(-1)?.date ?? ''
  const plain = first > final ? [backwards, lines] : [lines, backwards]
  return [...plain, byDay(lines), byDay(backwards)]
}

/** The order that the balances prove; without one the likeliest by date, with what differs in it. */
export function proveAnyOrder(
  lines: readonly StatementLine[],
  stated: Stated,
): Proof & { readonly inOrder: readonly StatementLine[] } {
  let best: (Proof & { readonly inOrder: readonly StatementLine[] }) | null = null
  for (const inOrder of chronologies(lines)) {
    const proof = { ...prove(inOrder, stated), inOrder }
    if (proof.footing.kind === 'foots') return proof
    if (best === null || proof.agreed > best.agreed) best = proof
  }
  return best ?? { ...prove(lines, stated), inOrder: lines }
}

function differing(line: StatementLine, running: Units, noun: string): Footing {
  const balance = line.balance ?? 0n
  return {
    kind: 'differs',
    difference: balance - running,
    line: line.line,
    reason: `${noun} ${line.line} (${line.date}): its balance is ${formatMoney(balance)}, but the balance before it and its amount of ${formatMoney(line.amount)} come to ${formatMoney(running)}.`,
  }
}

function notClosing(closing: Units, running: Units, last: number | null): Footing {
  return {
    kind: 'differs',
    difference: closing - running,
    line: last,
    reason: `The closing balance is ${formatMoney(closing)}, but the opening balance and the lines come to ${formatMoney(running)}.`,
  }
}
