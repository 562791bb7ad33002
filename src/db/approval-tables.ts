/**
 * Row types of approval: journals that take back or repeat another, holds, preparations. All three only
 * grow. Every integer is a bigint at run time on both engines.
 */
type Int = bigint

interface JournalLinkTable {
  readonly book: Int
  readonly journal: Int
  readonly kind: 'reversal' | 'replacement'
  readonly subject: Int
  readonly root: Int
  readonly why: string
}

interface JournalHoldTable {
  readonly book: Int
  readonly n: Int
  readonly day: string | null
  readonly journal: Int | null
  readonly action: 'hold' | 'release'
  readonly why: string
  readonly by_person: string
  readonly at_ms: Int
}

interface JournalPreparationTable {
  readonly book: Int
  readonly n: Int
  readonly day: string
  readonly currency: string
  readonly head_seq: Int
  readonly sha256: Buffer
  readonly by_person: string
  readonly at_ms: Int
}

export interface ApprovalTables {
  journal_link: JournalLinkTable
  journal_hold: JournalHoldTable
  journal_preparation: JournalPreparationTable
}
