/**
 * What companies said of themselves, pull by pull: a row is written when something changed, with the answers it was read
 * from. Everything that is built for a target goes by the newest row, so that it can be done without asking.
 */
import { hash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../../db/tables.ts'
import { InvariantError } from '../../domain/errors.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import type { Company } from '../company.ts'

export interface TargetKey {
  readonly book: bigint
  /** The target's name in its book. */
  readonly target: string
}

export interface KnownCompany {
  /** 1, 2, 3 … per target: each change is one more. */
  readonly id: number
  /** Without the answers it was read from. */
  readonly company: Company
  readonly pulledBy: string
  readonly pulledAtMs: number
  /** When it was last found unchanged. */
  readonly checkedAtMs: number
}

export interface Pull {
  readonly by: string
  readonly nowMs: number
}

/** Writes what is new. The caller's transaction makes it one. */
export async function saveCompany(
  db: Kysely<Tables>,
  key: TargetKey,
  company: Company,
  { by, nowMs }: Pull,
): Promise<{ readonly isChanged: boolean }> {
  const { raw, ...kept } = company
  const text = JSON.stringify(kept)
  const last = await lastRow(db, key)
  const isChanged = last === undefined || !last.sha256.equals(hash('sha256', text, 'buffer'))
  if (isChanged) {
    const { id: companyId, name } = company
    const id = String((last?.id ?? 0n) + 1n)
    const said = { target: key.target, id, by, companyId, name, company: text, answers: JSON.stringify(raw) }
    await carryOut(db, key.book, companyAct, said, nowMs)
  }
  const checked = { checked_at_ms: BigInt(nowMs) }
  await db
    .insertInto('target_company_check')
    .values({ ...key, ...checked })
    .onConflict((conflict) => conflict.columns(['book', 'target']).doUpdateSet(checked))
    .execute()
  return { isChanged }
}

const companySchema = z.object({
  target: z.string(),
  id: z.string(),
  by: z.string(),
  companyId: z.string(),
  name: z.string(),
  /** JSON, without the answers. */
  company: z.string(),
  /** A JSON list of texts. */
  answers: z.string(),
})

/** A pull that found something new. */
export const companyAct: Act<z.infer<typeof companySchema>> = {
  kind: 'company',
  schema: companySchema,
  apply: async (trx, book, { target, id, by, companyId, name, company, answers }, atMs) => {
    const row = {
      book,
      target,
      id: BigInt(id),
      pulled_at_ms: BigInt(atMs),
      pulled_by: by,
      company_id: companyId,
      name,
      company,
      sha256: hash('sha256', company, 'buffer'),
      answers: zstdCompressSync(answers),
    }
    await trx.insertInto('target_company').values(row).execute()
  },
}

/** As it was pulled last; null before the first pull. Throws InvariantError when the row is not what was written. */
export async function knownCompany(db: Kysely<Tables>, key: TargetKey): Promise<KnownCompany | null> {
  const row = await lastRow(db, key)
  if (row === undefined) return null
  if (!hash('sha256', row.company, 'buffer').equals(row.sha256)) {
    const message = `The company kept for target "${key.target}" (pull ${row.id}) is not what was written.`
    throw new InvariantError('COMPANY_CHANGED', message, 'Pull it again: tieout mappings pull.')
  }
  const check = await db
    .selectFrom('target_company_check')
    .select('checked_at_ms')
    .where('book', '=', key.book)
    .where('target', '=', key.target)
    .executeTakeFirst()
  // Only `saveCompany` writes this column, and the hash says that it still holds what was written.
  const kept = JSON.parse(row.company) as Omit<Company, 'raw'>
  return {
    id: Number(row.id),
    company: { ...kept, raw: [] },
    pulledBy: row.pulled_by,
    pulledAtMs: Number(row.pulled_at_ms),
    checkedAtMs: Number(check?.checked_at_ms ?? row.pulled_at_ms),
  }
}

/** The answers a pull was read from, as they came. */
export async function companyAnswers(
  db: Kysely<Tables>,
  { book, target }: TargetKey,
  id: number,
): Promise<readonly string[]> {
  const row = await db
    .selectFrom('target_company')
    .select('answers')
    .where('book', '=', book)
    .where('target', '=', target)
    .where('id', '=', BigInt(id))
    .executeTakeFirst()
  if (row === undefined) return []
  return JSON.parse(zstdDecompressSync(row.answers).toString('utf8')) as readonly string[]
}

function lastRow(db: Kysely<Tables>, { book, target }: TargetKey) {
  return db
    .selectFrom('target_company')
    .selectAll()
    .where('book', '=', book)
    .where('target', '=', target)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
