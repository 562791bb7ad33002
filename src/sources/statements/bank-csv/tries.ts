/**
 * A file read one way, and what its balances say of it: the direction of its amounts, what its balances mean, a fee in the
 * amount or on top of it, and the order of the lines of a day.
 */
import type { AmountSign, BalancePlace, LineOrder } from '../../../domain/statements/bank-profile.ts'
import type { StatementLine } from '../../../domain/statements/statement.ts'
import { prove, type Proof, type Stated } from '../footing.ts'
import { arrangementsOf, type Arrangement } from './line-orders.ts'

export interface SectionDraft {
  /** As the columns say, in the order of the file, with balances as printed. */
  readonly lines: readonly StatementLine[]
  readonly stated: Stated
  readonly accountNumber: string | null
  readonly currency: string
}

export interface ProvenSection {
  readonly lines: readonly StatementLine[]
  readonly proof: Proof & { readonly inOrder: readonly StatementLine[] }
}

export interface Way {
  readonly sign: AmountSign
  readonly isOwed: boolean
  readonly isFeeOnTop: boolean
  readonly balance: BalancePlace
  readonly order: LineOrder
}

export interface Tried {
  readonly way: Way
  readonly kind: 'foots' | 'differs' | 'unproven'
  /** How many balances followed from the ones before them. */
  readonly agreed: number
  readonly sections: readonly ProvenSection[]
}

/** What is open, the usual first. A profile leaves hardly anything. */
export interface Ways {
  readonly signs: readonly AmountSign[]
  readonly owed: readonly boolean[]
  readonly fees: readonly boolean[]
  readonly balance: BalancePlace
  readonly orders: readonly LineOrder[]
  /** How lines of a day usually stand in the account's files; null: as the dates run. */
  readonly usualOrder: LineOrder | null
}

/** One after the other, as most files need the first alone and each holds all lines again. */
export function* tryWays(drafts: readonly SectionDraft[], ways: Ways): Generator<Tried, void, undefined> {
  const { balance, usualOrder } = ways
  const possible = arrangementsOf(drafts.map(({ lines }) => lines)).filter(({ order }) => ways.orders.includes(order))
  const arrangements = possible[1]?.order === usualOrder ? possible.toReversed() : possible
  for (const sign of ways.signs)
    for (const isOwed of ways.owed)
      for (const isFeeOnTop of ways.fees)
        for (const { order, inOrder } of arrangements)
          yield tryOne(drafts, { sign, isOwed, isFeeOnTop, balance, order }, inOrder)
}

function tryOne(drafts: readonly SectionDraft[], way: Way, inOrder: Arrangement['inOrder']): Tried {
  const sections = drafts.map((draft) => provenSection(draft, way, inOrder))
  const kinds = sections.map(({ proof }) => proof.footing.kind)
  return {
    way,
    // A section with a single balance proves nothing and disproves nothing.
    kind: kinds.includes('differs') ? 'differs' : kinds.includes('foots') ? 'foots' : 'unproven',
    agreed: sections.reduce((sum, { proof }) => sum + proof.agreed, 0),
    sections,
  }
}

function provenSection({ lines, stated }: SectionDraft, way: Way, inOrder: Arrangement['inOrder']): ProvenSection {
  const turned = lines.map((line) => turn(line, way))
  const ordered = inOrder(turned)
  const meant = (balance: bigint | null): bigint | null => (balance !== null && way.isOwed ? -balance : balance)
  const proof = prove(ordered, { ...stated, opening: meant(stated.opening), closing: meant(stated.closing) })
  return { lines: turned, proof: { ...proof, inOrder: ordered } }
}

/** The line itself where nothing of it is turned, as a long file has many. */
function turn(line: StatementLine, { sign, isOwed, isFeeOnTop, balance: place }: Way): StatementLine {
  const moved = moving(sign === 'in-positive' ? line : { ...line, amount: -line.amount }, isFeeOnTop)
  if (line.balance === null) return moved
  const printed = isOwed ? -line.balance : line.balance
  // What has not moved the balance yet stands beside the one it would have moved.
  const isAfter = place === 'after' || moved.uncounted !== null
  return { ...moved, balance: isAfter ? printed : printed + moved.amount }
}

function moving(line: StatementLine, isFeeOnTop: boolean): StatementLine {
  const { fee, amount } = line
  if (fee === null) return line
  if (!isFeeOnTop) return { ...line, gross: amount + fee }
  const net = amount - fee
  const uncounted = line.uncounted === 'information' && net !== 0n ? null : line.uncounted
  return { ...line, amount: net, gross: amount, uncounted }
}
