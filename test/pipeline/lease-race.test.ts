/**
 * Several processes that go for the lease of one book at the same moment: exactly one gets it, and every other is told
 * that the book is busy, by the same sentence whether it came late or lost the race.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'

const RUNS = 4
const SETTINGS = { name: 'agency', currency: 'USD', timeZone: 'UTC' }
const from = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../src', path))

/** Says "ready", goes for the lease with the next line it reads, says how that went, and keeps it until it reads no more. */
function program(url: string): string {
  return `
    import { createInterface } from 'node:readline'
    import { openDatabase } from ${from('db/database.ts')}
    import { releaseLease, takeLease } from ${from('pipeline/lease.ts')}
    const { kysely, close } = await openDatabase(${JSON.stringify(url)})
    await kysely.selectFrom('lease').selectAll().execute()
    console.log('ready')
    let lease = null
    for await (const line of createInterface(process.stdin)) {
      try {
        lease = await takeLease(kysely, 1n, 'agency')
        console.log('taken')
      } catch (error) {
        console.log(error.code + ': ' + error.message)
      }
    }
    if (lease !== null) await releaseLease(kysely, lease)
    await close()`
}

interface Contender {
  readonly pid: number | undefined
  readonly ready: () => Promise<string>
  readonly go: () => Promise<string>
  readonly end: () => Promise<void>
}

function contender(url: string): Contender {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(url)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => (await lines.next()).value ?? ''
  return {
    pid: child.pid,
    ready: next,
    go: () => {
      child.stdin.write('go\n')
      return next()
    },
    end: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** What each said, the one who got it first. */
async function race(
  url: string,
): Promise<{ readonly winner: Contender | undefined; readonly losers: readonly string[] }> {
  const runs = Array.from({ length: RUNS }, () => contender(url))
  await Promise.all(runs.map((run) => run.ready()))
  const said = await Promise.all(runs.map((run) => run.go()))
  await Promise.all(runs.map((run) => run.end()))
  return { winner: runs[said.indexOf('taken')], losers: said.filter((each) => each !== 'taken') }
}

describeEmptyOnBothEngines('runs that start at once', (freshUrl) => {
  it('find one of them working on the book, the first time and after one that died', async () => {
    const url = await freshUrl()
    const { kysely, ...database } = await openDatabase(url)
    onTestFinished(() => database.close())
    await migrate({ kysely, ...database }, 0)
    const book = await ensureBook(kysely, SETTINGS)
    for (const dead of [null, 'elsewhere/1/dead']) {
      if (dead !== null) {
        await kysely.insertInto('lease').values({ book: book.id, holder: dead, expires_at_ms: 1n }).execute()
      }
      const { winner, losers } = await race(url)
      const sentence = `Another run is working on book "agency" (process ${winner?.pid} on ${hostname()}).`
      expect(losers).toEqual(Array.from({ length: RUNS - 1 }, () => `BOOK_BUSY: ${sentence}`))
      expect(await kysely.selectFrom('lease').selectAll().execute()).toEqual([])
    }
  })
})
