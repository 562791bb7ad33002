/** What of a panel and its wallet waits for a person: one item per thing, opened and closed as the rules say of its nights. */
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Landed } from '../../log/landing.ts'
import { unclearOrders } from '../../evidence/order-counts.ts'
import { judge } from '../engine/items.ts'
import type { BatchContext, ContextSource } from './context.ts'
import { isToBeAsked } from '../../panels/rules/w3-rest.ts'
import type { WorkedWallet } from './panel-wallet.ts'

interface Item {
  readonly code: ExceptionCode
  readonly object: string
  /** Null: nothing waits. */
  readonly amount: Units | null
  readonly detail: string
}

const CODES: readonly ExceptionCode[] = [
  'WALLET_DIFFERS',
  'REFUND_MISSING',
  'CLAIMS_HELD',
  'TOP_UP_MISSING',
  'ORDERS_UNCLEAR',
  'CHARGE_UNKNOWN',
]

/** Nights named in an item; the others are counted. */
const NIGHTS_SHOWN = 5
/** 1.00: rounding one way in a month is no more than that. */
const ROUNDING_A_MONTH: Units = 100_000_000n

export async function tellWallet(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  worked: WorkedWallet,
): Promise<void> {
  const items = [
    differs(context, source, worked),
    overdue(source, worked),
    held(context, source, worked),
    roundedTooMuch(context, source, worked),
    ...inTransit(source, worked),
    ...(await unclear(context, source)),
  ]
  const { currency } = source
  const standing = items.flatMap((each) => (each.amount === null ? [] : [{ ...each, currency }]))
  const spokenOf = new Set(items.map(({ object }) => object))
  await judge(context, item, source.name, { codes: CODES, about: (object) => spokenOf.has(object), standing })
  context.tally.add(standing.length > 0 ? 'excepted' : 'unchanged', currency, null)
}

/** W3 and W4: old enough, and more than the wallet moved by while it was read. */
function differs(context: BatchContext, source: ContextSource, { outcome }: WorkedWallet): Item {
  const { difference, creditDays, nights } = outcome
  const width = nights.at(-1)?.width ?? 0n
  const spent = source.unlisted === 'spend' && difference < 0n
  const isOpen = !spent && abs(difference) > width && isToBeAsked(nights, creditDays)
  const isMore = difference > 0n
  const about = `${formatMoney(abs(difference))} ${source.currency}`
  const first = isMore
    ? `the wallet holds ${about} more than the known orders, refunds and top-ups explain; state a top-up or bonus that is missing, or say what it was`
    : `the wallet fell by ${about} beyond the known orders; import the panel's order history, or say what it was`
  const changed = nights.filter(({ rest }) => rest !== 0n).toReversed()
  const shown = changed.slice(0, NIGHTS_SHOWN).map(({ atMs, rest }) => `${dayOf(context, atMs)} ${signed(rest)}`)
  const more = changed.length > NIGHTS_SHOWN ? ` and ${changed.length - NIGHTS_SHOWN} more` : ''
  const detail = `${first}; by night: ${shown.join(', ')}${more}${widthText(source, width)}`
  return { code: 'WALLET_DIFFERS', object: 'wallet', amount: isOpen ? difference : null, detail }
}

/** W5 */
function overdue(source: ContextSource, { outcome }: WorkedWallet): Item {
  const { owed, creditDays, nights } = outcome
  const width = nights.at(-1)?.width ?? 0n
  const about = `${formatMoney(abs(outcome.overdue))} ${source.currency}`
  const first =
    outcome.overdue > 0n
      ? `refunds of ${about} that orders claim have not reached the wallet`
      : `orders that opened again cost ${about} which the panel has not taken back from the wallet`
  const takes = creditDays === 0 ? 'the same night' : `up to ${creditDays} nights`
  const detail = `${first}; this panel credits ${takes}, and ${formatMoney(owed)} is due in all${widthText(source, width)}`
  return { code: 'REFUND_MISSING', object: 'refunds', amount: outcome.overdue === 0n ? null : outcome.overdue, detail }
}

/** O7. */
function held(context: BatchContext, source: ContextSource, { outcome }: WorkedWallet): Item {
  const nights = outcome.nights.filter(({ heldClaims }) => heldClaims > 0n)
  const sum = nights.reduce((total, { heldClaims }) => total + heldClaims, 0n)
  const shown = nights.map(({ atMs, heldClaims }) => `${dayOf(context, atMs)} ${formatMoney(heldClaims)}`)
  const detail =
    `refunds of ${formatMoney(sum)} ${source.currency} were claimed at once (${shown.slice(0, NIGHTS_SHOWN).join(', ')}), ` +
    'more than this wallet ever gains in a night, so none of them is posted; release them, or wait for the panel to credit them'
  return { code: 'CLAIMS_HELD', object: 'claims', amount: nights.length === 0 ? null : sum, detail }
}

/** W3: rounding that goes one way is no rounding. */
function roundedTooMuch(context: BatchContext, source: ContextSource, { outcome }: WorkedWallet): Item {
  const months = new Map<string, { up: Units; down: Units }>()
  for (const { atMs, rounding, shortfall } of outcome.nights) {
    const month = dayOf(context, atMs).slice(0, 7)
    const sums = months.get(month) ?? { up: 0n, down: 0n }
    const change = rounding - shortfall
    months.set(month, change > 0n ? { ...sums, up: sums.up + change } : { ...sums, down: sums.down - change })
  }
  const [month, sums] = [...months].at(-1) ?? ['', { up: 0n, down: 0n }]
  const most = sums.up > sums.down ? sums.up : sums.down
  const way = sums.up > sums.down ? 'more' : 'less'
  const detail = `refunds of ${month} came to ${formatMoney(most)} ${source.currency} ${way} than claimed, a little each; rounding does not go one way`
  return { code: 'WALLET_DIFFERS', object: 'rounding', amount: most > ROUNDING_A_MONTH ? most : null, detail }
}

/** T1: stated for the wallet, and not shown by it for more than three nights. */
function inTransit(source: ContextSource, { outcome, nights, stated }: WorkedWallet): readonly Item[] {
  const lastMs = nights.at(-1)?.look.atMs ?? 0
  return stated.map(({ key, amount, atMs }) => {
    const [object = key] = key.split(' ')
    const isLate = outcome.shown.get(key) === null && lastMs >= atMs + IN_TRANSIT_MS
    const detail = `${object} of ${formatMoney(abs(amount))} ${source.currency} is stated, and no look at the wallet shows it`
    return { code: 'TOP_UP_MISSING', object: `${UNSEEN}${object}`, amount: isLate ? amount : null, detail }
  })
}

const UNSEEN = 'unseen:'

/** What the wallet never showed, beside what no statement shows. */
export function isUnseen(object: string): boolean {
  return object.startsWith(UNSEEN)
}

const IN_TRANSIT_MS = 4 * 86_400_000

const UNCLEAR = {
  quantity: {
    code: 'ORDERS_UNCLEAR',
    object: 'quantities',
    words: "partly delivered, and nobody has told how many were ordered; import the panel's order history",
  },
  runs: {
    code: 'ORDERS_UNCLEAR',
    object: 'runs',
    words:
      'drip-feed orders that show a charge beside the charges of their runs; the runs are posted: set dripFeed of the source to runs or parent',
  },
  charge: {
    code: 'CHARGE_UNKNOWN',
    object: 'charges',
    words:
      "without a charge in the panel's answers; import its order history and set chargeFromHistory, or wait for the charge",
  },
} as const

async function unclear({ db, book }: BatchContext, source: ContextSource): Promise<readonly Item[]> {
  const found = new Map((await unclearOrders(db, book, source.id)).map((each) => [each.unclear, each]))
  return Object.entries(UNCLEAR).map(([name, { code, object, words }]) => {
    const { count = 0, charges = 0n, example = '' } = found.get(name) ?? {}
    const detail = `${count} ${count === 1 ? 'order is' : 'orders are'} ${words} (for example ${example})`
    return { code, object, amount: count === 0 ? null : charges, detail }
  })
}

function dayOf({ settings }: BatchContext, atMs: number): string {
  return isoDateInZone(atMs, settings.book.timeZone)
}

function signed(amount: Units): string {
  return `${amount > 0n ? '+' : ''}${formatMoney(amount)}`
}

function widthText({ currency }: ContextSource, width: Units): string {
  return width === 0n ? '' : `; the wallet moved by ${formatMoney(width)} ${currency} while it was read`
}
