/** The versions of a target's mapping that a person accepted: who, when, and what changed against the one before. */
import type { Kysely, Selectable } from 'kysely'
import { z } from 'zod'
import type { MappingVersionTable } from '../../db/company-tables.ts'
import type { Tables } from '../../db/tables.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import { changesBetween, linesHash } from './mapping-lines.ts'
import type { TargetKey } from './company-store.ts'

export interface MappingVersion {
  readonly version: number
  readonly acceptedBy: string
  readonly acceptedAtMs: number
  /** Lower-case hex SHA-256 over its lines. */
  readonly hash: string
  readonly lines: readonly string[]
  readonly changes: readonly string[]
}

/** Oldest first. */
export async function mappingVersions(db: Kysely<Tables>, key: TargetKey): Promise<readonly MappingVersion[]> {
  const rows = await versionRows(db, key).orderBy('version').execute()
  return rows.map(toVersion)
}

/** Null before the first. */
export async function acceptedMapping(db: Kysely<Tables>, key: TargetKey): Promise<MappingVersion | null> {
  const row = await versionRows(db, key).orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? null : toVersion(row)
}

/** Null when these lines are what is accepted already. Inside the caller's transaction. */
export async function acceptMapping(
  trx: Kysely<Tables>,
  key: TargetKey,
  lines: readonly string[],
  { by, nowMs }: { readonly by: string; readonly nowMs: number },
): Promise<MappingVersion | null> {
  const last = await acceptedMapping(trx, key)
  if (last?.hash === linesHash(lines)) return null
  const said = {
    target: key.target,
    version: (last?.version ?? 0) + 1,
    by,
    lines: [...lines],
    changes: [...changesBetween(last?.lines ?? [], lines)],
  }
  await carryOut(trx, key.book, mappingAct, said, nowMs)
  return acceptedMapping(trx, key)
}

const mappingSchema = z.object({
  target: z.string(),
  version: z.number(),
  by: z.string(),
  lines: z.array(z.string()),
  changes: z.array(z.string()),
})

export const mappingAct: Act<z.infer<typeof mappingSchema>> = {
  kind: 'mapping',
  schema: mappingSchema,
  apply: async (trx, book, { target, version, by, lines, changes }, atMs) => {
    await trx
      .insertInto('mapping_version')
      .values({
        book,
        target,
        version: BigInt(version),
        accepted_by: by,
        accepted_at_ms: BigInt(atMs),
        sha256: Buffer.from(linesHash(lines), 'hex'),
        lines: lines.join('\n'),
        changes: changes.join('\n'),
      })
      .execute()
  },
}

function versionRows(db: Kysely<Tables>, { book, target }: TargetKey) {
  return db.selectFrom('mapping_version').selectAll().where('book', '=', book).where('target', '=', target)
}

function toVersion(row: Selectable<MappingVersionTable>): MappingVersion {
  return {
    version: Number(row.version),
    acceptedBy: row.accepted_by,
    acceptedAtMs: Number(row.accepted_at_ms),
    hash: row.sha256.toString('hex'),
    lines: row.lines.split('\n').filter((line) => line !== ''),
    changes: row.changes.split('\n').filter((line) => line !== ''),
  }
}
