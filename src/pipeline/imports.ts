/** Imports as commands of their own: the same landing and processing as in a sync, in a run that may be repeated. */
import { createHash } from 'node:crypto'
import type { BookConfig, Config } from '../config/model.ts'
import type { Environment } from '../config/secrets.ts'
import { loadMappings } from '../config/mappings.ts'
import { NO_TOTALS } from '../domain/control-totals.ts'
import { lastLandedBatch } from '../evidence/landing.ts'
import { importFile, sha256OfFile, type ImportFile, type ImportResult } from './import-file.ts'
import { createRunHttpClient, planBook } from './plan.ts'
import { landAndProcess, recover } from './run-context.ts'
import { loadStep, type StepState } from './runs.ts'
import { landSettings } from './sync.ts'
import { withRun, type RunEnvironment } from './with-run.ts'

export interface ImportRequest {
  readonly config: Config
  readonly book: BookConfig
  readonly env: Environment
}

export interface ImportOutcome {
  readonly files: readonly ImportResult[]
  readonly steps: readonly StepState[]
  /** Rows set aside by this run, each with its place in the file and the reason. */
  readonly quarantined: readonly { readonly object: string; readonly reason: string }[]
}

export async function importFiles(
  environment: RunEnvironment,
  request: ImportRequest,
  files: readonly ImportFile[],
): Promise<ImportOutcome> {
  const hashes = await Promise.all(files.map((file) => sha256OfFile(file.path)))
  const args = argumentsOf(files, hashes)
  const { result, steps } = await withImportRun(environment, request, 'import', args, async (context) => {
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
  request: ImportRequest,
  source: string,
  ids: readonly string[],
): Promise<{ readonly added: bigint; readonly known: bigint }> {
  const step = `ids:${source}`
  const { result } = await withImportRun(
    environment,
    request,
    'import',
    { ids: ids.join(), source },
    async (context) => {
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
    },
  )
  return { added: result.rows.posted, known: result.rows.unchanged }
}

type Work<T> = Parameters<typeof withRun<T>>[4]

/** A run that lands what a person hands over, after finishing what was landed before. */
export async function withImportRun<T>(
  environment: RunEnvironment,
  { config, book, env }: ImportRequest,
  kind: 'import' | 'decision',
  args: Readonly<Record<string, string>>,
  work: Work<T>,
) {
  const http = createRunHttpClient(config.http, environment.clock)
  const plan = planBook(book, loadMappings(config.mappings).rules, {
    env,
    clock: environment.clock,
    http,
    database: environment.database,
  })
  try {
    return await withRun(environment, plan, kind, args, async (context) => {
      await recover(context)
      await landSettings(context, plan)
      return work(context)
    })
  } finally {
    await http.close()
  }
}
