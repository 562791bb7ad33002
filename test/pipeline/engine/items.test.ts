/** Judgements about items: what stands is open afterwards, what else they speak of is over, and nobody else opens or closes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import { startTally } from '../../../src/domain/wallets/control-totals.ts'
import type { Landed } from '../../../src/log/landing.ts'
import { isOver, judge, judgeAll, stands, type Judgement } from '../../../src/pipeline/engine/items.ts'
import type { BatchContext } from '../../../src/pipeline/process/context.ts'
import { historyOf } from '../../../src/reconcile/exceptions/history.ts'
import { listExceptions } from '../../../src/reconcile/exceptions.ts'
import { resolveException } from '../../../src/reconcile/exceptions/decide.ts'
import { ensureBook } from '../../../src/ledger/books.ts'
import { describeOnSqlite } from '../../support/databases.ts'

const SAID = { code: 'STATEMENT_GAP', amount: 5n, currency: 'USD', detail: 'days are missing' } as const

async function inboxOn({ kysely }: Database) {
  const { id: book } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  const within = (batch: number, work: (context: BatchContext, item: Landed) => Promise<void>): Promise<void> =>
    kysely.transaction().execute((db) => work(contextOf(db, book), landed(batch)))
  return {
    judge: (batch: number, judgement: Judgement) => within(batch, (...at) => judge(...at, 'bank', judgement)),
    judgeAll: (batch: number, sources: readonly string[], standing: Parameters<typeof judgeAll>[4]) =>
      within(batch, (...at) => judgeAll(...at, sources, { about: () => true }, standing)),
    stands: (batch: number, object: string) =>
      within(batch, (...at) => stands(...at, { ...SAID, source: 'bank', object })),
    isOver: (batch: number, object: string) => within(batch, (...at) => isOver(...at, { source: 'bank', object })),
    open: async () =>
      (await listExceptions(kysely, book, { status: 'open' })).map(({ source, object }) => `${source} ${object}`),
    evidence: async () => (await listExceptions(kysely, book)).map(({ evidence }) => evidence.batch),
    events: async (number: number) => (await historyOf(kysely, book, number)).map(({ event }) => event),
    accept: async () => {
      const [found] = await listExceptions(kysely, book, { status: 'open' })
      if (found === undefined) throw new Error('nothing is open')
      const by = { by: 'Ann', why: 'seen', evidence: { batch: 2, item: 1 }, atMs: 2 }
      await resolveException(kysely, book, found, { as: 'acknowledge', left: 0n, stands: true }, by)
    },
  }
}

/** What a judgement reads of a batch. */
function contextOf(db: BatchContext['db'], book: bigint): BatchContext {
  const unused = (): never => {
    throw new Error('a judgement asks for no settings and no rules')
  }
  return {
    db,
    book,
    batch: 1,
    get settings() {
      return unused()
    },
    get rules() {
      return unused()
    },
    sourceIds: new Map(),
    tally: startTally(),
    post: unused,
    warn: unused,
    followUp: { unread: [], registered: [] },
  }
}

function landed(batch: number): Landed {
  return {
    batch,
    item: 1,
    kind: 'statement',
    source: 'bank',
    request: null,
    fetchedAtMs: batch,
    httpStatus: null,
    contentType: '',
    sha256: Buffer.alloc(32),
    body: Buffer.alloc(0),
  }
}

function gaps(...objects: readonly string[]): Judgement {
  return {
    codes: ['STATEMENT_GAP'],
    about: (object) => object.startsWith('gap:'),
    standing: objects.map((object) => ({ ...SAID, object })),
  }
}

describeOnSqlite('a judgement', (fresh) => {
  it('leaves open what stands, and closes what else it speaks of', async () => {
    const inbox = await inboxOn(await fresh())
    await inbox.stands(1, 'settlement:4')
    await inbox.judge(2, gaps('gap:a', 'gap:b'))
    await inbox.judge(3, gaps('gap:b', 'gap:c'))
    expect(await inbox.open()).toEqual(['bank gap:b', 'bank gap:c', 'bank settlement:4'])
    await inbox.judge(4, gaps())
    expect(await inbox.open()).toEqual(['bank settlement:4'])
    await inbox.isOver(5, 'settlement:4')
    expect(await inbox.open()).toEqual([])
  })

  it('speaks of the listed objects alone, and of codes alone where it names some', async () => {
    const inbox = await inboxOn(await fresh())
    for (const object of ['gap:a', 'gap:b']) await inbox.stands(1, object)
    await inbox.judge(2, { codes: ['CURRENCY'], about: ['gap:a', 'gap:b'] })
    await inbox.judge(2, { about: ['gap:a', 'gap:x'] })
    expect(await inbox.open()).toEqual(['bank gap:b'])
  })

  it('of several sources closes also where nothing stands any more', async () => {
    const inbox = await inboxOn(await fresh())
    await inbox.stands(1, 'gap:a')
    await inbox.judgeAll(2, ['bank', 'card'], [{ ...SAID, source: 'paypal', object: 'gap:p' }])
    expect(await inbox.open()).toEqual(['paypal gap:p'])
  })

  it('that only looks again leaves the evidence of what stands word for word', async () => {
    const inbox = await inboxOn(await fresh())
    await inbox.judge(1, gaps('gap:a'))
    await inbox.judge(2, { ...gaps('gap:a'), looksAgain: true })
    expect(await inbox.evidence()).toEqual([1])
    await inbox.judge(3, gaps('gap:a'))
    expect(await inbox.evidence()).toEqual([3])
    await inbox.judge(4, { ...gaps(), standing: [{ ...SAID, object: 'gap:a', amount: 6n }], looksAgain: true })
    expect(await inbox.evidence()).toEqual([4])
    expect(await inbox.events(1)).toEqual(['opened', 'changed'])
  })

  it('lets what a person accepted rest while it stands, and asks again when it went away and came back', async () => {
    const inbox = await inboxOn(await fresh())
    await inbox.judge(1, gaps('gap:a'))
    await inbox.accept()
    await inbox.judge(3, gaps('gap:a'))
    expect(await inbox.open()).toEqual([])
    await inbox.judge(4, gaps())
    await inbox.judge(5, gaps('gap:a'))
    expect(await inbox.open()).toEqual(['bank gap:a'])
  })
})

it('is what opens and closes items, and the engine is what posts: nothing else does', () => {
  const root = fileURLToPath(new URL('../../../src/', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const users = files.filter((path) =>
    /import \{[^}]*\b(raiseExceptions|closeExceptions|postTransactions)\b[^}]*\} from/.test(
      readFileSync(join(root, path), 'utf8'),
    ),
  )
  expect(users.toSorted()).toEqual(['pipeline/engine/items.ts', 'pipeline/engine/process-batch.ts'])
})
