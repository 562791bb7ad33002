/**
 * Files into the landing: an order history or an evidence file, in chunks of a few thousand rows, each landed raw and
 * processed before the next is read, so a million rows need no more memory than one chunk. The same file again is
 * recognised by its hash and changes nothing; a killed import goes on after the last chunk it finished.
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../domain/errors.ts'
import type { ControlTotals } from '../domain/control-totals.ts'
import type { LandingKind } from '../evidence/landing.ts'
import type { CsvChunk } from '../sources/csv/open.ts'
import { isFooting, type HistoryFooting } from '../sources/panel/history-footing.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import { loadStep } from './runs.ts'

export interface ImportFile {
  readonly path: string
  readonly kind: Extract<LandingKind, 'order-history' | 'evidence-file'>
  /** The source it belongs to; '' when its rows name their own. */
  readonly source: string
  /** Opens the file: decides how it is to be read (landed beside every chunk) and gives its chunks. */
  readonly open: (stream: AsyncIterable<Buffer>) => Promise<OpenImport>
}

export interface OpenImport {
  readonly layout: unknown
  readonly chunks: AsyncIterable<CsvChunk>
  /** What the chunks read so far came to; files without orders have none. */
  readonly footing?: () => HistoryFooting
}

export interface ImportResult {
  readonly file: string
  readonly sha256: string
  /** True when an earlier run had already imported exactly these bytes. */
  readonly alreadyImported: boolean
  readonly totals: ControlTotals | null
  /** Of the whole file, also when an earlier run had imported a part of it; null for a file that has no orders. */
  readonly footing: HistoryFooting | null
}

/** Throws InputError naming the file when it is not there, is not a file, or does not open. */
export async function sha256OfFile(path: string): Promise<string> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new InputError('FILE_MISSING', `There is no file ${path}.`, 'Check the path.')
  if (!stats.isFile()) throw new InputError('FILE_KIND', `${path} is not a file.`, 'Name one CSV file.')
  if (stats.size === 0) throw new InputError('FILE_EMPTY', `${path} is empty.`, 'Download it again.')
  const sum = createHash('sha256')
  for await (const piece of createReadStream(path)) sum.update(piece as Buffer)
  return sum.digest('hex')
}

/** Imports within a run; the step is named after the file's hash, so the run can import several files. */
export async function importFile(run: RunContext, file: ImportFile, sha256: string): Promise<ImportResult> {
  const name = basename(file.path)
  const step = `import:${sha256.slice(0, 16)}`
  if (await isImported(run, sha256)) return { file: name, sha256, alreadyImported: true, totals: null, footing: null }
  const before = await loadStep(run.database.kysely, run.run, step)
  const done = before === null ? 0 : Number(JSON.parse(before.position) ?? 0)
  const { layout, chunks, footing } = await file.open(createReadStream(file.path))
  let number = 0
  for await (const chunk of chunks) {
    number += 1
    if (number <= done) continue
    const request = { file: name, fileSha256: sha256, chunk: number, firstLine: chunk.firstLine, layout }
    const landing = {
      kind: file.kind,
      source: file.source,
      request,
      fetchedAtMs: run.clock.nowMs(),
      httpStatus: null,
      contentType: 'text/csv',
      body: chunk.bytes,
    }
    await landAndProcess(run, step, [landing], { position: String(number) })
    run.progress(`import ${name}`, chunk.rows)
  }
  await run.finishStep(step)
  await rememberImport(run, sha256, name, file)
  const after = await loadStep(run.database.kysely, run.run, step)
  const whole = footing?.() ?? null
  if (whole !== null && !isFooting(whole)) run.warn(file.source, `${name}: a total line does not agree with its rows`)
  return { file: name, sha256, alreadyImported: false, totals: after?.totals ?? null, footing: whole }
}

async function isImported(run: RunContext, sha256: string): Promise<boolean> {
  const row = await run.database.kysely
    .selectFrom('imported_file')
    .select('sha256')
    .where('book', '=', run.book.id)
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  return row !== undefined
}

async function rememberImport(run: RunContext, sha256: string, name: string, file: ImportFile): Promise<void> {
  await run.database.kysely
    .insertInto('imported_file')
    .values({
      book: run.book.id,
      sha256,
      name,
      kind: file.kind,
      source: file.source,
      imported_at_ms: BigInt(run.clock.nowMs()),
    })
    .onConflict((conflict) => conflict.columns(['book', 'sha256']).doNothing())
    .execute()
}
