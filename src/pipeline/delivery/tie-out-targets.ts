/** Ties out a book's targets one after the other, with the names a person knows their accounts by. */
import { loadMappings } from '../../config/mappings.ts'
import type { Book } from '../../ledger/books.ts'
import type { AccountNames } from '../../targets/compare-entries.ts'
import { sealedOpenings, type OpeningTotal } from '../../targets/mapping/opening-sums.ts'
import { tieOut, type TieOutAnswer } from '../../targets/outbox/tie-out.ts'
import type { RunEnvironment } from '../with-run.ts'
import { withWork, type DeliveryRequest } from './deliver-book.ts'

export interface TargetTieOut {
  readonly target: string
  readonly answer: TieOutAnswer
  /** By the target's own id; QuickBooks' ids say nothing to anybody. */
  readonly accountNames: AccountNames
  /** Of sealed journals, where the target does not get them. */
  readonly openings: readonly OpeningTotal[]
}

export async function tieOutTargets(
  environment: RunEnvironment,
  book: Book,
  request: DeliveryRequest,
): Promise<readonly TargetTieOut[]> {
  const mappings = loadMappings(request.config.mappings)
  const tied: TargetTieOut[] = []
  for (const target of request.targets) {
    environment.signal.throwIfAborted()
    const done = await withWork(environment, { book, request, target, mappings }, async (work) => ({
      answer: await tieOut(work),
      accountNames: work.accountNames,
    }))
    const openings = target.deliverOpenings
      ? []
      : await sealedOpenings(environment.database.kysely, book.id, target.from)
    tied.push({ target: target.name, ...done, openings })
  }
  return tied
}

export function isTied({ answer }: TargetTieOut): boolean {
  return answer.ok && answer.tieOut.isTied
}
