/**
 * Four eyes: what posts more than one person may decide needs a second one. The one is who resolves it, the other who
 * assigned it; neither may be who stated the evidence it rests on.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { isSamePerson } from '../domain/person.ts'
import { readBatch } from '../log/landing.ts'
import type { StoredException } from '../reconcile/exceptions.ts'
import { historyOf } from '../reconcile/exceptions/history.ts'

/** Null when there is a second person; otherwise why there is none, as the end of a sentence. */
export async function secondPersonMissing(
  db: Kysely<Tables>,
  book: bigint,
  exception: StoredException,
  by: string,
): Promise<string | null> {
  const stated = await personOf(db, book, exception)
  if (stated !== null && isSamePerson(stated, by)) return `${by} stated the evidence it rests on`
  const history = await historyOf(db, book, exception.number)
  const assigners = history.flatMap((line) => (line.event === 'assigned' && line.by !== null ? [line.by] : []))
  if (assigners.some((each) => !isSamePerson(each, by))) return null
  return assigners.length === 0 ? 'nobody has assigned it yet' : `only ${by} has assigned it`
}

/** Decisions say who made them; what vendors and files say was said by nobody we know. */
async function personOf(db: Kysely<Tables>, book: bigint, { evidence }: StoredException): Promise<string | null> {
  const landed = (await readBatch(db, book, evidence.batch)).find(({ item }) => item === evidence.item)
  if (landed === undefined || !landed.kind.endsWith('-decision')) return null
  const said: unknown = JSON.parse(landed.body.toString('utf8'))
  return typeof said === 'object' && said !== null && 'by' in said && typeof said.by === 'string' ? said.by : null
}
