/**
 * What a reader of statements is told besides the file: facts of the account it belongs to, and answers a person gave to
 * questions the file leaves open. Plain data, so that it can be landed with the file and read again the same way.
 */
import type {
  AmountSign,
  BalancePlace,
  BankReading,
  LineOrder,
  PreviousClosing,
} from '../../domain/statements/bank-reading.ts'
import type { AccountKind, ParsedStatement } from '../../domain/statements/statement.ts'

/**
 * What a column of a bank's CSV can be. `description`, `counterparty`, `reference` and `type` may be several columns. `fee` is
 * taken on top of the amount; `account` is the account's own number, where one file holds several.
 */
export const BANK_ROLES = [
  'date',
  'valueDate',
  'amount',
  'debit',
  'credit',
  'direction',
  'balance',
  'fee',
  'currency',
  'account',
  'description',
  'counterparty',
  'reference',
  'id',
  'type',
  'status',
] as const
export type BankRole = (typeof BANK_ROLES)[number]

export interface BankColumns {
  /**
   * For a role its columns, each by its header or by its number from 1 as "#3". An empty list says that no column is it.
   * Roles left out are proposed from the header.
   */
  readonly roles: Readonly<Partial<Record<BankRole, readonly string[]>>>
  /** Null: taken as in-positive, unless printed balances prove the other. */
  readonly sign: AmountSign | null
}

export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** What decides between the ways a bank's CSV can be read, beside its own balances and dates. */
export interface ReadingEvidence {
  /** What a person said for this file. */
  readonly balance: BalancePlace | null
  readonly order: LineOrder | null
  /** What balances proved, or a person said, for an earlier file of the account with the same columns. */
  readonly earlier: BankReading | null
  /** Newest of the days before the file; several where files end on one day. */
  readonly previous: readonly PreviousClosing[]
}

export const NO_EVIDENCE: ReadingEvidence = { balance: null, order: null, earlier: null, previous: [] }

export interface ReadOptions {
  /** The account's, ISO 4217; for files that name none. */
  readonly currency: string
  /** The account's, IANA; for times without a zone. */
  readonly timeZone: string
  /** Null: proposed from the header. Only bank-csv reads it. */
  readonly columns: BankColumns | null
  /** Null: decided from the dates of the file, which is refused if they do not tell. */
  readonly dateOrder: DateOrder | null
  /** Null: decided from the amounts of the file, which is refused if they do not tell. */
  readonly decimal: '.' | ',' | null
  /** What the account's type says its balances are. Null: no bank's, or landed before accounts told it. */
  readonly accountKind: AccountKind | null
  /** Null: landed before all readings were tried, so the first one that ties is taken, as it was then. Only bank-csv reads it. */
  readonly readings: ReadingEvidence | null
}

/** What every format's file exports as `detect` and `read`. The text has line feeds only and no byte order mark. */
export interface StatementReader {
  /** Cheap, and from the content: a name proves nothing. */
  readonly detect: (text: string, fileName: string) => boolean
  /** Throws InputError, naming the line, when the file cannot be read at all. */
  readonly read: (fileName: string, text: string, options: ReadOptions) => ParsedStatement
}
