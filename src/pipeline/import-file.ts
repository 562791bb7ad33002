/**
 * Files into the landing: an order history or an evidence file, in chunks of a few thousand rows, each landed raw and
 * processed before the next is read, so a million rows need no more memory than one chunk. The same file again for the
 * same source is recognised by its hash and changes nothing; a killed import goes on after the last chunk it finished.
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../domain/errors.ts'
import type { ControlTotals } from '../domain/wallets/control-totals.ts'
import { carryOut } from '../log/acts.ts'
import { importAct, isImported } from '../evidence/imported-files.ts'
import type { LandingKind } from '../log/landing.ts'
import type { CsvChunk } from '../sources/csv/open.ts'
import { isFooting, skippedTimesRemark, type HistoryFooting } from '../sources/panel/history-footing.ts'
import { landAndProcess, underLease, type RunContext } from './run-context.ts'
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
  /** True when an earlier run had already imported exactly these bytes into this source. */
  readonly alreadyImported: boolean
  /** Why the file as a whole could not be read, and what to do; null when it could. Only of files in the inbox. */
  readonly refusal: string | null
  /** When and into which sources exactly these bytes went before, this source included; the oldest first. */
  readonly earlier: readonly EarlierImport[]
  readonly totals: ControlTotals | null
  /** Of the whole file, also when an earlier run had imported a part of it; null for a file that has no orders. */
  readonly footing: HistoryFooting | null
}

export interface EarlierImport {
  /** '' for files whose rows name their sources. */
  readonly source: string
  /** The file's name then. */
  readonly file: string
  readonly importedAtMs: number
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

/** Imports within a run; the step is named after the file's hash and its source, so the run can import several files. */
export async function importFile(run: RunContext, file: ImportFile, sha256: string): Promise<ImportResult> {
  const name = basename(file.path)
  const step = stepOf(file, sha256)
  const earlier = await earlierImports(run, file, sha256)
  if (earlier.some(({ source }) => source === file.source))
    return { file: name, sha256, alreadyImported: true, refusal: null, earlier, totals: null, footing: null }
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
  const remark = whole === null ? null : skippedTimesRemark(whole)
  if (remark !== null) run.warn(file.source, `${name}: ${remark}`)
  if (whole !== null && !isFooting(whole)) run.warn(file.source, `${name}: a total line does not agree with its rows`)
  if (earlier.length > 0) run.warn(file.source, `${name}: ${alsoIn(earlier)}`)
  return {
    file: name,
    sha256,
    alreadyImported: false,
    refusal: null,
    earlier,
    totals: after?.totals ?? null,
    footing: whole,
  }
}

/**
 * Evidence files keep the name that steps had when a file had no source. A history half imported under that name begins
 * again: nobody can tell for which source it was, and an order is registered once however often it is read.
 */
function stepOf({ source }: ImportFile, sha256: string): string {
  const step = `import:${sha256.slice(0, 16)}`
  return source === '' ? step : `${step}:${source}`
}

/** A list belongs to one panel, so a person should see that this one went into another, too. */
function alsoIn(earlier: readonly EarlierImport[]): string {
  const places = earlier.map(({ source, importedAtMs }) => `${source} on ${dayOf(importedAtMs)}`).join(', ')
  return `the same file was imported into ${places}; if one of them is a mistake, its panel will not know the orders`
}

/** UTC, for sentences. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

async function earlierImports(run: RunContext, file: ImportFile, sha256: string): Promise<readonly EarlierImport[]> {
  const rows = await run.database.kysely
    .selectFrom('imported_file')
    .select(['source', 'name', 'imported_at_ms'])
    .where('book', '=', run.book.id)
    .where('sha256', '=', sha256)
    .where('kind', '=', file.kind)
    .orderBy('imported_at_ms')
    .orderBy('source')
    .execute()
  return rows.map((row) => ({ source: row.source, file: row.name, importedAtMs: Number(row.imported_at_ms) }))
}

async function rememberImport(run: RunContext, sha256: string, name: string, file: ImportFile): Promise<void> {
  const { kind, source } = file
  await underLease(run, async (trx) => {
    if (await isImported(trx, run.book.id, { sha256, kind, source })) return
    await carryOut(trx, run.book.id, importAct, { sha256, name, kind, source }, run.clock.nowMs())
  })
}
