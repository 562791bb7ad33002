/**
 * What `ledger verify` can find. Damage is a value with a code, a sentence and a place, so that one check never hides
 * another; a collector bounds how many of one kind are kept.
 */
export type FindingCode =
  /** A stored hash is not the hash of the stored fields and the hash before it. */
  | 'HASH_MISMATCH'
  | 'SEQUENCE_GAP'
  /** Rows that the head has not closed: an unfinished write, or one around the program. */
  | 'BEYOND_HEAD'
  | 'ORPHAN_POSTING'
  | 'UNBALANCED'
  | 'TOO_FEW_POSTINGS'
  /** The debits of a transaction are not its amount. */
  | 'AMOUNT_DIFFERS'
  | 'VERSION_BROKEN'
  | 'CUMULATIVE_BROKEN'
  | 'RECORDED_TIME_FELL'
  | 'DATE_INVALID'
  | 'HEAD_MISMATCH'
  /** Something else, or nothing, stands where a head was noted outside: src/pipeline/expected-heads.ts. */
  | 'HEAD_NOT_AS_NOTED'
  /** The daily balances and the postings disagree. */
  | 'BALANCE_DIFFERS'
  /** An object of the schema (src/ledger/verify/guards.ts) is gone, other than it was, or new. */
  | 'GUARD_MISSING'
  | 'GUARD_CHANGED'
  | 'GUARD_ADDED'
  | 'REFERENCE_BROKEN'
  | 'FILE_DAMAGED'
  /** Of the log: src/pipeline/verify-log.ts. */
  | 'LANDING_CHANGED'
  | 'LANDING_GAP'
  /** A record of the log does not follow from the one before it. */
  | 'LOG_CHAIN'
  /** The outbox says of a delivery what the log does not: src/targets/outbox/verify-records.ts. */
  | 'DELIVERY_DIFFERS'
  /** A row of a derived table is not what the log makes of it: src/pipeline/rebuild.ts. */
  | 'REBUILD_DIFFERS'

export interface Finding {
  readonly code: FindingCode
  /** Null for what concerns the whole database. */
  readonly book: string | null
  /** The sequence it was found at; null when it has none. */
  readonly sequence: number | null
  readonly sentence: string
}

export interface Findings {
  readonly add: (finding: Finding) => void
  /** In the order found, and for each code that has too many a last one that says how many more there are. */
  readonly list: () => readonly Finding[]
}

const KEPT_PER_CODE = 20

export function collectFindings(): Findings {
  const kept: Finding[] = []
  const counts = new Map<FindingCode, number>()
  const add = (finding: Finding): void => {
    const count = (counts.get(finding.code) ?? 0) + 1
    counts.set(finding.code, count)
    if (count <= KEPT_PER_CODE) kept.push(finding)
  }
  const list = (): readonly Finding[] => {
    const more = [...counts].filter(([, count]) => count > KEPT_PER_CODE)
    const notes = more.map(([code, count]): Finding => {
      const sentence = `There are ${count - KEPT_PER_CODE} more of this kind.`
      return { code, book: null, sequence: null, sentence }
    })
    return [...kept, ...notes]
  }
  return { add, list }
}
