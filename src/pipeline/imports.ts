/** Imports as commands of their own: the same landing and processing as in a sync, in a run that may be repeated. */
import { createHash } from 'node:crypto'
import { NO_TOTALS } from '../domain/wallets/control-totals.ts'
import { lastLandedBatch } from '../log/landing.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { importFile, sha256OfFile, type ImportFile, type ImportResult } from './import-file.ts'
import { landAndProcess } from './run-context.ts'
import { loadStep, type StepState } from './runs.ts'
import type { RunEnvironment } from './with-run.ts'

export interface ImportOutcome {
  readonly files: readonly ImportResult[]
  readonly steps: readonly StepState[]
  /** Rows set aside by this run, each with its place in the file and the reason. */
  readonly quarantined: readonly { readonly object: string; readonly reason: string }[]
}

export async function importFiles(
  environment: RunEnvironment,
  request: BookRequest,
  files: readonly ImportFile[],
): Promise<ImportOutcome> {
  const hashes = await Promise.all(files.map((file) => sha256OfFile(file.path)))
  const args = argumentsOf(files, hashes)
  const { result, steps } = await withBookRun(environment, request, 'import', args, async (context) => {
    const results: ImportResult[] = []
    const first = (await lastLandedBatch(context.database.kysely, context.book.id)) + 1
    for (const [index, file] of files.entries()) results.push(await importFile(context, file, hashes[index] ?? ''))
    const quarantined = await context.database.kysely
      .selectFrom('quarantine')
      .select(['object', 'reason'])
      .where('book', '=', context.book.id)
      .where('batch', '>=', BigInt(first))
      .orderBy('batch')
      .orderBy('item')
      .orderBy('line')
      .execute()
    return { results, quarantined }
  })
  return { files: result.results, quarantined: result.quarantined, steps }
}

/** What must be equal for a killed import to be taken up: the bytes, and the source they belong to. */
function argumentsOf(files: readonly ImportFile[], hashes: readonly string[]): Readonly<Record<string, string>> {
  const sources = [...new Set(files.map(({ source }) => source))].filter((source) => source !== '').join()
  const all = createHash('sha256').update(hashes.join()).digest('hex')
  return sources === '' ? { files: all } : { files: all, source: sources }
}

/** Registers ids typed in by a person. */
export async function importOrderIds(
  environment: RunEnvironment,
  request: BookRequest,
  source: string,
  ids: readonly string[],
): Promise<{ readonly added: bigint; readonly known: bigint }> {
  const step = `ids:${source}`
  const { result } = await withBookRun(environment, request, 'import', { ids: ids.join(), source }, async (context) => {
    const landing = {
      kind: 'order-ids' as const,
      source,
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(ids)),
    }
    await landAndProcess(context, step, [landing])
    return (await loadStep(context.database.kysely, context.run, step))?.totals ?? NO_TOTALS
  })
  return { added: result.rows.posted, known: result.rows.unchanged }
}

/** Says whom orders were for; null takes the tag away. Orders that are not registered yet may be tagged too. */
export async function tagOrderIds(
  environment: RunEnvironment,
  request: BookRequest,
  source: string,
  tags: { readonly client: string | null; readonly ids: readonly string[]; readonly by: string },
): Promise<{ readonly changed: bigint; readonly unchanged: bigint }> {
  const { client, ids, by } = tags
  const step = `tags:${source}`
  const args = { client: client ?? '', ids: ids.join(), source }
  const { result } = await withBookRun(environment, request, 'import', args, async (context) => {
    const landing = {
      kind: 'order-tags' as const,
      source,
      request: { by },
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ client, ids })),
    }
    await landAndProcess(context, step, [landing])
    return (await loadStep(context.database.kysely, context.run, step))?.totals ?? NO_TOTALS
  })
  return { changed: result.rows.posted, unchanged: result.rows.unchanged }
}
