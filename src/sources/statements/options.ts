/**
 * What a reader of statements is told besides the file: facts of the account it belongs to, and answers a person gave to
 * questions the file leaves open. Plain data, so that it can be landed with the file and read again the same way.
 */
import type {
  AmountSign,
  BalancePlace,
  BankProfile,
  BankRole,
  DateOrder,
  LineOrder,
} from '../../domain/statements/bank-profile.ts'
import type { PreviousClosing } from '../../domain/statements/previous-closing.ts'
import type { AccountKind, ParsedStatement } from '../../domain/statements/statement.ts'

export interface BankColumns {
  /**
   * For a role its columns, each by its header or by its number from 1 as "#3". An empty list says that no column is it.
   * Roles left out are as in the account's profile, or proposed from the header.
   */
  readonly roles: Readonly<Partial<Record<BankRole, readonly string[]>>>
  /** Null: as in the account's profile; in its first file minus is out, and a card's is asked about. */
  readonly sign: AmountSign | null
}

export interface ReadOptions {
  /** The account's, ISO 4217; for files that name none. */
  readonly currency: string
  /** The account's, IANA; for times without a zone. */
  readonly timeZone: string
  /** Null: nothing was said. Only bank-csv reads it, as the two below. */
  readonly columns: BankColumns | null
  readonly balance: BalancePlace | null
  readonly order: LineOrder | null
  /** Null: decided from the dates of the file, which is refused if they do not tell. */
  readonly dateOrder: DateOrder | null
  /** Null: decided from the amounts of the file, which is refused if they do not tell. */
  readonly decimal: '.' | ',' | null
  /** What the account's type says its balances are. Null: no bank's. */
  readonly accountKind: AccountKind | null
  /** What the account's files are read by; null before its first. Only bank-csv reads it. */
  readonly profile: BankProfile | null
  /** What earlier files closed with. Only the OFX of a card reads it. */
  readonly previous: readonly PreviousClosing[]
}

/** What every format's file exports as `detect` and `read`. The text has line feeds only and no byte order mark. */
export interface StatementReader {
  /** Cheap, and from the content: a name proves nothing. */
  readonly detect: (text: string, fileName: string) => boolean
  /** Throws InputError, naming the line, when the file cannot be read at all. */
  readonly read: (fileName: string, text: string, options: ReadOptions) => ParsedStatement
}
