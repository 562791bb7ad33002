/**
 * A person takes back what was last decided about an exception: what it posted is reversed on the day of that word, and
 * the exception is open again with the amount it had. Where something else has followed from the decision, it says what
 * to do instead.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../../db/tables.ts'
import { RESOLUTION_NAMES, RESOLUTIONS, type ResolutionEffect } from '../../../domain/exceptions/resolutions.ts'
import type { Units } from '../../../domain/money/money.ts'
import { isoDateInZone } from '../../../domain/time/dates.ts'
import type { Evidence, TransactionDraft } from '../../../domain/transaction.ts'
import { historyOf } from '../../../reconcile/exceptions/history.ts'
import type { StoredException } from '../../../reconcile/exceptions.ts'
import { isTelling } from '../../engine/items.ts'
import { draftsOf, vendorWant } from '../../engine/want.ts'
import { sourceOf, type ContextSource } from '../context.ts'
import type { PlanContext } from './effect.ts'

/** The resolution that the history names for a decision that was taken back. */
export const UNDO = 'undo'

interface UndoRequest {
  readonly exception: StoredException
  readonly evidence: Evidence
  readonly atMs: number
  readonly memo: string
}

type UndoPlan =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'planned'
      readonly drafts: readonly TransactionDraft[]
      /** What is open of it again. */
      readonly amount: Units | null
    }

const INSTEAD: Readonly<Record<ResolutionEffect, string | null>> = {
  none: null,
  'write-off': null,
  adjustment: null,
  'top-up': null,
  bonus: null,
  denied: null,
  answer: 'a later answer about the same reading replaces it: say the right word, with --reading',
  release: 'the nights are worked out with the claims by now; what the panel does not pay of them is decided as denied',
  row: 'what it counted is a line or a payment of its own now; take back the file that states it, or state it anew',
}

export async function planUndo(context: PlanContext, request: UndoRequest): Promise<UndoPlan> {
  const { exception } = request
  const history = await historyOf(context.db, context.book, exception.number)
  const at = history.findLastIndex(({ event }) => event === 'resolved')
  const said = history[at]
  if (said === undefined) return refused('nobody has decided it')
  if (said.resolution === UNDO) return refused('the last decision about it is taken back already')
  if (history.slice(at + 1).some(({ event }) => event !== 'assigned'))
    return refused('it has changed since it was decided; decide what is open of it now')
  const name = RESOLUTION_NAMES.find((each) => each === said.resolution)
  const instead = name === undefined ? 'this program does not know the word' : INSTEAD[RESOLUTIONS[name].effect]
  if (instead !== null) return refused(instead)
  if (isTelling(exception.code)) return refused('it ended what could not be read; import the file again')
  const amount = history[at - 1]?.amount ?? exception.amount
  const owner = sourceOf(context, exception.source)
  if (owner === null || said.evidence === null) return { kind: 'planned', drafts: [], amount }
  return { kind: 'planned', drafts: await reversals(context, owner, said.evidence, request), amount }
}

function refused(reason: string): UndoPlan {
  return { kind: 'refused', reason }
}

/** The opposite of each transaction that the decision posted. */
async function reversals(
  context: PlanContext,
  source: ContextSource,
  decided: Evidence,
  { evidence, atMs, memo }: UndoRequest,
): Promise<readonly TransactionDraft[]> {
  const posted = await postedBy(context.db, context.book, source.id, decided)
  const date = isoDateInZone(atMs, context.settings.book.timeZone)
  const wants = posted.map(({ object, kind, amount }) => {
    const total = (booked: Units): Units => booked - amount
    return vendorWant(context, source, { object, kind, total, date, rule: 'X1', memo, evidence })
  })
  return draftsOf(context, wants)
}

async function postedBy(db: Kysely<Tables>, book: bigint, source: bigint, { batch, item }: Evidence) {
  return db
    .selectFrom('txn')
    .select(['object', 'kind', 'amount'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('evidence_batch', '=', BigInt(batch))
    .where('evidence_item', '=', BigInt(item))
    .where('rule', '=', 'X1')
    .orderBy('seq')
    .execute()
}
