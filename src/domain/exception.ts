/**
 * Exceptions: differences a person must see. The codes are stable, for filters and follow-up; each says in one line what
 * it means and what to do next. An exception belongs to one source and one object and is open at most once.
 */
import type { Units } from './money/money.ts'

export const EXCEPTION_CODES = {
  AMOUNT_DIFF: 'Statement lines do not come to what they settle: the detail says what to undo.',
  BAD_PAYLOAD: 'The vendor answered something that cannot be read. The bytes are kept; the next run asks again.',
  CHARGE_UNKNOWN:
    'A panel hides what orders cost, so nothing of them is posted. Import its order history and set chargeFromHistory, or statusCurrency where only the name is wrong.',
  CLAIMS_HELD:
    'Orders claimed more back in one night than their wallet ever gains in one. None of it is posted: resolve it as release, or wait for the credits.',
  CLEARING_DIFFERS:
    'An account that money only passes through does not come to what is open on it. Look for the cause: tieout ledger register ACCOUNT.',
  CONVERSIONS_DIFFER:
    'The conversions a network told of and its counter differ by more than the tolerance. Ask the network; the counter is booked.',
  COUNTER_HELD:
    'A counter moved in a way that only a person can explain, so its readings wait. Ask the network, then resolve it as what it was; tieout exceptions show says what each answer would post.',
  CURRENCY_MISMATCH:
    'The vendor names another currency than the one configured. Nothing of it is booked. Where a panel only names its charges wrongly: statusCurrency, which tieout doctor explains.',
  DUPLICATE:
    'A file states something that is booked already, or covered otherwise. Nothing of it is booked again. Where a statement line is a second one of its own: tieout statements keep LINE.',
  DELIVERY_REFUSED:
    'The accounting system refused a journal for good. Its answer says why; mend it there or in the mapping, then: tieout deliver --retry DOCUMENT.',
  DELIVERY_UNCERTAIN:
    'A journal was sent and nobody could look up yet whether it arrived. It is not sent again before that; the next delivery looks.',
  EVIDENCE_REFUSED:
    'A row of a file was not booked, for the reason given. Mend what the reason names, or state the row anew in a new file.',
  ITEM_OVERDUE:
    'Something the books expect is on no statement, though statements cover its days or a month has passed. Import the missing one, or: tieout reconcile write-off --item ITEM.',
  MISSING_AT_VENDOR: 'The panel does not know this order. Check the order id and the account.',
  NOT_PROCESSED:
    'A statement, a reconciliation or its proofs could not be processed, for the reason given. Nothing of it is in the books. Mend the file if the reason names it, else report it; then import it, or: tieout reconcile run.',
  ORDERS_UNCLEAR:
    'What orders cost or claim back depends on something nobody has told: a quantity, or whether a drip-feed order or its runs are charged. The detail says which to import or to set.',
  ORDERS_DIFFER:
    'The registry, the panel and its wallet log disagree about orders. Compare them on the panel: tieout reconcile proofs lists them.',
  PAYOUT_BELOW_MINIMUM:
    "A payout is below the minimum the network pays out. It is booked as stated; compare it with the network's page.",
  PAYOUT_DIFFERS:
    'A line brought less of a payout than was due. What is left is due still: the detail says how to say what became of it.',
  PAYOUT_OVERDUE:
    'A payout that is due has not arrived. Import newer statements, ask the network, or: tieout reconcile match LINE --item ITEM.',
  PAYOUT_RETURNED:
    'A payout came back or was refused, and the network owes it again. Mend the bank details there; it is due again at the next cut-off.',
  PERIOD_LOCKED:
    "The accounting system's books are closed for a journal's day. Open the period there; where the detail says through which day, closedPeriod: first-open-day helps too.",
  PERMISSION:
    'One person tried alone what needs two. Nothing of it is booked: one assigns the exception, another resolves it.',
  POSTING_UNCERTAIN:
    'An order or a campaign was sent and nobody knows what came of it. It is not sent again: look at the vendor, then tieout panel unknown resolve, or tieout payelancer campaigns resolve.',
  PROOF_OF_CASH:
    "A month's statement and books differ by more than their lines tell. Import the missing statement or opening balance: tieout reconcile proofs --month MONTH.",
  RATE_MISSING:
    'No exchange rate is known for a day on which one is needed. Add it to the rates file; nothing is assumed.',
  REFUND_MISSING:
    'Refunds that orders claim have not reached the wallet in the time this panel takes. Ask the panel; when it gives none: resolve it as denied.',
  STALE_SOURCE: 'The source could not be read in this run. Nothing was assumed; the next run asks again.',
  STATEMENT_DOES_NOT_FOOT:
    'A statement does not tie. Its lines are kept; download it again and import the file, which settles it when it ties.',
  STATEMENT_GAP:
    'A statement opens with another balance than the one before it closed with, or its rows name a settlement that no file shows and no UTR. Import what is missing.',
  TARGET_DELETED:
    'A delivered journal is no longer in the accounting system, or is voided there. Restore it there, or send it again: tieout deliver --retry DOCUMENT --target NAME.',
  TARGET_DOWN:
    'An accounting system could not be reached, or refused the connection. Everything waits, nothing is lost: see tieout connections; the next delivery goes on.',
  TARGET_DUPLICATE:
    'The accounting system holds a journal more than once. Delete the copy there; ours is named in the detail.',
  TARGET_EDITED:
    'A delivered journal was changed in the accounting system. Change it back there; or delete it there, run tieout targets drift, and send it again: tieout deliver --retry DOCUMENT --target NAME.',
  TOP_UP_BELOW_MINIMUM:
    'A top-up is below the minimum the network takes. It is booked as stated; compare it with its receipt.',
  TOP_UP_MISSING:
    'A payment into a wallet is stated, and no look at the wallet shows it. Ask the panel, or correct the row that states it.',
  UNMAPPED:
    'A journal needs an account the mapping does not lead to an account of the company. Run: tieout mappings check.',
  WALLET_DIFFERS:
    'A wallet holds more or less than its known orders, refunds and top-ups explain. Import the order history or the missing top-up, or say what it was.',
  UNMATCHED_LINE:
    'Nothing in the books explains a statement line. Match it, or ignore it: tieout reconcile match LINE --item ITEM, or ignore LINE.',
} as const

export type ExceptionCode = keyof typeof EXCEPTION_CODES

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
