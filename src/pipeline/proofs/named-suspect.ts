/** Something that may make a difference, with words for a person and the command that shows it. */
import type { Suspect } from '../../domain/matching/explain.ts'
import type { IsoDate } from '../../domain/transaction.ts'

export interface NamedSuspect extends Suspect {
  /** For a person: "top-up INV-7 of netpanel, 2026-03-04". */
  readonly what: string
  /** The command that shows where it comes from; null where there is none. */
  readonly show: string | null
}

/**
 * One of each fact. An id counts once; what several claim about one object with one amount is one, and so is the
 * transaction that booked it. The first stays and names the others. Two transactions are two facts.
 */
export function oneOfEachFact(found: readonly NamedSuspect[]): readonly NamedSuspect[] {
  const facts: NamedSuspect[] = []
  const claims = new Map<string, number>()
  const booked = new Set<string>()
  const seen = new Set<string>()
  for (const suspect of found) {
    if (seen.has(suspect.id)) continue
    seen.add(suspect.id)
    const fact = `${suspect.about ?? suspect.id} ${suspect.amount}`
    const isBooking = suspect.id.startsWith('txn:')
    const at = isBooking && booked.has(fact) ? undefined : claims.get(fact)
    const first = at === undefined ? undefined : facts[at]
    if (isBooking) booked.add(fact)
    else if (first === undefined) claims.set(fact, facts.length)
    if (at === undefined || first === undefined) facts.push(suspect)
    else facts[at] = { ...first, what: `${first.what}; ${suspect.kind}: ${suspect.what}` }
  }
  return facts
}

/** A line that nothing explains has no transaction yet to trace. */
export function showLines(account: string, date: IsoDate): string {
  return `tieout statements lines --account ${account} --from ${date} --to ${date}`
}
