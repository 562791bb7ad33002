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
