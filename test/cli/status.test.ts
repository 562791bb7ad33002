/** `tieout status` and `tieout runs`: what a person asks first in the morning. Both read only. */
import { describe, expect, it } from 'vitest'
import { tableLines } from '../../src/cli/output.ts'
import { runDetailLines } from '../../src/cli/views/runs.ts'
import { ensureBook, findBook } from '../../src/ledger/books.ts'
import { finishRun, startRun } from '../../src/pipeline/runs.ts'
import { newFolder } from './support.ts'

describe('tieout status', () => {
  it('says what to do when there is nothing yet', async () => {
    const folder = newFolder()
    expect(await folder.run('status')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('There is no database'),
    })
    await folder.database()
    expect((await folder.run('status')).stdout).toBe(
      'Book agency has no runs yet; tieout sync --book agency makes it.\n',
    )
  })

  it('shows a book on one screen: night, schedule, webhooks, sources, exceptions', async () => {
    const folder = newFolder()
    await folder.run('orders', 'add', '17', '18', '--source', 'netpanel')
    const { stdout, exitCode } = await folder.run('status')
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      'Book agency',
      'Last night: none yet; tieout sync runs one.',
      'Schedule:   next due 2026-03-20T00:15:00Z (in 15 min); tieout serve has not started a night yet.',
      'Now:        idle.',
      'Webhooks:   0 deliveries to take in, 0 updates not confirmed by an answer, 0 duplicates.',
      'Journals:   0 waiting for approval, 0 held back by a missing account.',
      'Source    Type   Last read  Orders due  Orders open  Refunds waiting  Unconfirmed',
      expect.stringMatching(/^─/),
      'netpanel  panel  never               2            2                0            0',
      'No open exceptions.',
    ])
  })

  it('calls the night that finished last the last, although an older one was run again', async () => {
    const folder = newFolder()
    const { kysely } = await folder.database()
    const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
    for (const [night, finishedAtMs] of [
      ['2026-03-18', Date.UTC(2026, 2, 19, 1)],
      ['2027-01-01', Date.UTC(2027, 0, 2, 1)],
      ['2026-03-02', Date.UTC(2026, 2, 3, 1)],
    ] as const) {
      const run = await startRun(kysely, id, 'sync', { night }, finishedAtMs + 5000)
      await finishRun(kysely, run, 'finished', '{}', finishedAtMs)
    }
    expect((await folder.run('status')).stdout).toContain('Last night: 2026-03-18, run 1, finished')
    expect((await folder.run('runs')).stdout).toMatch(/ sync +2026-03-18 +finished +\S+ +0 s\n/)
  })

  it('tells a run at work from one that was stopped half-way', async () => {
    const folder = newFolder()
    await folder.run('orders', 'add', '17', '--source', 'netpanel')
    const { kysely } = await folder.database()
    const book = await findBook(kysely, 'agency')
    await kysely.updateTable('run').set({ status: 'running', finished_at_ms: null }).execute()
    expect((await folder.run('status')).stdout).toContain('idle; run 1 (import) was stopped half-way')
    const lease = { book: book.id, holder: 'machine/4711/x', expires_at_ms: BigInt(Date.now() + 50_000) }
    await kysely.insertInto('lease').values(lease).execute()
    expect((await folder.run('status')).stdout).toContain('run 1 (import) is at work, process 4711 on machine.')
    expect((await folder.run('runs')).stdout).toMatch(/1 +import .* running/)
  })
})

describe('tieout runs', () => {
  it('lists runs newest first, and shows one with its steps', async () => {
    const folder = newFolder()
    for (const id of ['17', '18']) await folder.run('orders', 'add', id, '--source', 'netpanel')
    const listed = JSON.parse((await folder.run('runs', 'list', '--json')).stdout) as unknown
    expect(listed).toMatchObject({
      book: 'agency',
      runs: [
        { id: 2, kind: 'import', status: 'finished', startedAt: '2026-03-20T00:00:00Z' },
        { id: 1, kind: 'import' },
      ],
    })
    expect((await folder.run('runs', 'list', '--kind', 'sync')).stdout).toBe('No runs yet.\n')
    const shown = await folder.run('runs', 'show', '2')
    expect(shown.stdout).toContain('Run 2, import')
    expect(shown.stdout).toContain('ids:netpanel')
  })

  it('says so when a run has no steps, and leaves no gap where it has no arguments', () => {
    const times = { startedAtMs: 0, finishedAtMs: 2000 }
    const run = { id: 3, kind: 'hooks', status: 'finished' as const, arguments: {}, failure: null, ...times }
    expect(runDetailLines({ table: tableLines }, run, [])).toEqual([
      'Run 3, hooks: finished. Started 1970-01-01T00:00:00Z, ended 1970-01-01T00:00:02Z (2 s).',
      '',
      'No steps are recorded of it.',
    ])
  })

  it('names what to do about a run that is not there', async () => {
    const folder = newFolder()
    await folder.run('orders', 'add', '17', '--source', 'netpanel')
    for (const wrong of ['9', 'x', '-1']) {
      expect(await folder.run('runs', 'show', '--', wrong)).toMatchObject({
        exitCode: 2,
        stderr: `Book "agency" has no run "${wrong}".\ntieout runs list shows the numbers.\n`,
      })
    }
  })
})
