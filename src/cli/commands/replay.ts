/** `tieout ledger replay`: process the raw landing again into an empty database and compare the chain heads. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { openDatabase } from '../../db/database.ts'
import { replayBook, type ReplayReport } from '../../pipeline/replay.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'

export function registerReplay(registry: Registry, ledger: Command): void {
  const replay = ledger
    .command('replay')
    .description('derive the books again from the raw landing; the chain head must be the same')
    .option('--into <database>', 'keep the result: an empty sqlite:PATH or postgres URL (default: a temporary file)')
  handle<{ readonly into?: string }>(registry, replay, (session, { into }) =>
    readBook(session, async (open) => {
      const folder = into === undefined ? mkdtempSync(join(tmpdir(), 'tieout-replay-')) : null
      try {
        const report = await replayInto(session, open, into ?? `sqlite:${join(folder ?? '', 'replay.db')}`)
        session.show(report, () => replayLines(open.book.name, report))
        return report.isSame ? 'ok' : 'findings'
      } finally {
        if (folder !== null) rmSync(folder, { recursive: true, force: true })
      }
    }),
  )
}

async function replayInto(session: Session, open: OpenBook, url: string): Promise<ReplayReport> {
  const progress = createProgress(session.io.stderr)
  const target = await openDatabase(url)
  try {
    return await replayBook({ kysely: open.kysely, book: open.book }, target, open.config, {
      nowMs: session.clock.nowMs(),
      signal: session.io.signal,
      onBatch: () => progress.add('replay', 1),
    })
  } finally {
    progress.clear()
    await target.close()
  }
}

function replayLines(book: string, { batches, original, replayed, unfit, isSame }: ReplayReport): readonly string[] {
  const verdict = isSame
    ? 'The replay gives the same chain head: these books follow from the evidence.'
    : 'The replay comes to OTHER books: run tieout ledger verify on the original, and compare the versions of tieout.'
  return [
    `Book ${book}: ${counted(batches, 'landed batch', 'landed batches')} replayed.`,
    `Original  sequence ${original.sequence}  head ${original.hash}`,
    `Replayed  sequence ${replayed.sequence}  head ${replayed.hash}`,
    ...unfit,
    verdict,
  ]
}
