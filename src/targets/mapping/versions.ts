/** The versions of a target's mapping that a person accepted: who, when, and what changed against the one before. */
import type { Kysely, Selectable } from 'kysely'
import type { MappingVersionTable } from '../../db/company-tables.ts'
import type { Tables } from '../../db/tables.ts'
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

/** Null when these lines are what is accepted already. The caller's transaction makes it one. */
export async function acceptMapping(
  db: Kysely<Tables>,
  key: TargetKey,
  lines: readonly string[],
  { by, nowMs }: { readonly by: string; readonly nowMs: number },
): Promise<MappingVersion | null> {
  const last = await acceptedMapping(db, key)
  const sha256 = linesHash(lines)
  if (last?.hash === sha256) return null
  const row = {
    ...key,
    version: BigInt(last?.version ?? 0) + 1n,
    accepted_by: by,
    accepted_at_ms: BigInt(nowMs),
    sha256: Buffer.from(sha256, 'hex'),
    lines: lines.join('\n'),
    changes: changesBetween(last?.lines ?? [], lines).join('\n'),
  }
  await db.insertInto('mapping_version').values(row).execute()
  return toVersion(row)
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
