/** Something that may make a difference, with words for a person and the command that shows it. */
import type { Suspect } from '../../domain/matching/explain.ts'
import type { IsoDate } from '../../domain/transaction.ts'

export interface NamedSuspect extends Suspect {
  /** For a person: "top-up INV-7 of netpanel, 2026-03-04". */
  readonly what: string
  /** The command that shows where it comes from; null where there is none. */
  readonly show: string | null
}

/** A line that nothing explains has no transaction yet to trace. */
export function showLines(account: string, date: IsoDate): string {
  return `tieout statements lines --account ${account} --from ${date} --to ${date}`
}
