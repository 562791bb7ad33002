/** A statement file that a person takes back, and what must hold afterwards. */
import { listFiles } from '../../src/evidence/statements/files.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { undoStatementFile } from '../../src/pipeline/statements/undo.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { nightMs, type Rig } from './harness.ts'

export async function undo(rig: Rig, file: string, why = 'wrong account', atMs = nightMs(31)) {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  return undoStatementFile(rig.environment(atMs), request, { file, by: 'Ann', why })
}

/** As by a run that was stopped before it reconciled. */
export async function undoAlone(rig: Rig, { accountName, sha256 }: FileOf, atMs = nightMs(31)): Promise<void> {
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const decision = { decide: 'undo', sha256, by: 'Ann', why: 'wrong account' }
  await withBookRun(rig.environment(atMs), request, 'decision', {}, async (context) => {
    const landing = {
      kind: 'statement-decision' as const,
      source: accountName,
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(decision)),
    }
    await landAndProcess(context, 'undo', [landing])
  })
}

interface FileOf {
  readonly accountName: string
  readonly sha256: string
}

export async function hashOf(rig: Rig, name: string): Promise<string> {
  const files = await listFiles(rig.database.kysely, (await rig.bookRow()).id)
  return files.find((file) => file.name === name)?.sha256 ?? ''
}

/** "LINE_UNMATCHED line:1". */
export async function open(rig: Rig): Promise<readonly string[]> {
  const rows = await listExceptions(rig.database.kysely, (await rig.bookRow()).id, { status: 'open' })
  return rows.map(({ code, object }) => `${code} ${object}`).sort()
}
