/**
 * How files were read that versions of tieout landed before all ways were tried: the first way under which every section
 * ties is taken. Only a replay of such files comes here, so that it makes of them what was booked then.
 */
import type { AmountSign } from '../../../domain/statements/bank-reading.ts'
import { proveAnyOrder } from '../footing.ts'
import { feeOpen, signOpen } from './reading-questions.ts'
import { turn, type ProvenSection, type SectionDraft } from './readings.ts'
import type { Questions, Settled } from './settle-reading.ts'

interface FirstWay {
  readonly sign: AmountSign
  readonly isFeeOnTop: boolean
  readonly isOwed: boolean
  readonly balance: 'after'
}

export function firstReading(fileName: string, drafts: readonly SectionDraft[], questions: Questions): Settled {
  const hasFees = drafts.some(({ lines }) => lines.some(({ fee }) => fee !== null))
  const tried = waysOf(questions, hasFees).map((way) => ({ way, sections: drafts.map((draft) => proven(draft, way)) }))
  const footing = tried.find(({ sections }) => isProven(sections))
  const settled = { proved: null, how: null, assumedSign: null }
  if (footing !== undefined)
    return { ...settled, sections: footing.sections, remarks: remarksOf(footing.way, questions) }
  if (questions.sign === null && questions.isSignOpen) throw signOpen(fileName)
  if (hasFees && !questions.isFeeChosen) throw feeOpen(fileName)
  const isUnproven = questions.isOneColumn && questions.sign === null
  return { ...settled, sections: tried[0]?.sections ?? [], remarks: isUnproven ? [UNPROVEN_SIGN] : [] }
}

export const UNPROVEN_SIGN =
  'No balance in it proves which way: negative amounts are read as money out. If it is the other way round, say --columns "sign=out-positive".'

function isProven(sections: readonly ProvenSection[]): boolean {
  const kinds = sections.map(({ proof }) => proof.footing.kind)
  return kinds.includes('foots') && !kinds.includes('differs')
}

function waysOf({ sign, isOneColumn, isFeeChosen }: Questions, hasFees: boolean): readonly FirstWay[] {
  const signs: readonly AmountSign[] =
    sign !== null ? [sign] : isOneColumn ? ['in-positive', 'out-positive'] : ['in-positive']
  const fees = !hasFees ? [false] : isFeeChosen ? [true] : [false, true]
  const owed = sign === 'out-positive' ? [false, true] : [false]
  return signs.flatMap((each) =>
    fees.flatMap((isFeeOnTop) => owed.map((isOwed) => ({ sign: each, isFeeOnTop, isOwed, balance: 'after' }) as const)),
  )
}

function proven({ lines, stated }: SectionDraft, way: FirstWay): ProvenSection {
  const turned = lines.map((line) => turn(line, way))
  const turnBalance = (balance: bigint | null): bigint | null => (balance === null || !way.isOwed ? balance : -balance)
  const proof = proveAnyOrder(turned, {
    ...stated,
    opening: turnBalance(stated.opening),
    closing: turnBalance(stated.closing),
  })
  return { lines: turned, proof }
}

function remarksOf({ sign, isFeeOnTop, isOwed }: FirstWay, questions: Questions): readonly string[] {
  const remarks: string[] = []
  if (sign === 'out-positive' && questions.sign === null)
    remarks.push('Its balances prove that positive amounts went out; they are turned round.')
  if (isOwed) remarks.push('Its balances are what is owed; they are turned round.')
  if (isFeeOnTop && !questions.isFeeChosen)
    remarks.push('Its balances prove that fees were taken on top of the amounts.')
  return remarks
}
