/**
 * The ways a bank's CSV can be meant where its columns alone do not tell: positive is in or out, a fee is on top of the
 * amount or in it, the balance is the one after the line or before it, lines run oldest or newest first. Each way gives
 * sections with what their balances prove.
 */
import { createHash } from 'node:crypto'
import type { AmountSign, BalancePlace, BankReading, LineOrder } from '../../../domain/statements/bank-reading.ts'
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

/** A reading with nothing left open. */
export type WholeReading = { readonly [Key in keyof BankReading]-?: NonNullable<BankReading[Key]> }

/** One way to read the file, and what its balances say of it. */
export interface Tried {
  readonly reading: WholeReading
  readonly kind: 'foots' | 'differs' | 'unproven'
  /** How many balances followed from the ones before them. */
  readonly agreed: number
  /** Made when asked for: most ways of a large file are never looked at again. */
  readonly sections: () => readonly ProvenSection[]
}

export interface Ways {
  readonly signs: readonly AmountSign[]
  readonly fees: readonly boolean[]
  readonly owed: readonly boolean[]
  readonly places: readonly BalancePlace[]
  readonly orders: readonly LineOrder[]
}

/** The usual ways first. */
export function tryAll(drafts: readonly SectionDraft[], ways: Ways): readonly Tried[] {
  const arrangements = arrangementsOf(drafts.map(({ lines }) => lines)).filter(({ order }) =>
    ways.orders.includes(order),
  )
  return ways.signs.flatMap((sign) =>
    ways.fees.flatMap((isFeeOnTop) =>
      ways.owed.flatMap((isOwed) =>
        ways.places.flatMap((balance) =>
          arrangements.map((arrangement) =>
            tryOne(drafts, { sign, isFeeOnTop, isOwed, balance, order: arrangement.order }, arrangement),
          ),
        ),
      ),
    ),
  )
}

export function hasBalances(drafts: readonly SectionDraft[]): boolean {
  return drafts.some(({ lines }) => lines.some(({ balance }) => balance !== null))
}

function tryOne(drafts: readonly SectionDraft[], reading: WholeReading, { inOrder }: Arrangement): Tried {
  const sections = (): readonly ProvenSection[] => drafts.map((draft) => provenSection(draft, reading, inOrder))
  const proofs = sections().map(({ proof }) => proof)
  const kinds = proofs.map(({ footing }) => footing.kind)
  return {
    reading,
    // A section with a single balance proves nothing and disproves nothing.
    kind: kinds.includes('differs') ? 'differs' : kinds.includes('foots') ? 'foots' : 'unproven',
    agreed: proofs.reduce((sum, { agreed }) => sum + agreed, 0),
    sections,
  }
}

function provenSection(
  { lines, stated }: SectionDraft,
  reading: WholeReading,
  inOrder: Arrangement['inOrder'],
): ProvenSection {
  const turned = lines.map((line) => turn(line, reading))
  const ordered = inOrder(turned)
  const owed = (balance: bigint | null): bigint | null => (balance === null || !reading.isOwed ? balance : -balance)
  const proof = prove(ordered, { ...stated, opening: owed(stated.opening), closing: owed(stated.closing) })
  return { lines: turned, proof: { ...proof, inOrder: ordered } }
}

/** The same for ways that make the same of the file: which amounts moved, between which balances. */
export function outcomeOf({ sections }: Tried): string {
  const hash = createHash('sha256')
  for (const { lines, proof } of sections()) {
    for (const { amount, uncounted } of lines) hash.update(`${uncounted ?? amount} `)
    hash.update(`${proof.opening} ${proof.closing}\n`)
  }
  return hash.digest('hex')
}

export function turn(
  line: StatementLine,
  { sign, isFeeOnTop, isOwed, balance: place }: Pick<WholeReading, 'sign' | 'isFeeOnTop' | 'isOwed' | 'balance'>,
): StatementLine {
  const amount = sign === 'in-positive' ? line.amount : -line.amount
  const moved = moving({ ...line, amount }, isFeeOnTop)
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
