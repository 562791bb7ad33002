/**
 * The codes of the inbox, as one table: what each says and what to do next, whose it is unless the configuration says
 * otherwise, how many business days there are to settle it, what counts as the same fact, and how a person may answer.
 * A code is about a subject; where one code is said of several kinds of subject, the second table says what differs.
 */
import { ALONE_MEANINGS } from '../settlement/settlement.ts'
import type { ResolutionName } from './resolutions.ts'

export const SEVERITIES = ['info', 'review', 'escalate'] as const
export type Severity = (typeof SEVERITIES)[number]

export type OwnerRole = 'payables' | 'receivables' | 'treasury' | 'controller' | 'operations'

export interface CodeRule {
  /** What it means and what to do next, in full sentences. */
  readonly says: string
  readonly owner: OwnerRole
  /** Business days until it should be settled. */
  readonly days: number
  /** What must change for a resolved one to open again; without an amount it is always the detail. */
  readonly facts: 'amount' | 'detail'
  readonly resolutions: readonly ResolutionName[]
  /** What the subject itself is answered with: a line, an expected item, a match, an order of unknown outcome, rows of a file. */
  readonly words: readonly string[]
  /** Where it is decided instead, or as well: a command. */
  readonly command: string | null
}

function rule(
  says: string,
  owner: OwnerRole,
  days: number,
  changes: Partial<Omit<CodeRule, 'says' | 'owner' | 'days'>> = {},
): CodeRule {
  const defaults = { facts: 'amount', resolutions: [], words: [], command: null } as const
  return { says, owner, days, ...defaults, ...changes }
}

const ANSWERS: readonly ResolutionName[] = [
  'payout',
  'payout-returned',
  'clawback',
  'reset',
  'other-account',
  'right',
  'wrong',
]
const DELIVER = 'tieout deliver --retry DOCUMENT'
const RECONCILE = 'tieout reconcile list'
const SEEN: readonly ResolutionName[] = ['acknowledge']

/** Any ledger account: what is said is its code. */
export const ANY_ACCOUNT = '6110'
/** M5. */
const OF_A_LINE: readonly string[] = [
  'match',
  'confirm',
  'reject',
  'payout',
  'top-up',
  ...ALONE_MEANINGS.filter((each) => each !== 'written-off'),
  ANY_ACCOUNT,
  'ignore',
  'write-off',
  // What a person has matched of it in part.
  'unmatch',
]
const OF_AN_ITEM: readonly string[] = ['match', 'write-off']

export const CODES = {
  // Panels and their wallets.
  CHARGE_UNKNOWN: rule(
    'A panel hides what orders cost, so nothing of them is posted. Import its order history and set chargeFromHistory, or statusCurrency where only the name is wrong.',
    'payables',
    5,
    { facts: 'detail', resolutions: SEEN },
  ),
  CLAIMS_HELD: rule(
    'Orders claimed more back in one night than their wallet ever gains in one. None of it is posted: decide it as release, or wait for the credits.',
    'payables',
    2,
    { resolutions: ['release'] },
  ),
  ORDERS_UNCLEAR: rule(
    'What orders cost or claim back depends on something nobody has told: a quantity, or whether a drip-feed order or its runs are charged. The detail says which to import or to set.',
    'payables',
    5,
    { facts: 'detail', resolutions: SEEN },
  ),
  ORDER_UNKNOWN: rule(
    'The panel does not know this order. What it cost stays; check the order id and the account.',
    'operations',
    3,
    { resolutions: SEEN },
  ),
  REFUND_MISSING: rule(
    'Refunds that orders claim have not reached the wallet for a week. Ask the panel; when it gives none: decide it as denied.',
    'payables',
    3,
    { resolutions: ['denied'] },
  ),
  REQUEST_UNCERTAIN: rule(
    'An order or a campaign was sent and nobody knows what came of it. It is not sent again. Look at the vendor, then decide it as placed, with --reference ID, or as not-placed.',
    'operations',
    1,
    { words: ['placed', 'not-placed'] },
  ),
  WALLET_DIFFERS: rule(
    'A wallet holds more or less than its known orders, refunds and top-ups explain. Import the order history or the missing top-up, or say what it was.',
    'payables',
    2,
    { resolutions: ['write-off', 'adjustment', 'top-up', 'bonus'] },
  ),
  // Ad networks' counters.
  COUNTER_HELD: rule(
    'A counter moved in a way that only a person can explain, so its readings wait. Ask the network, then decide it as what it was; tieout explain says what each answer would post.',
    'receivables',
    2,
    { facts: 'detail', resolutions: ANSWERS },
  ),
  // Payouts and top-ups.
  BELOW_MINIMUM: rule(
    'A payout or a top-up is below the minimum that the network pays out or takes. It is booked as stated; compare it with the network.',
    'receivables',
    3,
    { resolutions: ['accept'] },
  ),
  PAYOUT_DIFFERS: rule(
    'A line brought less or more of a payout than was due. The detail names both and what is missing. Decide it as fee where that was taken on the way, as match --line LINE where another line brought it, or as write-off.',
    'receivables',
    3,
    { words: ['match', 'fee', 'write-off'], command: RECONCILE },
  ),
  PAYOUT_OVERDUE: rule(
    'A payout that is due has not arrived. Import newer statements, ask the network, or resolve it: as match --line LINE, or as write-off.',
    'receivables',
    2,
    { words: OF_AN_ITEM, command: RECONCILE },
  ),
  TOP_UP_MISSING: rule(
    'Money is in transit for too long: no statement shows it, though statements cover its days or a month has passed. Import the missing one, or resolve it: as match --line LINE, or as write-off.',
    'treasury',
    2,
    { words: OF_AN_ITEM, command: RECONCILE },
  ),
  // Statements.
  LINE_UNMATCHED: rule(
    'Nothing in the books explains a statement line. Decide it as what it is: as match --item ITEM, as payout --of NETWORK, as top-up --of PANEL, as a ledger account such as 6110, or as ignore.',
    'treasury',
    3,
    { words: OF_A_LINE, command: RECONCILE },
  ),
  STATEMENT_DIFFERS: rule(
    'A statement does not tie. Its lines are kept; download it again and import the file, which settles it when it ties.',
    'treasury',
    2,
    { resolutions: ['accept'], command: 'tieout statements show' },
  ),
  STATEMENT_GAP: rule(
    'A statement opens with another balance than the one before it closed with, or its rows name a settlement that no file shows and no UTR. Import what is missing.',
    'treasury',
    3,
    { resolutions: ['accept'], command: 'tieout statements list' },
  ),
  // Answers, files and sources.
  ANSWER_UNREAD: rule(
    'The vendor answered something that cannot be read. The bytes are kept; the next run asks again.',
    'operations',
    1,
    { facts: 'detail', resolutions: SEEN },
  ),
  CURRENCY: rule(
    'Two currencies meet without a stated rate, or the vendor names another currency than the one configured. Nothing of it is booked: add the rate that the detail names, or set statusCurrency where a panel only names its charges wrongly.',
    'controller',
    1,
    { facts: 'detail' },
  ),
  FILE_UNREAD: rule(
    'A file, or a row of one, was not booked, for the reason given. Mend what the reason names and import it again, or state the row anew in a new file.',
    'treasury',
    3,
    { facts: 'detail', resolutions: SEEN },
  ),
  SOURCE_FAILED: rule(
    'The source could not be read in this run. Nothing was assumed; the next run asks again.',
    'operations',
    1,
    { facts: 'detail' },
  ),
  // Journals and accounting systems.
  DELIVERY_FAILED: rule(
    'A journal did not go out: the accounting system refused it, its books are closed for the day, or it cannot be built. The detail says why; mend that, then: tieout deliver --retry DOCUMENT.',
    'controller',
    1,
    { facts: 'detail', words: ['retry'], command: DELIVER },
  ),
  TARGET_CHANGED: rule(
    'A delivered journal was changed or deleted in the accounting system. Change it back there; or let it stand as it is, as keep-theirs; or delete it there, run tieout targets drift, and send it again: tieout deliver --retry DOCUMENT --target NAME.',
    'controller',
    1,
    { facts: 'detail', command: `${DELIVER} --target NAME` },
  ),
  UNMAPPED: rule(
    'A journal needs an account the mapping does not lead to an account of the company. Run: tieout mappings check.',
    'controller',
    1,
    { facts: 'detail', command: 'tieout mappings check' },
  ),
} as const satisfies Readonly<Record<string, CodeRule>>

export type ExceptionCode = keyof typeof CODES

// The keys of an object literal are its codes.
export const EXCEPTION_CODES = Object.keys(CODES) as readonly ExceptionCode[]

/** Where a code is said of another kind of subject as well: by the code and what the subject's name begins or ends with. */
const SUBJECTS: readonly (readonly [ExceptionCode, RegExp, Partial<CodeRule>])[] = [
  // The fact is a habit of the panel; the amount grows on with it.
  ['WALLET_DIFFERS', /^rounding$/, { days: 5, facts: 'detail', resolutions: SEEN }],
  ['COUNTER_HELD', /^counter-mode$/, { days: 5, resolutions: [] }],
  ['COUNTER_HELD', /^counter-day:/, { days: 5, facts: 'amount', resolutions: ['accept'] }],
  ['COUNTER_HELD', /^payout:/, { days: 5, resolutions: [...ANSWERS, 'dismiss'] }],
  [
    'PAYOUT_DIFFERS',
    /^returned:/,
    {
      says: 'A payout came back or was refused, and the network owes it again. Mend the bank details there; it is due again at the next cut-off.',
      days: 2,
      resolutions: SEEN,
      words: [],
      command: null,
    },
  ],
  [
    'TOP_UP_MISSING',
    /^unseen:/,
    {
      says: 'A payment into a wallet is stated, and no look at the wallet shows it. Ask the panel, or correct the row that states it.',
      owner: 'payables',
      days: 3,
      resolutions: SEEN,
      words: [],
      command: null,
    },
  ],
  [
    'LINE_UNMATCHED',
    /^(?:match|over-matched):/,
    { says: 'Statement lines do not come to what they were matched with. Decide it as unmatch.', words: ['unmatch'] },
  ],
  [
    'STATEMENT_DIFFERS',
    /^overlap:/,
    {
      says: 'Two files show a line that may be one or two: it is counted once. Where it is a second one of its own, decide it as not-a-duplicate.',
      days: 3,
      resolutions: ['same', 'not-a-duplicate'],
      command: null,
    },
  ],
  [
    'STATEMENT_DIFFERS',
    /^day:/,
    {
      says: 'Files that cover a day differ on it, and none shows all its lines; each is counted. Ignore the one that is a misprint or was replaced, or decide it as accept if all are right.',
      days: 3,
      resolutions: ['accept'],
      command: 'tieout decide line:NUMBER ignore',
    },
  ],
  [
    'STATEMENT_DIFFERS',
    /^line:/,
    {
      says: 'Only a file that does not tie shows this line, and another of its days that does tie does not. Decide it as ignore if it is a misprint, or as accept if it is right.',
      days: 3,
      resolutions: ['accept'],
      words: ['ignore'],
      command: null,
    },
  ],
  [
    'STATEMENT_DIFFERS',
    /^cash:/,
    {
      says: "A month's statement and books differ by more than their lines tell. Import the missing statement or opening balance: tieout reconcile proofs --month MONTH.",
      days: 3,
      resolutions: SEEN,
      command: 'tieout reconcile proofs --month MONTH',
    },
  ],
  [
    'STATEMENT_DIFFERS',
    /^account:/,
    {
      says: 'An account that money only passes through does not come to what is open on it. Look for the cause: tieout ledger register ACCOUNT.',
      resolutions: [],
      command: 'tieout ledger register ACCOUNT',
    },
  ],
  ['CURRENCY', /^order:/, { owner: 'operations', days: 2, command: 'tieout doctor' }],
  ['CURRENCY', /^line:/, { words: ['unmatch'], command: RECONCILE }],
  // To accept it would leave the row's money out of the books, with nothing that says so: it closes the rows.
  ['ANSWER_UNREAD', /^quarantine:/, { words: ['retry'], command: 'tieout explain ROW' }],
  ['FILE_UNREAD', /^quarantine:/, { words: ['retry'], command: 'tieout explain ROW' }],
  [
    'FILE_UNREAD',
    /^repeated:/,
    {
      says: 'A file states something that is booked already, or covered otherwise. Nothing of it is booked again, unless it is a payment of its own.',
      facts: 'amount',
      resolutions: ['same', 'not-a-duplicate'],
    },
  ],
  ['FILE_UNREAD', /^(?:reconcile|proofs)$/, { owner: 'operations', days: 1, command: 'tieout reconcile run' }],
  [
    'REQUEST_UNCERTAIN',
    /^journal:/,
    {
      says: 'A journal was sent and nobody could look up yet whether it arrived. It is not sent again before that; the next delivery looks.',
      owner: 'controller',
      words: [],
      command: 'tieout deliver',
    },
  ],
  [
    'DELIVERY_FAILED',
    /^target$/,
    {
      says: 'An accounting system could not be reached, or refused the connection. Everything waits, nothing is lost: see tieout connections; the next delivery goes on.',
      owner: 'operations',
      words: [],
      command: 'tieout connections',
    },
  ],
  ['TARGET_CHANGED', /:edited$/, { words: ['keep-theirs'] }],
  ['TARGET_CHANGED', /:deleted$/, { words: ['retry', 'keep-theirs'] }],
  [
    'TARGET_CHANGED',
    /^tie-out$/,
    {
      says: 'After a delivery the sums of an accounting system and of the books differ, and no changed entry explains it, or an entry there was sealed in other books than these. It ends with the first night that ties out.',
      command: 'tieout targets tie-out',
    },
  ],
  [
    'TARGET_CHANGED',
    /:copied$/,
    {
      says: 'The accounting system holds a journal more than once. Delete the copy there; ours is named in the detail.',
      resolutions: ['dismiss'],
      command: null,
    },
  ],
]

const UNKNOWN_CODE = rule('This program does not know the code: a newer one raised it.', 'controller', 3, {
  resolutions: SEEN,
})

const BY_CODE: Readonly<Record<string, CodeRule>> = CODES

/** The rule of a code about a subject. A code that the table does not have, from a newer program, is the controller's. */
export function ruleOf(code: string, object = ''): CodeRule {
  const general = BY_CODE[code] ?? UNKNOWN_CODE
  const special = SUBJECTS.find(([of, subject]) => of === code && subject.test(object))
  return special === undefined ? general : { ...general, ...special[2] }
}
