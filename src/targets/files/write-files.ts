/**
 * Writes exported files so that a reader sees the old file or the new one, never a part of either: a temporary file in
 * the same folder, flushed to disk, then renamed over. The manifest is written last, so a set of files without a
 * matching manifest is an export that did not finish.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskTrouble, InputError, type TieoutError } from '../../domain/errors.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { LeftOut, RenderedFile } from '../document.ts'
import { machine } from '../../machine/machine.ts'

export interface NamedFile extends RenderedFile {
  readonly name: string
}

export interface WrittenFile {
  readonly name: string
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  readonly rows: number
  /** False when a file with the same bytes was already there. */
  readonly changed: boolean
}

export interface ManifestHeader {
  readonly book: string
  readonly format: string
  readonly from: string
  readonly to: string
  /** True when the files hold journals nobody has approved. */
  readonly preview: boolean
}

export interface WrittenSet {
  readonly files: readonly WrittenFile[]
  /** Path of the manifest. */
  readonly manifest: string
}

/**
 * Writes all files, then `<stem>.manifest.json` with what is in them. Throws InputError when the folder is a file or
 * cannot be written.
 */
export async function writeFileSet(
  outDir: string,
  stem: string,
  header: ManifestHeader,
  files: readonly NamedFile[],
  leftOut: readonly LeftOut[],
): Promise<WrittenSet> {
  try {
    return await writeInto(outDir, stem, header, files, leftOut)
  } catch (error) {
    throw folderProblem(outDir, error) ?? error
  }
}

/** What a person can do about a refusal of the file system; null when it was not one. */
function folderProblem(outDir: string, cause: unknown): TieoutError | null {
  const full = diskTrouble(outDir, cause)
  if (full !== null) return full
  if (!(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) return null
  const hint = 'Name a folder that can be written, with --out or as export.dir of the configuration.'
  if (cause.code === 'EEXIST' || cause.code === 'ENOTDIR') {
    const message = `The files cannot be written to ${outDir}: it is a file, or lies inside one, and not a folder.`
    return new InputError('EXPORT_FOLDER', message, `${hint} It is made when missing.`, { cause })
  }
  const message = `The files cannot be written to the folder ${outDir}: ${cause.message}.`
  return new InputError('EXPORT_FOLDER', message, hint, { cause })
}

async function writeInto(
  outDir: string,
  stem: string,
  header: ManifestHeader,
  files: readonly NamedFile[],
  leftOut: readonly LeftOut[],
): Promise<WrittenSet> {
  await mkdir(outDir, { recursive: true })
  const written: WrittenFile[] = []
  for (const file of files) {
    const { name, text, rows } = file
    const path = join(outDir, name)
    const bytes = Buffer.from(text, 'utf8')
    const changed = await writeAtomically(path, bytes)
    written.push({ name, path, sha256: sha256(bytes), bytes: bytes.length, rows, changed })
  }
  const manifest = join(outDir, `${stem}.manifest.json`)
  const content = {
    ...header,
    files: files.map(({ name, rows, totals, documents }, index) => ({
      name,
      sha256: written[index]?.sha256,
      bytes: written[index]?.bytes,
      rows,
      totals: totals.map(({ currency, debits, credits }) => ({
        currency,
        debits: formatExact(debits),
        credits: formatExact(credits),
      })),
      journals: documents,
    })),
    leftOut,
  }
  await writeAtomically(manifest, Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`, 'utf8'))
  return { files: written, manifest }
}

/**
 * Whole or not at all: a temporary file of the same folder, renamed over. True when the file changed; false when it already
 * had exactly these bytes.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<boolean> {
  if (await hasBytes(path, bytes)) return false
  const temporary = `${path}.${machine().uuid()}.tmp`
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
  return true
}

async function hasBytes(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return Buffer.compare(await readFile(path), bytes) === 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** A rename is durable once its folder is. Windows cannot open a folder, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
