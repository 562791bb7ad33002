/**
 * What columns alone do not tell, told by the balances: whether positive is in or out, and whether a fee comes on top of
 * the amount. The reading under which every section foots is taken; where none does and it matters, a person is asked.
 */
import { InputError } from '../../../domain/errors.ts'
import type { StatementLine } from '../../../domain/statements/statement.ts'
import { proveAnyOrder, type Proof, type Stated } from '../footing.ts'
import type { AmountSign } from '../options.ts'

export interface Variant {
  readonly sign: AmountSign
  readonly isFeeOnTop: boolean
  /** Balances of a card are what is owed. */
  readonly isOwed: boolean
}

export interface SectionDraft {
  readonly lines: readonly StatementLine[]
  readonly stated: Stated
}

export interface ProvenSection {
  readonly lines: readonly StatementLine[]
  readonly proof: Proof & { readonly inOrder: readonly StatementLine[] }
}

export interface Settled {
  readonly sections: readonly ProvenSection[]
  readonly remarks: readonly string[]
}

interface Questions {
  /** Nothing in the columns tells the sign. */
  readonly isSignOpen: boolean
  /** The amount is one column, whose sign may be turned. */
  readonly isOneColumn: boolean
  readonly sign: AmountSign | null
  /** A person has named the fee's column, so it is on top. */
  readonly isFeeChosen: boolean
}

export function settleVariants(fileName: string, drafts: readonly SectionDraft[], questions: Questions): Settled {
  const hasFees = drafts.some(({ lines }) => lines.some(({ fee }) => fee !== null))
  const variants = variantsOf(questions, hasFees)
  const tried = variants.map((variant) => ({ variant, sections: drafts.map((draft) => proven(draft, variant)) }))
  const footing = tried.find(({ sections }) => isProven(sections))
  if (footing !== undefined) return { sections: footing.sections, remarks: remarksOf(footing.variant, questions) }
  if (questions.sign === null && questions.isSignOpen) throw signOpen(fileName)
  if (hasFees && !questions.isFeeChosen) throw feeOpen(fileName)
  const isUnproven = questions.isOneColumn && questions.sign === null
  const remark =
    'No balance in it proves which way: negative amounts are read as money out. If it is the other way round, say --columns "sign=out-positive".'
  return { sections: tried[0]?.sections ?? [], remarks: isUnproven ? [remark] : [] }
}

/** A section with a single balance proves nothing and disproves nothing. */
function isProven(sections: readonly ProvenSection[]): boolean {
  const kinds = sections.map(({ proof }) => proof.footing.kind)
  return kinds.includes('foots') && !kinds.includes('differs')
}

function variantsOf({ sign, isOneColumn, isFeeChosen }: Questions, hasFees: boolean): readonly Variant[] {
  const signs: readonly AmountSign[] =
    sign !== null ? [sign] : isOneColumn ? ['in-positive', 'out-positive'] : ['in-positive']
  const fees = !hasFees ? [false] : isFeeChosen ? [true] : [false, true]
  // A card's owed balance with the usual sign reads the same as money held, so only a person's word makes it owed.
  const owed = sign === 'out-positive' ? [false, true] : [false]
  return signs.flatMap((each) =>
    fees.flatMap((isFeeOnTop) => owed.map((isOwed) => ({ sign: each, isFeeOnTop, isOwed }))),
  )
}

function proven({ lines, stated }: SectionDraft, variant: Variant): ProvenSection {
  const turned = lines.map((line) => turn(line, variant))
  const turnBalance = (balance: bigint | null): bigint | null =>
    balance === null || !variant.isOwed ? balance : -balance
  const proof = proveAnyOrder(turned, {
    ...stated,
    opening: turnBalance(stated.opening),
    closing: turnBalance(stated.closing),
  })
  return { lines: turned, proof }
}

function turn(line: StatementLine, { sign, isFeeOnTop, isOwed }: Variant): StatementLine {
  const amount = sign === 'in-positive' ? line.amount : -line.amount
  const balance = line.balance === null || !isOwed ? line.balance : -line.balance
  if (line.fee === null) return { ...line, amount, balance }
  if (!isFeeOnTop) return { ...line, amount, balance, gross: amount + line.fee }
  const net = amount - line.fee
  const uncounted = line.uncounted === 'information' && net !== 0n ? null : line.uncounted
  return { ...line, amount: net, balance, gross: amount, uncounted }
}

function remarksOf({ sign, isFeeOnTop, isOwed }: Variant, questions: Questions): readonly string[] {
  const remarks: string[] = []
  if (sign === 'out-positive' && questions.sign === null)
    remarks.push('Its balances prove that positive amounts went out; they are turned round.')
  if (isOwed) remarks.push('Its balances are what is owed; they are turned round.')
  if (isFeeOnTop && !questions.isFeeChosen)
    remarks.push('Its balances prove that fees were taken on top of the amounts.')
  return remarks
}

function signOpen(fileName: string): InputError {
  return new InputError(
    'STATEMENT_COLUMNS',
    `${fileName}: neither its amounts nor a balance tell whether positive ones came in or went out.`,
    'Look at one of them and say --columns "sign=in-positive" or --columns "sign=out-positive"; or name the column that says it: --columns "direction=HEADER".',
  )
}

function feeOpen(fileName: string): InputError {
  return new InputError(
    'STATEMENT_COLUMNS',
    `${fileName}: it has fees, and no balance tells whether they come on top of the amounts.`,
    'Say --columns "fee=HEADER" if they do, or --columns "fee=" if the amounts are after fees.',
  )
}
