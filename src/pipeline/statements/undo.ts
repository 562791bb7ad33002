/** A person takes a statement file back: checked first, then landed and processed like any evidence, and reconciled anew. */
import { InputError, RejectedError } from '../../domain/errors.ts'
import { listFiles } from '../../evidence/statements/files.ts'
import { listUndone, type StatementUndo } from '../../evidence/statements/undo.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { reconcileWaiting } from '../import-statement.ts'
import type { ReconcileSummary } from '../process/match-summary.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'

export interface UndoRequest {
  /** The beginning of its hash. */
  readonly file: string
  readonly by: string
  readonly why: string
}

export interface StatementsUndone {
  /** One for each account the file was imported into. */
  readonly files: readonly (StatementUndo & { readonly accountName: string })[]
  /** Reversing transactions among them. */
  readonly posted: number
  readonly reconciled: ReconcileSummary | null
}

/** Throws InputError when no such file is imported, or it has been taken back before. */
export async function undoStatementFile(
  environment: RunEnvironment,
  request: BookRequest,
  { file, by, why }: UndoRequest,
): Promise<StatementsUndone> {
  const said = JSON.stringify({ undo: file.toLowerCase(), by, why })
  const { result } = await withBookRun(environment, request, 'decision', { statement: said }, async (context) => {
    const { kysely } = context.database
    const sha256 = await requireFile(context, file.toLowerCase())
    const names = new Map([...(context.processor.inForce?.sourceIds ?? [])].map(([name, id]) => [id, name]))
    const landings = (await listFiles(kysely, context.book.id, { sha256 })).map(({ account }) => ({
      kind: 'statement-decision' as const,
      source: names.get(account) ?? '',
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ decide: 'undo', sha256, by, why })),
    }))
    const { posted, totals, batch } = await landAndProcess(context, `undo:${sha256.slice(0, 16)}`, landings)
    if (totals.rows.quarantined > 0n)
      throw new RejectedError(
        'STATEMENT_NOT_UNDONE',
        `The file ${sha256.slice(0, 12)} is not imported any more, so nothing was taken back.`,
        'tieout statements list shows what is imported.',
      )
    const undone = (await listUndone(kysely, context.book.id, { sha256 })).filter(
      (each) => each.undone_batch === BigInt(batch),
    )
    return {
      files: undone.map((each) => ({ ...each, accountName: names.get(each.account) ?? '' })),
      posted,
      reconciled: await reconcileWaiting(context, request.book, 'statement file taken back'),
    }
  })
  return result
}

/** The whole hash of the one file that begins with this. */
async function requireFile({ database: { kysely }, book }: RunContext, hash: string): Promise<string> {
  const isHash = /^[0-9a-f]{4,64}$/.test(hash)
  const found = isHash ? await listFiles(kysely, book.id, { sha256: hash }) : []
  const hashes = [...new Set(found.map(({ sha256 }) => sha256))]
  const [only] = hashes
  if (only !== undefined && hashes.length === 1) return only
  if (hashes.length > 1)
    throw new InputError('STATEMENT_AMBIGUOUS', `${hashes.length} files begin with ${hash}.`, 'Give more of the hash.')
  const before = isHash ? (await listUndone(kysely, book.id, { sha256: hash })).at(-1) : undefined
  if (before !== undefined) {
    const day = new Date(Number(before.undone_at_ms)).toISOString().slice(0, 10)
    throw new InputError(
      'STATEMENT_UNDONE',
      `${before.name} was taken back on ${day} by ${before.undone_by}: ${before.undone_why}`,
      'tieout statements import imports it again.',
    )
  }
  throw new InputError(
    'STATEMENT_UNKNOWN',
    `Nothing imported is called "${hash}".`,
    'Give at least four characters of the hash of a file: tieout statements list.',
  )
}
