/** Exceptions: differences a person must see. An exception belongs to one source and one object and is open at most once. */
import type { ExceptionCode } from './exceptions/codes.ts'
import type { Units } from './money/money.ts'

export type { ExceptionCode } from './exceptions/codes.ts'

export interface RaisedException {
  readonly source: string
  readonly code: ExceptionCode
  /** "order:23501", "add:17", "campaign:18", "wallet", "counter". */
  readonly object: string
  /** What is at stake, signed as in the books' favour; null when it is not known. */
  readonly amount: Units | null
  readonly currency: string | null
  readonly detail: string
}
